import { NumpyGenerator } from "../random/numpy.ts";
import { deriveSeed } from "../random/seeds.ts";

/**
 * Deals rows out to folds of equal size, the rows of every class as evenly as they go: stratified k-fold
 * cross-validation.
 *
 * @param labels Class indices, [rows].
 * @returns The fold of every row, 0 to folds − 1, [rows].
 */
export function stratifiedFolds(labels: Int32Array, folds: number, seed: number): Uint32Array {
  const order = new NumpyGenerator(deriveSeed(seed, "folds")).permutation(labels.length);
  const byClass = order.sort((a, b) => labels[a]! - labels[b]!);
  const assigned = new Uint32Array(labels.length);
  // Dealing on from class to class keeps the sizes of the folds within one row of each other.
  for (const [i, row] of byClass.entries()) assigned[row] = i % folds;
  return assigned;
}
