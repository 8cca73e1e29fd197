import type { Logits } from "./logits.ts";

/** Bins of the reliability diagram and of the calibration error. */
export const CALIBRATION_BINS = 15;

/** Rows whose confidence, the probability of the predicted class, is in (from, to]. */
export interface ReliabilityBin {
  from: number;
  to: number;
  rows: number;
  /** Mean confidence of the rows, 0 to 1; null in an empty bin. */
  confidence: number | null;
  /** Share of the rows predicted right, 0 to 1; null in an empty bin. */
  accuracy: number | null;
}

export interface Calibration {
  /** Expected calibration error, 0 (best) to 1. */
  error: number;
  /** Equal widths, from 0 to 1. */
  bins: ReliabilityBin[];
}

/**
 * How far the model's confidence is from its accuracy: Σ over bins of (rows in bin / rows)·|accuracy − confidence|,
 * with 15 bins of equal width. (Naeini et al. 2015, https://ojs.aaai.org/index.php/AAAI/article/view/9602; the bins
 * as in Guo et al. 2017, https://arxiv.org/abs/1706.04599)
 */
export function calibration(logits: Logits, labels: Int32Array): Calibration {
  logits.assertLabels(labels);
  const probabilities = logits.probabilities();
  const predictions = logits.predictions();
  const rows = new Float64Array(CALIBRATION_BINS);
  const confidence = new Float64Array(CALIBRATION_BINS);
  const right = new Float64Array(CALIBRATION_BINS);
  for (let row = 0; row < logits.rows; row++) {
    const p = probabilities[row * logits.classes + predictions[row]!]!;
    const bin = Math.min(CALIBRATION_BINS - 1, Math.ceil(p * CALIBRATION_BINS) - 1);
    rows[bin]! += 1;
    confidence[bin]! += p;
    if (predictions[row] === labels[row]) right[bin]! += 1;
  }
  let error = 0;
  const bins = Array.from(rows, (count, bin): ReliabilityBin => {
    error += logits.rows === 0 ? 0 : Math.abs(right[bin]! - confidence[bin]!) / logits.rows;
    return {
      from: bin / CALIBRATION_BINS,
      to: (bin + 1) / CALIBRATION_BINS,
      rows: count,
      confidence: count === 0 ? null : confidence[bin]! / count,
      accuracy: count === 0 ? null : right[bin]! / count,
    };
  });
  return { error, bins };
}
