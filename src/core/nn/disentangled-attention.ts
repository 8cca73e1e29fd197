import { type Dim, elementCount, multiplyDims, subtractDims } from "../engine/dimension.ts";
import * as op from "../engine/operators/index.ts";
import { scoped, type Tensor } from "../engine/tensor.ts";
import { splitHeads } from "./attention.ts";
import { fixedSize } from "./layers.ts";

/**
 * What attention scores are made of: content, and where the key stands from the query. Distances, key − query, run
 * from −(length − 1) to length − 1; for the first position as only query, from 0.
 */
export interface DisentangledInputs {
  /** [batch, heads, queries, d] */
  query: Tensor;
  /** [batch, heads, length, d] */
  key: Tensor;
  /** K_r, the keys of the distances: [distances, heads · d]. Without it there is no content-to-position term. */
  distanceKey: Tensor | undefined;
  /** Q_r, the queries of the distances: [distances, heads · d]. Without it there is no position-to-content term. */
  distanceQuery: Tensor | undefined;
}

/**
 * Disentangled attention scores (He et al. 2021, eq. 4):
 *
 *     A_ij = (Q_i·K_j + Q_i·K_r[i→j] + K_j·Q_r[i→j]) / √(d · terms)
 *
 * with i→j the distance from query i to key j. (The paper has j→i in the last term; Hugging Face's implementation, and
 * with it every published checkpoint, has i→j.)
 *
 * @returns [batch, heads, queries, length]
 */
export function disentangledScores({ query, key, distanceKey, distanceQuery }: DisentangledInputs): Tensor {
  const terms = 1 + (distanceKey ? 1 : 0) + (distanceQuery ? 1 : 0);
  const alpha = 1 / Math.sqrt(fixedSize(query.dim(-1)) * terms);
  let scores = scoped("content_to_content", () => op.matmul(query, key, { transB: true, alpha }));
  if (distanceKey) {
    const term = scoped("content_to_position", () => contentToPosition(query, distanceKey, alpha));
    scores = op.add(scores, term);
  }
  if (distanceQuery) {
    const term = scoped("position_to_content", () => positionToContent(query, key, distanceQuery, alpha));
    scores = op.add(scores, term);
  }
  return scores;
}

/** Q_i·K_r[i→j] */
function contentToPosition(query: Tensor, distanceKey: Tensor, alpha: number): Tensor {
  const keys = heads(distanceKey, query);
  if (query.dim(-2) === 1) return op.matmul(query, keys, { transB: true, alpha });
  return byDistance(query, keys, alpha);
}

/** K_j·Q_r[i→j]: the distances i→j are those that key j sees its queries at, in reverse order. */
function positionToContent(query: Tensor, key: Tensor, distanceQuery: Tensor, alpha: number): Tensor {
  if (query.dim(-2) === 1) {
    const products = op.multiply(key, heads(distanceQuery, query));
    const sums = op.multiply(op.reduceSum(products, [-1]), alpha);
    return op.reshape(sums, [query.dim(0), query.dim(1), 1, key.dim(-2)]);
  }
  return op.transpose(byDistance(key, heads(reverseRows(distanceQuery), query), alpha), [0, 1, 3, 2]);
}

/** [distances, heads · d] → [1, heads, distances, d] */
function heads(x: Tensor, query: Tensor): Tensor {
  return splitHeads(x, { batch: 1, length: x.dim(0) }, fixedSize(query.dim(1)));
}

/**
 * alpha · x_i·r[s − i] for all rows i and s of a sequence: [batch, heads, length, d] and r [1, heads, 2·length − 1, d],
 * its rows by distance from −(length − 1), → [batch, heads, length, length].
 *
 * The product of row i with every distance has s − i in column s − i + length − 1, so each row has to move one column
 * further right than the row above. Made 2·length wide by a zero row of r and cut anew into rows one entry shorter, it
 * has: entry i·2·length + s − i + length − 1 is entry i·(2·length − 1) + s + length − 1. So no gather is needed, and
 * the gradient pads where this slices.
 */
function byDistance(x: Tensor, r: Tensor, alpha: number): Tensor {
  const [batch, heads, length] = x.shape as [Dim, number, Dim];
  const products = op.matmul(x, op.pad(r, -2, 0, 1), { transB: true, alpha });
  const shorter = subtractDims(multiplyDims(length, 2), 1);
  const entries = op.reshape(products, [batch, heads, elementCount(products.shape.slice(2))]);
  const kept = op.slice(entries, -1, 0, multiplyDims(length, shorter));
  return op.slice(op.reshape(kept, [batch, heads, length, shorter]), -1, subtractDims(length, 1), shorter);
}

/** [rows, size], last row first. */
function reverseRows(x: Tensor): Tensor {
  const rows = x.dim(0);
  const last = op.dimAsScalar(subtractDims(rows, 1), "int32");
  return op.lookup(x, op.subtract(last, op.range(rows)));
}
