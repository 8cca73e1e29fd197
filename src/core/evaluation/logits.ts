import type { Answer } from "../data/targets.ts";
import { ModelError } from "../errors.ts";

/**
 * What a classifier gives for a split: one score per row and class, before any softmax or argmax.
 *
 * Every metric takes a `Logits` and not an array, so that predictions (one number per row) can't be passed by
 * mistake: the class has private members, so the type checker accepts nothing else in its place.
 *
 * @example
 * const logits = new Logits(2, 3, Float32Array.of(0.1, 2, -1, 3, 0, 0));
 * logits.predictions(); // Int32Array [1, 0]
 */
export class Logits {
  readonly rows: number;
  readonly classes: number;
  /** Row-major: [rows, classes]. */
  readonly values: Float32Array;

  /**
   * @param values row-major [rows, classes]; kept, not copied
   * @throws RangeError where there are fewer than 2 classes or `values` is not of rows × classes numbers
   * @throws ModelError where a value is not finite
   */
  constructor(rows: number, classes: number, values: Float32Array) {
    if (!Number.isInteger(rows) || rows < 0) throw new RangeError(`rows must be a whole number, not ${rows}`);
    if (!Number.isInteger(classes) || classes < 2) {
      throw new RangeError(`logits need at least 2 classes, not ${classes}; for one logit see Logits.binary`);
    }
    if (values.length !== rows * classes) {
      throw new RangeError(
        `${rows} rows of ${classes} logits need ${rows * classes} values, not ${values.length}`,
      );
    }
    assertFinite(values, classes);
    this.rows = rows;
    this.classes = classes;
    this.values = values;
  }

  /**
   * Logits of a binary classifier with one output, trained with BCE and decided at 0 (a logit above 0 is class 1).
   *
   * A sigmoid is the softmax of the pair (0, z), so the result is a two-class `Logits` with the same
   * probabilities, the same loss and the same decisions: log(1 + eᶻ) − y·z is the cross-entropy of (0, z).
   *
   * @param values [rows], one logit for class 1 per row
   */
  static binary(values: Float32Array): Logits {
    const pairs = new Float32Array(values.length * 2);
    for (let row = 0; row < values.length; row++) pairs[row * 2 + 1] = values[row]!;
    return new Logits(values.length, 2, pairs);
  }

  /** Class index with the highest logit of each row, the lowest index where several are equal: [rows]. */
  predictions(): Int32Array {
    const best = new Int32Array(this.rows);
    for (let row = 0; row < this.rows; row++) best[row] = this.#highest(row);
    return best;
  }

  /** The class of each row: its `predictions`. */
  answers(): Answer[] {
    return [...this.predictions()];
  }

  /** Rows predicted right. @param labels [rows] */
  right(labels: Int32Array): number {
    this.assertLabels(labels);
    const predictions = this.predictions();
    return labels.reduce((right, label, row) => right + Number(label === predictions[row]), 0);
  }

  /** Softmax over the classes of each row, row-major [rows, classes]. The highest logit is subtracted first. */
  probabilities(): Float64Array {
    const probabilities = new Float64Array(this.values.length);
    for (let row = 0; row < this.rows; row++) {
      const { highest, sum } = this.#normaliser(row);
      const start = row * this.classes;
      for (let i = start; i < start + this.classes; i++) {
        probabilities[i] = Math.exp(this.values[i]! - highest) / sum;
      }
    }
    return probabilities;
  }

  /** Cross-entropy of each row in nats, −log softmax(logits)[label]: [rows]. Exact however small the probability. */
  losses(labels: Int32Array): Float64Array {
    this.assertLabels(labels);
    const losses = new Float64Array(this.rows);
    for (let row = 0; row < this.rows; row++) {
      const { highest, sum } = this.#normaliser(row);
      losses[row] = Math.log(sum) + highest - this.values[row * this.classes + labels[row]!]!;
    }
    return losses;
  }

  /** @throws RangeError where there isn't one label per row, or one is outside 0 … classes − 1 */
  assertLabels(labels: Int32Array): void {
    if (labels.length !== this.rows) {
      throw new RangeError(`${this.rows} rows of logits need ${this.rows} labels, not ${labels.length}`);
    }
    const outside = labels.findIndex((label) => label < 0 || label >= this.classes);
    if (outside !== -1) {
      throw new RangeError(
        `label ${labels[outside]} of row ${outside} is outside the ${this.classes} classes`,
      );
    }
  }

  #highest(row: number): number {
    const start = row * this.classes;
    let best = 0;
    for (let c = 1; c < this.classes; c++) if (this.values[start + c]! > this.values[start + best]!) best = c;
    return best;
  }

  /** The softmax's denominator: Σ exp(logit) = sum · exp(highest). */
  #normaliser(row: number): { highest: number; sum: number } {
    const start = row * this.classes;
    const highest = this.values[start + this.#highest(row)]!;
    let sum = 0;
    for (let i = start; i < start + this.classes; i++) sum += Math.exp(this.values[i]! - highest);
    return { highest, sum };
  }
}

/** @param values row-major [rows, classes]. @throws ModelError */
export function assertFinite(values: Float32Array, classes: number): void {
  const broken = values.findIndex((value) => !Number.isFinite(value));
  if (broken === -1) return;
  throw new ModelError(
    `the model's output for row ${Math.floor(broken / classes)} is not a finite number: training diverged or the weights are damaged`,
  );
}
