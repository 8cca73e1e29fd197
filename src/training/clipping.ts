import type { Gradient } from "./optimizers.ts";

/** ‖g‖₂ over all parameters. */
export function gradientNorm(gradients: ReadonlyMap<string, Gradient>): number {
  let sum = 0;
  for (const { values } of gradients.values()) {
    for (let i = 0; i < values.length; i++) sum += values[i]! * values[i]!;
  }
  return Math.sqrt(sum);
}

/**
 * Scales all gradients by min(1, maxNorm / (‖g‖₂ + 1e-6)), in place, as PyTorch's `clip_grad_norm_`.
 *
 * @returns The norm before.
 */
export function clipGradients(gradients: ReadonlyMap<string, Gradient>, maxNorm: number): number {
  const norm = gradientNorm(gradients);
  const factor = maxNorm / (norm + 1e-6);
  if (factor < 1) {
    for (const { values } of gradients.values()) for (let i = 0; i < values.length; i++) values[i]! *= factor;
  }
  return norm;
}
