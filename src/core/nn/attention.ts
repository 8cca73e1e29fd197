import { type Dim, multiplyDims } from "../engine/dimension.ts";
import * as op from "../engine/operators/index.ts";
import type { Tensor } from "../engine/tensor.ts";
import type { Dropout } from "./dropout.ts";
import { fixedSize, linear, linearParameters, type SequenceShape, unflattenPositions } from "./layers.ts";
import type { ParameterScope } from "./parameters.ts";

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
 * Self-attention within each sequence of a batch.
 *
 * @param scope The layer's parameters.
 * @param queries Hidden states of the positions that attend: [batch · queries, hidden size].
 * @param hidden Hidden states of the positions attended to: [batch · length, hidden size].
 * @param positions `all`: every position attends; `first`: only the first of each sequence, so queries = 1.
 * @returns [batch · queries, hidden size]
 */
export type SelfAttention = (
  scope: ParameterScope,
  queries: Tensor,
  hidden: Tensor,
  positions: "all" | "first",
) => Tensor;

/** What every kind of self-attention needs to know. */
export interface AttentionContext {
  heads: number;
  shape: SequenceShape;
  /** [batch, 1, 1, length], see `attentionBias`. */
  bias: Tensor;
  dropout: Dropout;
  /** On the attention weights. */
  dropoutRate: number;
}

/** What a checkpoint calls the projections. */
export interface ProjectionNames {
  query: string;
  key: string;
  value: string;
}

/** Multi-head scaled dot-product attention (Vaswani et al. 2017). */
export function dotProductAttention(names: ProjectionNames, context: AttentionContext): SelfAttention {
  const { heads, shape, bias, dropout, dropoutRate } = context;
  return (scope, queries, hidden, positions) => {
    if (positions === "first") return firstPositionAttention(names, context, scope, queries, hidden);
    const hiddenSize = fixedSize(hidden.dim(-1));
    const project = (name: string, x: Tensor) =>
      splitHeads(linear(scope.scope(name), x, hiddenSize), shape, heads);
    const query = project(names.query, queries);
    const key = project(names.key, hidden);
    const value = project(names.value, hidden);
    return mergeHeads(attention(query, key, value, bias, dropout, dropoutRate));
  };
}

/**
 * The same for the first position alone, without computing keys and values of the others. Since
 *
 *     q·(W_K x + b_K) = (q W_K)·x + q·b_K    and    Σ p (W_V x + b_V) = W_V (Σ p x) + b_V Σ p
 *
 * the projections can be applied to the single query and to the weighted sum: once per sequence instead of once per
 * position.
 *
 * @param queries Hidden states of the first positions: [batch, hidden size].
 * @param hidden [batch · length, hidden size]
 * @returns [batch, hidden size]
 */
function firstPositionAttention(
  names: ProjectionNames,
  { heads, shape, bias, dropout, dropoutRate }: AttentionContext,
  scope: ParameterScope,
  queries: Tensor,
  hidden: Tensor,
): Tensor {
  const { batch, length } = shape;
  const hiddenSize = fixedSize(hidden.dim(-1));
  const size = hiddenSize / heads;
  const query = op.reshape(linear(scope.scope(names.query), queries, hiddenSize), [batch, heads, size]);
  const key = headParameters(scope.scope(names.key), heads, size);
  const value = headParameters(scope.scope(names.value), heads, size);
  const read = unflattenPositions(hidden, shape);

  const alpha = 1 / Math.sqrt(size);
  const readKey = headsFirst(op.matmul(headsFirst(query), key.weight));
  const shift = op.reduceSum(op.multiply(query, op.multiply(key.bias, alpha)), [-1], { keepDims: true });
  const scores = op.add(op.matmul(readKey, read, { transB: true, alpha }), shift);
  const masked = op.add(op.reshape(scores, [batch, heads, 1, length]), bias);
  const weights = op.reshape(dropout(op.softmax(masked), dropoutRate), [batch, heads, length]);

  const mean = headsFirst(op.matmul(headsFirst(op.matmul(weights, read)), value.weight, { transB: true }));
  const total = op.reduceSum(weights, [-1], { keepDims: true });
  return op.reshape(op.add(mean, op.multiply(total, value.bias)), [batch, hiddenSize]);
}

/** A projection of hidden states by head: `weight` [heads, size, hidden size], `bias` [heads, size]. */
function headParameters(scope: ParameterScope, heads: number, size: number) {
  const { weight, bias } = linearParameters(scope, heads * size, heads * size);
  return {
    weight: op.reshape(weight, [heads, size, heads * size]),
    bias: op.reshape(bias, [heads, size]),
  };
}

/** [a, b, size] → [b, a, size] */
const headsFirst = (x: Tensor): Tensor => op.transpose(x, [1, 0, 2]);

/** The sizes of the positions that attend. */
export function queryShape(shape: SequenceShape, positions: "all" | "first"): SequenceShape {
  return positions === "first" ? { ...shape, length: 1 } : shape;
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
  return attend(scores, value, bias, dropout, dropoutRate);
}

/** softmax(scores + bias)·v, the second half of every kind of attention. */
export function attend(
  scores: Tensor,
  value: Tensor,
  bias: Tensor,
  dropout: Dropout,
  dropoutRate: number,
): Tensor {
  const weights = dropout(op.softmax(op.add(scores, bias)), dropoutRate);
  return op.matmul(weights, value);
}
