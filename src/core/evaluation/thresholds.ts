import { DEFAULT_THRESHOLD, type MultiLabelLogits } from "./multi-label-logits.ts";

/**
 * The threshold of every class that gives it the best F1 on these rows. It lies halfway between the two probabilities
 * that it separates, or at 0.5 where that separates them too; of several that are equally good the nearest to 0.5 is
 * taken. A class that no row has keeps 0.5.
 *
 * @param labels 1 where a class applies, row-major [rows, classes]
 * @returns [classes]
 */
export function bestThresholds(logits: MultiLabelLogits, labels: Int32Array): number[] {
  logits.assertLabels(labels);
  const { rows, classes } = logits;
  const probabilities = logits.probabilities();
  return Array.from({ length: classes }, (_, c) => {
    const scored = Array.from({ length: rows }, (_, row) => {
      const i = row * classes + c;
      return { probability: probabilities[i]!, applies: labels[i]! };
    });
    return bestThreshold(scored);
  });
}

interface ScoredRow {
  probability: number;
  /** 1 or 0. */
  applies: number;
}

function bestThreshold(rows: readonly ScoredRow[]): number {
  const sorted = [...rows].sort((a, b) => b.probability - a.probability);
  const support = sorted.reduce((sum, { applies }) => sum + applies, 0);
  let best = { f1: 0, threshold: DEFAULT_THRESHOLD };
  let right = 0;
  for (const [i, { probability, applies }] of sorted.entries()) {
    right += applies;
    const below = sorted[i + 1]?.probability ?? 0;
    // Rows of one probability are answered alike.
    if (below === probability && i + 1 < sorted.length) continue;
    const f1 = (2 * right) / (support + i + 1);
    const threshold = between(below, probability);
    const isNearer = Math.abs(threshold - DEFAULT_THRESHOLD) < Math.abs(best.threshold - DEFAULT_THRESHOLD);
    if (f1 > best.f1 || (f1 === best.f1 && f1 > 0 && isNearer)) best = { f1, threshold };
  }
  return best.threshold;
}

/** A number from `low` to below `high`. */
function between(low: number, high: number): number {
  if (low <= DEFAULT_THRESHOLD && DEFAULT_THRESHOLD < high) return DEFAULT_THRESHOLD;
  const middle = (low + high) / 2;
  return middle < high ? middle : low;
}
