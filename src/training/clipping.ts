import type { Gradient } from "./optimizers.ts";

/** ‖g‖₂ over all parameters. */
export function gradientNorm(gradients: ReadonlyMap<string, Gradient>): number {
  return norm(Array.from(gradients.values(), ({ values }) => values));
}

/** ‖x‖₂ of several arrays joined; not a finite number where one of theirs isn't. */
export function norm(arrays: Iterable<Float32Array>): number {
  let sum = 0;
  for (const values of arrays) sum += squaredNorm(values);
  return Math.sqrt(sum);
}

/** Four sums side by side, since each addition waits for the one before it in the same sum. */
function squaredNorm(values: Float32Array): number {
  let [a, b, c, d] = [0, 0, 0, 0];
  const even = values.length - (values.length % 4);
  for (let i = 0; i < even; i += 4) {
    a += values[i]! * values[i]!;
    b += values[i + 1]! * values[i + 1]!;
    c += values[i + 2]! * values[i + 2]!;
    d += values[i + 3]! * values[i + 3]!;
  }
  for (let i = even; i < values.length; i++) a += values[i]! * values[i]!;
  return a + b + c + d;
}

/**
 * What PyTorch's `clip_grad_norm_` multiplies all gradients by: min(1, maxNorm / (norm + 1e-6)).
 *
 * @param maxNorm 0 doesn't clip.
 */
export function clipFactor(norm: number, maxNorm: number): number {
  return maxNorm > 0 ? Math.min(1, maxNorm / (norm + 1e-6)) : 1;
}
