import * as op from "../engine/operators/index.ts";
import type { Tensor } from "../engine/tensor.ts";

/**
 * Mean cross-entropy, −1/n Σ log softmax(logits)[label].
 *
 * @param logits [n, classes]
 * @param labels Class indices: [n] int32.
 * @returns A scalar.
 */
export function crossEntropy(logits: Tensor, labels: Tensor): Tensor {
  const classes = logits.dim(-1) as number;
  const picked = op.multiply(op.logSoftmax(logits), op.oneHot(labels, classes));
  return op.negate(op.reduceMean(op.reduceSum(picked, [-1])));
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
