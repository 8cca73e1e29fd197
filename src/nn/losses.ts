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
 * Mean binary cross-entropy of logits, 1/n Σ log(1 + exp(z)) − z·y.
 *
 * @param logits [n, outputs]
 * @param targets 0 to 1: [n, outputs] float32.
 * @returns A scalar.
 */
export function binaryCrossEntropy(logits: Tensor, targets: Tensor): Tensor {
  return op.reduceMean(op.subtract(op.softplus(logits), op.multiply(logits, targets)));
}
