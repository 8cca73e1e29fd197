import type { Targets } from "../data/targets.ts";

/**
 * Weights under which every class counts alike: rows / (classes · rows of the class), over the classes that have
 * rows, as scikit-learn's `balanced`. Of a multi-label task the rows that a class applies to count as much as those
 * that it doesn't: rows without it / rows with it. A class without rows gets 1.
 *
 * @returns [classes]
 */
export function balancedClassWeights(targets: Targets): number[] {
  const counts = targets.counts();
  const present = counts.filter((count) => count > 0).length;
  return counts.map((count) => {
    if (count === 0 || count === targets.rows) return 1;
    return targets.task === "multiLabel" ? (targets.rows - count) / count : targets.rows / (present * count);
  });
}
