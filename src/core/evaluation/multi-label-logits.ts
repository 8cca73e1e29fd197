import { type Answer, answerOf } from "../data/targets.ts";
import { assertFinite } from "./logits.ts";

/** The probability above which a class is said to apply, where nothing else is chosen. */
export const DEFAULT_THRESHOLD = 0.5;

/**
 * What a multi-label classifier gives for a split: one logit per row and class, each by itself, and the probabilities
 * above which the classes are said to apply.
 *
 * @example
 * const logits = new MultiLabelLogits(1, 3, Float32Array.of(2, -1, 0.5));
 * logits.answers(); // [[0, 2]]
 */
export class MultiLabelLogits {
  readonly rows: number;
  readonly classes: number;
  /** Row-major: [rows, classes]. */
  readonly values: Float32Array;
  /** Probabilities, [classes]. */
  readonly thresholds: readonly number[];

  /**
   * @param values row-major [rows, classes]; kept, not copied
   * @param thresholds from 0 to below 1, [classes]. @default 0.5 each
   * @throws RangeError where the shapes don't fit
   * @throws ModelError where a value is not finite
   */
  constructor(rows: number, classes: number, values: Float32Array, thresholds?: readonly number[]) {
    if (values.length !== rows * classes) {
      throw new RangeError(
        `${rows} rows of ${classes} logits need ${rows * classes} values, not ${values.length}`,
      );
    }
    if (thresholds && thresholds.length !== classes) {
      throw new RangeError(`${classes} classes need ${classes} thresholds, not ${thresholds.length}`);
    }
    assertFinite(values, classes);
    this.rows = rows;
    this.classes = classes;
    this.values = values;
    this.thresholds = thresholds ?? new Array<number>(classes).fill(DEFAULT_THRESHOLD);
  }

  /** The same logits, decided otherwise. */
  withThresholds(thresholds: readonly number[]): MultiLabelLogits {
    return new MultiLabelLogits(this.rows, this.classes, this.values, thresholds);
  }

  /** Sigmoid of every logit, row-major [rows, classes]. */
  probabilities(): Float64Array {
    return Float64Array.from(this.values, (logit) => 1 / (1 + Math.exp(-logit)));
  }

  /** 1 where a class is said to apply, its probability above its threshold; row-major [rows, classes]. */
  predictions(): Int32Array {
    const { classes, thresholds } = this;
    return Int32Array.from(this.probabilities(), (p, i) => Number(p > thresholds[i % classes]!));
  }

  /** The classes that are said to apply to each row. */
  answers(): Answer[] {
    const predictions = this.predictions();
    return Array.from({ length: this.rows }, (_, row) =>
      answerOf(predictions.subarray(row * this.classes, (row + 1) * this.classes)),
    );
  }

  /** Rows whose every class is answered right. @param labels 1 where a class applies, [rows, classes] */
  right(labels: Int32Array): number {
    this.assertLabels(labels);
    const predictions = this.predictions();
    let right = 0;
    for (let row = 0; row < this.rows; row++) {
      const [from, to] = [row * this.classes, (row + 1) * this.classes];
      right += Number(predictions.subarray(from, to).every((flag, i) => flag === labels[from + i]));
    }
    return right;
  }

  /**
   * Binary cross-entropy of each row in nats, the mean over its classes: [rows]. Exact however small a probability.
   *
   * @param labels 1 where a class applies, [rows, classes]
   */
  losses(labels: Int32Array): Float64Array {
    this.assertLabels(labels);
    const losses = new Float64Array(this.rows);
    for (const [i, logit] of this.values.entries()) {
      const loss = Math.max(logit, 0) - logit * labels[i]! + Math.log1p(Math.exp(-Math.abs(logit)));
      losses[Math.floor(i / this.classes)]! += loss / this.classes;
    }
    return losses;
  }

  /** @throws RangeError where there isn't a 0 or a 1 for every row and class */
  assertLabels(labels: Int32Array): void {
    const wanted = this.rows * this.classes;
    if (labels.length !== wanted) {
      throw new RangeError(
        `${wanted} logits of several classes a row need as many labels, not ${labels.length}`,
      );
    }
    const outside = labels.findIndex((label) => label !== 0 && label !== 1);
    if (outside !== -1) {
      throw new RangeError(
        `label ${labels[outside]} of row ${Math.floor(outside / this.classes)} is not 0 or 1`,
      );
    }
  }
}
