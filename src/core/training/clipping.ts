import type { Gradient } from "./optimizers/optimizer.ts";
import { sumOfSquares } from "./vector-operations.ts";

/** ‖g‖₂ over all parameters. */
export function gradientNorm(gradients: ReadonlyMap<string, Gradient>): number {
  return norm(Array.from(gradients.values(), ({ values }) => values));
}

/** ‖x‖₂ of several arrays joined; not a finite number where one of theirs isn't. */
export function norm(arrays: Iterable<Float32Array>): number {
  let sum = 0;
  for (const values of arrays) sum += sumOfSquares(values);
  return Math.sqrt(sum);
}

/**
 * What PyTorch's `clip_grad_norm_` multiplies all gradients by: min(1, maxNorm / (norm + 1e-6)).
 *
 * @param maxNorm 0 doesn't clip.
 */
export function clipFactor(norm: number, maxNorm: number): number {
  return maxNorm > 0 ? Math.min(1, maxNorm / (norm + 1e-6)) : 1;
}
