import { DataError } from "../errors.ts";
import { calibration, type ReliabilityBin } from "./calibration.ts";
import type { Logits } from "./logits.ts";
import { mean, ratio, sum } from "./sums.ts";

/** How one class did. A ratio whose denominator is 0 is 0, as with scikit-learn's `zero_division=0`. */
export interface ClassScore {
  label: string;
  /** Right predictions of the class / predictions of the class. */
  precision: number;
  /** Right predictions of the class / rows of the class. */
  recall: number;
  /** Harmonic mean of precision and recall. */
  f1: number;
  /** Rows of the class. */
  support: number;
  /** Predictions of the class. */
  predicted: number;
}

/** How a model did on one split. Plain data: it survives JSON. Shares are from 0 to 1. */
export interface ClassificationReport {
  task: "singleLabel";
  rows: number;
  /** Class names, in the order of their indices. */
  labels: string[];
  accuracy: number;
  /** Mean cross-entropy (log loss) per row, in nats. */
  loss: number;
  /**
   * Unweighted means over the classes that occur among the labels or the predictions; a class that occurs in
   * neither has no score to average. This is scikit-learn's default.
   */
  macroF1: number;
  macroPrecision: number;
  macroRecall: number;
  /** F1 of the pooled counts; with one label per row it equals the accuracy. */
  microF1: number;
  /** Mean of the classes' F1, weighted by their rows. */
  weightedF1: number;
  /** In the order of `labels`, classes that don't occur included. */
  perClass: ClassScore[];
  /** `confusion[true][predicted]` counts rows. */
  confusion: number[][];
  /** Predictions per class: the column sums of `confusion`. */
  predictedCounts: number[];
  /** Expected calibration error over 15 equal-width bins of confidence. */
  calibrationError: number;
  reliability: ReliabilityBin[];
}

/**
 * Scores a split. Equal to scikit-learn's `accuracy_score`, `log_loss`, `precision_recall_fscore_support`,
 * `f1_score` and `confusion_matrix` on the softmax and argmax of the same logits (the loss is not clipped, as
 * scikit-learn's is, where a probability underflows).
 *
 * @param labels class index of each row: [rows]
 * @param labelNames name of each class: [classes]
 * @throws DataError where there are no rows
 * @throws RangeError where the shapes don't fit or a label is outside the classes
 *
 * @example
 * const report = classificationReport(logits, labels, ["World", "Sports", "Business", "Sci/Tech"]);
 * report.macroF1; // 0.91
 */
export function classificationReport(
  logits: Logits,
  labels: Int32Array,
  labelNames: readonly string[],
): ClassificationReport {
  if (labelNames.length !== logits.classes) {
    throw new RangeError(`${logits.classes} classes need ${logits.classes} names, not ${labelNames.length}`);
  }
  if (logits.rows === 0) throw new DataError("there is nothing to evaluate: the split has no rows");
  const losses = logits.losses(labels);
  const confusion = confusionMatrix(logits.predictions(), labels, logits.classes);
  const perClass = classScores(confusion).map((score, c) => ({ label: labelNames[c]!, ...score }));
  const occurring = perClass.filter((score) => score.support + score.predicted > 0);
  const accuracy = sum(confusion.map((row, c) => row[c]!)) / logits.rows;
  const { error, bins } = calibration(logits, labels);
  return {
    task: "singleLabel",
    rows: logits.rows,
    labels: [...labelNames],
    accuracy,
    loss: sum(losses) / logits.rows,
    macroF1: mean(occurring.map((score) => score.f1)),
    macroPrecision: mean(occurring.map((score) => score.precision)),
    macroRecall: mean(occurring.map((score) => score.recall)),
    microF1: accuracy,
    weightedF1: sum(perClass.map((score) => score.f1 * score.support)) / logits.rows,
    perClass,
    confusion,
    predictedCounts: perClass.map((score) => score.predicted),
    calibrationError: error,
    reliability: bins,
  };
}

function confusionMatrix(predictions: Int32Array, labels: Int32Array, classes: number): number[][] {
  const confusion = Array.from({ length: classes }, () => new Array<number>(classes).fill(0));
  for (let row = 0; row < labels.length; row++) confusion[labels[row]!]![predictions[row]!]! += 1;
  return confusion;
}

function classScores(confusion: number[][]): Omit<ClassScore, "label">[] {
  return confusion.map((row, c) => {
    const right = row[c]!;
    const support = sum(row);
    const predicted = sum(confusion.map((other) => other[c]!));
    return {
      precision: ratio(right, predicted),
      recall: ratio(right, support),
      f1: ratio(2 * right, support + predicted),
      support,
      predicted,
    };
  });
}
