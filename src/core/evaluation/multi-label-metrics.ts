import { DataError } from "../errors.ts";
import { type ReliabilityBin, reliability } from "./calibration.ts";
import type { ClassScore } from "./metrics.ts";
import type { MultiLabelLogits } from "./multi-label-logits.ts";
import { mean, ratio, sum } from "./sums.ts";

/**
 * How a multi-label model did on one split. Plain data: it survives JSON. Shares are from 0 to 1; a ratio whose
 * denominator is 0 is 0, as with scikit-learn's `zero_division=0`.
 */
export interface MultiLabelReport {
  task: "multiLabel";
  rows: number;
  /** Class names, in the order of their indices. */
  labels: string[];
  /** Probabilities above which a class was said to apply, [classes]. */
  thresholds: number[];
  /**
   * Exact match (subset accuracy): rows whose whole set of classes is right. One wrong class makes the row wrong, so it
   * is the strictest of the scores; it is what scikit-learn's `accuracy_score` gives for sets.
   */
  accuracy: number;
  /** Share of all rows × classes answered wrong, 0 (best) to 1. Low wherever most classes rarely apply. */
  hammingLoss: number;
  /** Mean binary cross-entropy per row and class, in nats. */
  loss: number;
  /** Of the counts of all classes together, so that frequent classes weigh more. */
  microF1: number;
  microPrecision: number;
  microRecall: number;
  /** Unweighted means over all classes; one that neither occurs nor is predicted counts as 0. */
  macroF1: number;
  macroPrecision: number;
  macroRecall: number;
  /** Mean of the classes' F1, weighted by their rows. */
  weightedF1: number;
  /** Mean of the rows' F1. A row without classes that is rightly given none counts as 0. */
  samplesF1: number;
  /** In the order of `labels`. */
  perClass: ClassScore[];
  /** Predictions per class. */
  predictedCounts: number[];
  /** Classes of a row on average, as labelled and as predicted. */
  classesPerRow: { given: number; predicted: number };
  /** Expected calibration error of the probabilities that a class applies, over 15 bins of equal width. */
  calibrationError: number;
  reliability: ReliabilityBin[];
}

/**
 * Scores a split. Equal to scikit-learn's `accuracy_score`, `hamming_loss`, `precision_recall_fscore_support` and
 * `f1_score` on indicator matrices, and to the mean of its `log_loss` over the classes.
 *
 * @param labels 1 where a class applies, else 0, row-major [rows, classes]
 * @param labelNames name of each class: [classes]
 * @throws DataError where there are no rows
 * @throws RangeError where the shapes don't fit
 */
export function multiLabelReport(
  logits: MultiLabelLogits,
  labels: Int32Array,
  labelNames: readonly string[],
): MultiLabelReport {
  const { rows, classes } = logits;
  if (labelNames.length !== classes) {
    throw new RangeError(`${classes} classes need ${classes} names, not ${labelNames.length}`);
  }
  if (rows === 0) throw new DataError("there is nothing to evaluate: the split has no rows");
  const losses = logits.losses(labels);
  const predictions = logits.predictions();
  const perClass = labelNames.map((label, c) => ({ label, ...countClass(predictions, labels, c, classes) }));
  const right = sum(perClass.map((score) => score.right));
  const support = sum(perClass.map((score) => score.support));
  const predicted = sum(perClass.map((score) => score.predicted));
  const { error, bins } = reliability(logits.probabilities(), labels);
  return {
    task: "multiLabel",
    rows,
    labels: [...labelNames],
    thresholds: [...logits.thresholds],
    accuracy: logits.right(labels) / rows,
    hammingLoss: (support + predicted - 2 * right) / (rows * classes),
    loss: sum(losses) / rows,
    microF1: ratio(2 * right, support + predicted),
    microPrecision: ratio(right, predicted),
    microRecall: ratio(right, support),
    macroF1: mean(perClass.map((score) => score.f1)),
    macroPrecision: mean(perClass.map((score) => score.precision)),
    macroRecall: mean(perClass.map((score) => score.recall)),
    weightedF1: ratio(sum(perClass.map((score) => score.f1 * score.support)), support),
    samplesF1: sum(rowScores(predictions, labels, classes)) / rows,
    perClass: perClass.map(({ right: _, ...score }) => score),
    predictedCounts: perClass.map((score) => score.predicted),
    classesPerRow: { given: support / rows, predicted: predicted / rows },
    calibrationError: error,
    reliability: bins,
  };
}

function countClass(predictions: Int32Array, labels: Int32Array, c: number, classes: number) {
  let [right, support, predicted] = [0, 0, 0];
  for (let i = c; i < labels.length; i += classes) {
    right += labels[i]! * predictions[i]!;
    support += labels[i]!;
    predicted += predictions[i]!;
  }
  return {
    right,
    precision: ratio(right, predicted),
    recall: ratio(right, support),
    f1: ratio(2 * right, support + predicted),
    support,
    predicted,
  };
}

/** F1 of every row over its classes. */
function* rowScores(predictions: Int32Array, labels: Int32Array, classes: number): Generator<number> {
  for (let start = 0; start < labels.length; start += classes) {
    let [right, total] = [0, 0];
    for (let i = start; i < start + classes; i++) {
      right += labels[i]! * predictions[i]!;
      total += labels[i]! + predictions[i]!;
    }
    yield ratio(2 * right, total);
  }
}
