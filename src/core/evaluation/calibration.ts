import type { Logits } from "./logits.ts";

/** Bins of the reliability diagram and of the calibration error. */
export const CALIBRATION_BINS = 15;

/**
 * Rows whose confidence, the probability of the predicted class, is in (from, to]. Of a multi-label task every row and
 * class counts, its confidence is the probability that the class applies, and it is right where it does.
 */
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
  const sure = Float64Array.from(predictions, (best, row) => probabilities[row * logits.classes + best]!);
  const right = predictions.map((best, row) => Number(best === labels[row]));
  return reliability(sure, right);
}

/**
 * How far probabilities are from how often what they speak of comes true.
 *
 * @param probabilities [n], above 0
 * @param comesTrue 1 or 0, [n]
 */
export function reliability(probabilities: Float64Array, comesTrue: Int32Array): Calibration {
  const total = probabilities.length;
  const rows = new Float64Array(CALIBRATION_BINS);
  const confidence = new Float64Array(CALIBRATION_BINS);
  const right = new Float64Array(CALIBRATION_BINS);
  for (const [i, p] of probabilities.entries()) {
    const bin = Math.max(0, Math.min(CALIBRATION_BINS - 1, Math.ceil(p * CALIBRATION_BINS) - 1));
    rows[bin]! += 1;
    confidence[bin]! += p;
    right[bin]! += comesTrue[i]!;
  }
  let error = 0;
  const bins = Array.from(rows, (count, bin): ReliabilityBin => {
    error += total === 0 ? 0 : Math.abs(right[bin]! - confidence[bin]!) / total;
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
