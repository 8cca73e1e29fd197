import { Adam } from "./adam.ts";
import type { Optimizer, OptimizerOptions } from "./optimizer.ts";

/** Optimizers by the name that options and recipes give them. */
export const optimizers = {
  adam: (options) => new Adam({ ...options, decoupled: false }),
  adamw: (options) => new Adam({ ...options, decoupled: true }),
} satisfies Record<string, (options: OptimizerOptions) => Optimizer>;

export type OptimizerName = keyof typeof optimizers;
export const optimizerNames = Object.keys(optimizers) as [OptimizerName, ...OptimizerName[]];
