import type { Logits } from "./logits.ts";

/** A row that was predicted wrong. Class indices; `row` counts from 0. */
export interface Mistake {
  row: number;
  label: number;
  predicted: number;
  /** Probability of the predicted class, 0 to 1. */
  probability: number;
}

/**
 * The wrong predictions that the model was surest of, surest first (in row order where equal): where a label is
 * wrong or a class is not understood, it shows here first.
 *
 * @param count at most so many
 */
export function mostConfidentMistakes(logits: Logits, labels: Int32Array, count: number): Mistake[] {
  logits.assertLabels(labels);
  const predictions = logits.predictions();
  const probabilities = logits.probabilities();
  const mistakes: Mistake[] = [];
  for (let row = 0; row < logits.rows; row++) {
    const label = labels[row]!;
    const predicted = predictions[row]!;
    if (predicted === label) continue;
    mistakes.push({ row, label, predicted, probability: probabilities[row * logits.classes + predicted]! });
  }
  return mistakes.sort((a, b) => b.probability - a.probability).slice(0, count);
}
