import { type Dim, multiplyDims } from "../engine/dimension.ts";
import * as op from "../engine/operators/index.ts";
import type { Tensor } from "../engine/tensor.ts";
import { type Initializer, normal, ones, zeros } from "./initializers.ts";
import type { ParameterScope } from "./parameters.ts";

/** How a linear layer starts; Hugging Face's encoders draw the weight from N(0, 0.02²) and zero the bias. */
export interface LinearInitializers {
  weight?: Initializer;
  bias?: Initializer;
}

/** x · Wᵀ + b: [n, in] → [n, out]; parameters `weight` [out, in] and `bias` [out]. */
export function linear(
  scope: ParameterScope,
  x: Tensor,
  outputs: number,
  initializers?: LinearInitializers,
): Tensor {
  const { weight, bias } = linearParameters(scope, fixedSize(x.dim(-1)), outputs, initializers);
  return op.affine(x, weight, bias);
}

/** The parameters of a linear layer: `weight` [out, in] and `bias` [out]. */
export function linearParameters(
  scope: ParameterScope,
  inputs: number,
  outputs: number,
  { weight = normal(0.02), bias = zeros }: LinearInitializers = {},
): { weight: Tensor; bias: Tensor } {
  return {
    weight: scope.get("weight", [outputs, inputs], "weight", weight),
    bias: scope.get("bias", [outputs], "bias", bias),
  };
}

/** Layer normalisation over the last axis; parameters `weight` and `bias`. */
export function layerNorm(scope: ParameterScope, x: Tensor, epsilon: number): Tensor {
  const size = fixedSize(x.dim(-1));
  const gain = scope.get("weight", [size], "norm", ones);
  return op.layerNorm(x, gain, scope.get("bias", [size], "norm", zeros), epsilon);
}

/** The rows of an embedding table [rows, size] for integer indices; parameter `weight`. */
export function embedding(scope: ParameterScope, indices: Tensor, rows: number, size: number): Tensor {
  return op.lookup(embeddingTable(scope, rows, size), indices);
}

/** The parameter of an embedding table: `weight` [rows, size]. */
export function embeddingTable(scope: ParameterScope, rows: number, size: number): Tensor {
  return scope.get("weight", [rows, size], "embedding", normal(0.02));
}

/** The sizes of a batch of sequences. */
export interface SequenceShape {
  batch: Dim;
  length: Dim;
}

/** [batch, length, size] → [batch · length, size]: the layout in which linear layers are one matrix product. */
export function flattenPositions(x: Tensor): Tensor {
  return op.reshape(x, [multiplyDims(x.dim(0), x.dim(1)), x.dim(2)]);
}

/** [batch · length, size] → [batch, length, size] */
export function unflattenPositions(x: Tensor, { batch, length }: SequenceShape): Tensor {
  return op.reshape(x, [batch, length, x.dim(-1)]);
}

/** The first position of every sequence, where [CLS] stands: [batch · length, size] → [batch, size]. */
export function firstPosition(x: Tensor, shape: SequenceShape): Tensor {
  return op.reshape(op.slice(unflattenPositions(x, shape), 1, 0, 1), [shape.batch, x.dim(-1)]);
}

/** Mean over the positions whose mask is 1: [batch, length, size] and [batch, length] → [batch, size]. */
export function maskedMean(x: Tensor, attentionMask: Tensor): Tensor {
  const mask = op.reshape(op.cast(attentionMask, "float32"), [x.dim(0), 1, x.dim(1)]);
  const sum = op.reshape(op.matmul(mask, x), [x.dim(0), x.dim(2)]);
  const count = op.reduceSum(mask, [2]);
  return op.divide(sum, count);
}

/** A dimension that a parameter's shape depends on, and so can't be symbolic. */
export function fixedSize(dim: Dim): number {
  if (typeof dim !== "number") throw new RangeError(`a parameter can't have the symbolic size ${dim}`);
  return dim;
}
