import { type Dim, multiplyDims } from "../engine/dimension.ts";
import * as op from "../engine/operators/index.ts";
import type { Tensor } from "../engine/tensor.ts";
import type { Dropout } from "./dropout.ts";
import { fixedSize, type SequenceShape } from "./layers.ts";

/** [batch · length, heads · size] → [batch, heads, length, size] */
export function splitHeads(x: Tensor, { batch, length }: SequenceShape, heads: number): Tensor {
  const size = fixedSize(x.dim(-1)) / heads;
  return op.transpose(op.reshape(x, [batch, length, heads, size]), [0, 2, 1, 3]);
}

/** [batch, heads, length, size] → [batch · length, heads · size] */
export function mergeHeads(x: Tensor): Tensor {
  const [batch, heads, length, size] = x.shape as [Dim, number, Dim, number];
  const merged = op.transpose(x, [0, 2, 1, 3]);
  return op.reshape(merged, [multiplyDims(batch, length), heads * size]);
}

/**
 * What a padded key adds to its scores: 0 where the mask is 1 and the most negative float32 where it is 0, so that
 * softmax gives it no weight: [batch, length] int32 → [batch, 1, 1, length].
 */
export function attentionBias(attentionMask: Tensor): Tensor {
  const lowest = -3.4028234663852886e38;
  const masked = op.subtract(op.cast(attentionMask, "float32"), 1);
  return op.reshape(op.multiply(masked, -lowest), [attentionMask.dim(0), 1, 1, attentionMask.dim(1)]);
}

/**
 * Scaled dot-product attention, softmax(q·kᵀ/√d + bias)·v (Vaswani et al. 2017).
 *
 * @param query [batch, heads, queries, d]
 * @param key [batch, heads, keys, d]
 * @param value [batch, heads, keys, d]
 * @param bias Broadcast to [batch, heads, queries, keys].
 */
export function attention(
  query: Tensor,
  key: Tensor,
  value: Tensor,
  bias: Tensor,
  dropout: Dropout,
  dropoutRate: number,
): Tensor {
  const scores = op.matmul(query, key, { transB: true, alpha: 1 / Math.sqrt(fixedSize(query.dim(-1))) });
  const weights = dropout(op.softmax(op.add(scores, bias)), dropoutRate);
  return op.matmul(weights, value);
}
