import { type FeatureMatrix, fitLogistic, logisticLosses, selectRows } from "./logistic-regression.ts";

/** The strengths that are tried, as scikit-learn's `LogisticRegressionCV` does: 10⁻⁴ to 10⁴ in equal ratios. */
export const strengthGrid: readonly number[] = Array.from({ length: 10 }, (_, i) => 10 ** (-4 + (8 * i) / 9));

/** Where no class has two rows there is nothing to choose by. */
const strengthWithoutFolds = 1;
const mostFolds = 5;
/** Enough to tell strengths apart. */
const foldTolerance = 1e-8;

/** What a choice is made of. */
export interface StrengthProblem {
  features: FeatureMatrix;
  /** Class indices, [rows]; for a single output 0 or 1. */
  labels: Int32Array;
  outputs: number;
  rowWeights?: Float64Array;
}

/** A strength and how it came about. */
export interface ChosenStrength {
  C: number;
  /** 0 where it could not be chosen. */
  folds: number;
  /** Mean loss of the rows that a fit had not seen, for every strength of the grid. */
  losses: number[];
}

/**
 * Into how many folds rows can be dealt: 5, or as many as the rarest class of two rows or more has rows; 0 where there
 * is no such class.
 */
export function foldsFor(labels: Int32Array): number {
  const counts = [...countRows(labels).values()].filter((count) => count > 1);
  return counts.length === 0 ? 0 : Math.min(mostFolds, ...counts);
}

/**
 * Chooses the strength of a logistic regression by cross-validation: the one of the grid under which rows that a fit has
 * not seen have the least mean loss, the stronger penalty where two are equal. The only row of a class is in every
 * fit and judged by none.
 *
 * @param assigned The fold of every row, [rows], from 0.
 * @param onFit Awaited now and then; what it throws ends the work.
 */
export async function chooseStrength(
  { features, labels, outputs, rowWeights }: StrengthProblem,
  assigned: Uint32Array,
  onFit?: () => Promise<void>,
): Promise<ChosenStrength> {
  const counts = countRows(labels);
  const folds = Math.max(...assigned) + 1;
  const sums = strengthGrid.map(() => 0);
  let judged = 0;
  for (let fold = 0; fold < folds; fold++) {
    const isHeldOut = (row: number) => assigned[row] === fold && counts.get(labels[row]!)! > 1;
    const rows = [...labels.keys()];
    const seen = rows.filter((row) => !isHeldOut(row));
    const unseen = rows.filter(isHeldOut);
    if (unseen.length === 0) continue;
    const part = (chosen: number[]) => ({
      features: selectRows(features, chosen),
      labels: Int32Array.from(chosen, (row) => labels[row]!),
      rowWeights: rowWeights && Float64Array.from(chosen, (row) => rowWeights[row]!),
    });
    const fitted = part(seen);
    const held = part(unseen);
    const weightOf = (i: number) => held.rowWeights?.[i] ?? 1;
    judged += unseen.reduce((sum, _, i) => sum + weightOf(i), 0);
    let start: Awaited<ReturnType<typeof fitLogistic>> | undefined;
    for (const [i, C] of strengthGrid.entries()) {
      start = await fitLogistic(
        { ...fitted, outputs, C },
        { start, tolerance: foldTolerance, onIteration: onFit },
      );
      sums[i]! += logisticLosses(held, start).reduce((sum, loss, at) => sum + weightOf(at) * loss, 0);
    }
  }
  if (judged === 0) return { C: strengthWithoutFolds, folds: 0, losses: [] };
  const losses = sums.map((sum) => sum / judged);
  return { C: strengthGrid[losses.indexOf(Math.min(...losses))]!, folds, losses };
}

function countRows(labels: Int32Array): Map<number, number> {
  const counts = new Map<number, number>();
  for (const label of labels) counts.set(label, (counts.get(label) ?? 0) + 1);
  return counts;
}
