import type { Task } from "../data/targets.ts";
import { type Dim, symbol } from "../engine/dimension.ts";
import * as op from "../engine/operators/index.ts";
import { constant, type Tensor } from "../engine/tensor.ts";

/** What a cross-entropy asks for besides the right class. */
export interface CrossEntropyOptions {
  /** Share of every target that is spread evenly over all classes, 0 to 1 (Szegedy et al. 2016). @default 0 */
  labelSmoothing?: number;
  /** Factor of each class in the loss: [classes], each above 0. @default 1 for all */
  classWeights?: readonly number[];
}

/**
 * Cross-entropy, −Σ w · q · log softmax(logits) / Σ w[label], as PyTorch's `cross_entropy` with `reduction="mean"`:
 * q is 1 − ε at the label plus ε / classes everywhere, and the mean is one weighted by the classes of the labels.
 * Without weights and smoothing that is −1/n Σ log softmax(logits)[label].
 *
 * @param logits [n, classes]
 * @param labels Class indices: [n] int32.
 * @returns A scalar.
 */
export function crossEntropy(
  logits: Tensor,
  labels: Tensor,
  { labelSmoothing = 0, classWeights }: CrossEntropyOptions = {},
): Tensor {
  const classes = logits.dim(-1) as number;
  const label = op.oneHot(labels, classes);
  const target =
    labelSmoothing === 0 ? label : op.add(op.multiply(label, 1 - labelSmoothing), labelSmoothing / classes);
  const terms = op.multiply(op.logSoftmax(logits), target);
  if (!classWeights) return op.negate(op.reduceMean(op.reduceSum(terms, [-1])));
  const weights = constant(classWeights, "float32", [classes]);
  const total = op.reduceSum(op.multiply(label, weights));
  return op.negate(op.divide(op.reduceSum(op.multiply(terms, weights)), total));
}

/**
 * Binary cross-entropy of logits, 1/n Σ −(w·y·log σ(z) + (1 − y)·log(1 − σ(z))) over all rows and outputs, as PyTorch's
 * `binary_cross_entropy_with_logits` with `reduction="mean"`.
 *
 * @param logits [n, outputs]
 * @param targets 0 to 1: [n, outputs] float32.
 * @param positiveWeights PyTorch's `pos_weight`, w: factor of the rows where an output's target is 1, [outputs].
 * @returns A scalar.
 */
export function binaryCrossEntropy(
  logits: Tensor,
  targets: Tensor,
  positiveWeights?: readonly number[],
): Tensor {
  if (!positiveWeights) return op.reduceMean(op.subtract(op.softplus(logits), op.multiply(logits, targets)));
  const weights = constant(positiveWeights, "float32", [positiveWeights.length]);
  const applies = op.multiply(op.multiply(targets, weights), op.softplus(op.negate(logits)));
  const doesNot = op.multiply(op.add(op.negate(targets), 1), op.softplus(logits));
  return op.reduceMean(op.add(applies, doesNot));
}

/** What a classifier's loss asks for. */
export interface LossOptions extends CrossEntropyOptions {
  /** @default "singleLabel" */
  task?: Task;
}

/** The shape of the int32 labels of a batch: class indices, or for every row and class whether it applies. */
export function labelsShape(logits: Tensor, { task }: LossOptions): Dim[] {
  return task === "multiLabel" ? [symbol("batch"), logits.dim(-1)] : [symbol("batch")];
}

/**
 * The denominator of a batch's mean loss: its number of rows, or with class weights the sum of the weights of its
 * labels. Accumulated batches are averaged with these as weights.
 *
 * @param labels As `labelsShape` says.
 */
export function batchWeight(rows: number, labels: Int32Array, { task, classWeights }: LossOptions): number {
  if (task === "multiLabel" || !classWeights) return rows;
  return labels.reduce((sum, label) => sum + classWeights[label]!, 0);
}

/**
 * The loss of a classifier: cross-entropy over the classes; binary cross-entropy where a single logit tells two classes
 * apart, and where any number of classes may apply, whose weights are then those of the rows to which they do.
 *
 * @param logits [batch, outputs]
 * @param labels As `labelsShape` says, int32.
 * @returns A scalar.
 */
export function classifierLoss(logits: Tensor, labels: Tensor, options: LossOptions = {}): Tensor {
  const { task, classWeights } = options;
  if (task !== "multiLabel" && logits.dim(-1) !== 1) return crossEntropy(logits, labels, options);
  const targets = op.reshape(op.cast(labels, "float32"), logits.shape);
  return binaryCrossEntropy(logits, targets, task === "multiLabel" ? classWeights : undefined);
}
