import * as op from "../engine/operators/index.ts";
import { input, type Tensor } from "../engine/tensor.ts";

/** Zeroes elements at `rate` in training; the identity in evaluation. */
export type Dropout = (x: Tensor, rate: number) => Tensor;

/** The graph input that varies the masks from step to step: a uint32 scalar. */
export const dropoutSeedName = "dropout_seed";

/** Evaluation: nothing is dropped. */
export const noDropout: Dropout = (x) => x;

/** Training: every call is a site of its own, and its mask a function of the seed fed to the step. */
export function trainingDropout(): Dropout {
  const seed = input(dropoutSeedName, "uint32", []);
  let site = 0;
  return (x, rate) => (rate === 0 ? x : op.dropout(x, rate, seed, site++));
}
