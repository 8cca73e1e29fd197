import type { Logits } from "./logits.ts";

/** A row whose given label is probably wrong. Class indices; `row` counts from 0. */
export interface LikelyLabelError {
  row: number;
  given: number;
  /** The most probable class. */
  suggested: number;
  /** Probabilities, 0 to 1; that of the suggested class is the larger. */
  probabilityGiven: number;
  probabilitySuggested: number;
}

/** What the probabilities of a classifier say about the labels it was given. */
export interface ConfidentLearning {
  /** Mean probability of a class over the rows that are labelled so, [classes]; null where no row is. */
  thresholds: (number | null)[];
  /**
   * The confident joint, [given][confident]: rows with a given label that are confidently of a class, each counted
   * for one class at most. Off the diagonal stand the likely label errors.
   */
  joint: number[][];
  /** Likely label errors, the likeliest first. */
  errors: LikelyLabelError[];
}

/** What means over many rows lose to rounding; a class of rows that are all alike still reaches its own mean. */
const rounding = 1e-6;

/**
 * Finds likely label errors by confident learning: C. Northcutt, L. Jiang, I. Chuang, "Confident Learning: Estimating
 * Uncertainty in Dataset Labels", Journal of Artificial Intelligence Research 70 (2021), sections 3.1 and 3.2.
 *
 * The threshold of class j is its mean self-confidence, t_j = mean of p(j; x) over the rows labelled j. A row is
 * confidently of the class with the largest p(j; x) among those with p(j; x) ≥ t_j, or of none. Likely errors are the
 * rows that are confidently of another class than their label's, unless no class is more probable than the label:
 * the method `confident_learning` of cleanlab, which the authors keep. The likeliest have the smallest margin
 * p(given; x) − p(suggested; x), and where margins are equal come in row order.
 *
 * @param logits Of a model that was not trained on the rows it judges, else it has learned their errors by heart.
 * @param labels Given class indices, [rows].
 */
export function confidentLearning(logits: Logits, labels: Int32Array): ConfidentLearning {
  logits.assertLabels(labels);
  const { rows, classes } = logits;
  const probabilities = logits.probabilities();
  const predictions = logits.predictions();
  const thresholds = meanSelfConfidence(probabilities, labels, classes);
  const joint = thresholds.map(() => thresholds.map(() => 0));
  const errors: LikelyLabelError[] = [];
  for (let row = 0; row < rows; row++) {
    const own = probabilities.subarray(row * classes, (row + 1) * classes);
    const confident = confidentClass(own, thresholds);
    if (confident === undefined) continue;
    const given = labels[row]!;
    const suggested = predictions[row]!;
    joint[given]![confident]! += 1;
    if (confident === given || own[suggested] === own[given]) continue;
    errors.push({
      ...{ row, given, suggested },
      probabilityGiven: own[given]!,
      probabilitySuggested: own[suggested]!,
    });
  }
  return { thresholds, joint, errors: errors.sort((a, b) => margin(a) - margin(b)) };
}

const margin = ({ probabilityGiven, probabilitySuggested }: LikelyLabelError): number =>
  probabilityGiven - probabilitySuggested;

function meanSelfConfidence(
  probabilities: Float64Array,
  labels: Int32Array,
  classes: number,
): (number | null)[] {
  const sums = Array.from({ length: classes }, () => ({ rows: 0, probability: 0 }));
  for (const [row, label] of labels.entries()) {
    sums[label]!.rows += 1;
    sums[label]!.probability += probabilities[row * classes + label]!;
  }
  return sums.map(({ rows, probability }) => (rows > 0 ? probability / rows : null));
}

/** The most probable of the classes that reach their threshold; undefined where none does. */
function confidentClass(
  probabilities: Float64Array,
  thresholds: readonly (number | null)[],
): number | undefined {
  let best: number | undefined;
  for (const [i, threshold] of thresholds.entries()) {
    if (threshold === null || probabilities[i]! < threshold - rounding) continue;
    if (best === undefined || probabilities[i]! > probabilities[best]!) best = i;
  }
  return best;
}
