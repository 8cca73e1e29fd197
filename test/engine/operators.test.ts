import { readdirSync, readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { addDims, symbol } from "../../src/core/engine/dimension.ts";
import * as op from "../../src/core/engine/operators/index.ts";
import { constant, input, type Tensor } from "../../src/core/engine/tensor.ts";
import { attention, attentionBias } from "../../src/core/nn/attention.ts";
import { disentangledScores } from "../../src/core/nn/disentangled-attention.ts";
import { maskedMean } from "../../src/core/nn/layers.ts";
import { binaryCrossEntropy, crossEntropy } from "../../src/core/nn/losses.ts";
import { checkGradient, type GradientCase } from "./gradient-check.ts";

const batch = symbol("batch");
const indices = input("indices", "int32", [2, 2]);
const mask = input("mask", "int32", [2, 3]);
const labels = input("labels", "int32", [4]);
const seed = input("seed", "uint32", []);
const anchor = input("anchor", "int32", [batch]);
/** Brings a symbolic size into a graph that otherwise has fixed ones. */
const withBatch = (x: Tensor) => op.add(x, op.multiply(op.cast(op.reduceSum(anchor), "float32"), 0));

/** Operators by name, each with at least one case; the names are those exported with a gradient. */
const cases: Record<string, GradientCase | GradientCase[]> = {
  add: [
    {
      shapes: [
        [3, 4],
        [3, 4],
      ],
      compute: op.add,
    },
    {
      shapes: [
        [2, 3, 4],
        [3, 1],
      ],
      compute: op.add,
    },
    { shapes: [[4], [2, 1, 4]], compute: op.add },
  ],
  subtract: {
    shapes: [
      [3, 1],
      [2, 3, 4],
    ],
    compute: op.subtract,
  },
  multiply: [
    { shapes: [[3, 4], [4]], compute: op.multiply },
    { shapes: [[3, 4]], compute: (x) => op.multiply(x, x) },
  ],
  divide: {
    shapes: [
      [3, 4],
      [3, 1],
    ],
    compute: op.divide,
    range: [0.5, 2],
  },
  negate: { shapes: [[5]], compute: op.negate },
  exp: { shapes: [[2, 3]], compute: op.exp },
  log: { shapes: [[2, 3]], compute: op.log, range: [0.5, 3] },
  sqrt: { shapes: [[2, 3]], compute: op.sqrt, range: [0.5, 3] },
  tanh: { shapes: [[2, 3]], compute: op.tanh },
  sigmoid: { shapes: [[2, 3]], compute: op.sigmoid },
  softplus: { shapes: [[2, 3]], compute: op.softplus },
  // Away from the kink on either side, where finite differences mean nothing.
  relu: [
    { shapes: [[2, 3]], compute: op.relu, range: [0.2, 1.5] },
    { shapes: [[2, 3]], compute: op.relu, range: [-1.5, -0.2] },
  ],
  erf: { shapes: [[2, 3]], compute: op.erf },
  gelu: { shapes: [[4, 5]], compute: op.gelu, range: [-3, 3] },
  where: {
    shapes: [[2, 3], [3]],
    compute: (a, b) => op.where(op.greater(op.reshape(indices, [4, 1, 1]), 1), a, b),
    feeds: { indices: Int32Array.of(0, 2, 1, 3) },
  },
  cast: { shapes: [[3]], compute: (x) => op.cast(op.multiply(x, 2), "float32") },
  reshape: { shapes: [[2, 6]], compute: (x) => op.reshape(x, [3, 4]) },
  transpose: {
    shapes: [[2, 3, 4]],
    compute: (x) => op.multiply(op.transpose(x, [2, 0, 1]), op.transpose(x, [2, 0, 1])),
  },
  expand: { shapes: [[1, 3]], compute: (x) => op.expand(x, [4, 3]) },
  slice: [
    { shapes: [[3, 5]], compute: (x) => op.slice(x, 1, 1, 4) },
    {
      shapes: [[6, 2]],
      compute: (x) => op.slice(withBatch(x), 0, 1, addDims(batch, 1)),
      feeds: { anchor: new Int32Array(3) },
      sizes: { batch: 3 },
    },
  ],
  pad: [
    { shapes: [[3, 2]], compute: (x) => op.pad(x, 0, 2, 1) },
    {
      shapes: [[3, 2]],
      compute: (x) => op.pad(withBatch(x), 1, batch, 1),
      feeds: { anchor: new Int32Array(4) },
      sizes: { batch: 4 },
    },
  ],
  concatenate: {
    shapes: [
      [2, 3],
      [2, 1],
    ],
    compute: (a, b) => op.concatenate([a, b, a], 1),
  },
  reduceSum: [
    { shapes: [[2, 3, 4]], compute: (x) => op.reduceSum(x, [0, 2]) },
    { shapes: [[2, 3, 4]], compute: (x) => op.reduceSum(x, [-1], { keepDims: true }) },
  ],
  reduceMean: { shapes: [[2, 3, 4]], compute: (x) => op.reduceMean(x, [1]) },
  gemm: [false, true].flatMap((transA) =>
    [false, true].map((transB) => ({
      shapes: [transA ? [4, 3] : [3, 4], transB ? [2, 4] : [4, 2]],
      compute: (a: Tensor, b: Tensor) => op.gemm(a, b, { transA, transB, alpha: 0.7 }),
    })),
  ),
  affine: { shapes: [[3, 4], [2, 4], [2]], compute: op.affine },
  matmul: [
    ...[false, true].flatMap((transA) =>
      [false, true].map((transB) => ({
        shapes: [transA ? [2, 4, 3] : [2, 3, 4], transB ? [2, 2, 4] : [2, 4, 2]],
        compute: (a: Tensor, b: Tensor) => op.matmul(a, b, { transA, transB, alpha: 0.7 }),
      })),
    ),
    {
      shapes: [
        [2, 3, 4],
        [4, 2],
      ],
      compute: (a, b) => op.matmul(a, b),
    },
  ],
  softmax: { shapes: [[3, 5]], compute: op.softmax },
  logSoftmax: { shapes: [[3, 5]], compute: op.logSoftmax },
  layerNorm: { shapes: [[3, 6], [6], [6]], compute: (x, w, b) => op.layerNorm(x, w, b, 1e-5) },
  lookup: {
    shapes: [[5, 3]],
    compute: (table) => op.lookup(table, indices),
    feeds: { indices: Int32Array.of(0, 4, 4, 2) },
  },
  dropout: {
    shapes: [[8, 9]],
    compute: (x) => op.dropout(x, 0.4, seed, 3),
    feeds: { seed: Uint32Array.of(5) },
  },
};

/** What layers compose from the operators. */
const compositions: Record<string, GradientCase> = {
  crossEntropy: {
    shapes: [[4, 3]],
    compute: (z) => crossEntropy(z, labels),
    feeds: { labels: Int32Array.of(0, 2, 1, 2) },
  },
  binaryCrossEntropy: {
    shapes: [[4, 1]],
    compute: (z) => binaryCrossEntropy(z, constant([0, 1, 1, 0.5], "float32", [4, 1])),
  },
  attention: {
    shapes: [
      [2, 2, 3, 4],
      [2, 2, 3, 4],
      [2, 2, 3, 4],
    ],
    compute: (q, k, v) => attention(q, k, v, attentionBias(mask), (x) => x, 0),
    feeds: { mask: Int32Array.of(1, 1, 1, 1, 1, 0) },
  },
  disentangledScores: {
    shapes: [
      [2, 2, 3, 4],
      [2, 2, 3, 4],
      [5, 8],
    ],
    compute: (query, key, r) => disentangledScores({ query, key, distanceKey: r, distanceQuery: op.tanh(r) }),
  },
  firstDisentangledScores: {
    shapes: [
      [2, 2, 1, 4],
      [2, 2, 3, 4],
      [3, 8],
    ],
    compute: (query, key, r) => disentangledScores({ query, key, distanceKey: r, distanceQuery: op.tanh(r) }),
  },
  maskedMean: {
    shapes: [[2, 3, 4]],
    compute: (x) => maskedMean(x, mask),
    feeds: { mask: Int32Array.of(1, 1, 1, 1, 0, 0) },
  },
};

describe("gradients equal finite differences", () => {
  for (const [name, list] of Object.entries({ ...cases, ...compositions })) {
    for (const [i, check] of [list].flat().entries()) {
      test(`${name} ${i}`, () => checkGradient(check));
    }
  }
});

test("every operator with a gradient has a case", () => {
  const folder = new URL("../../src/core/engine/operators/", import.meta.url);
  const differentiable = readdirSync(folder).flatMap((file) => {
    const source = readFileSync(new URL(file, folder), "utf8");
    // An exported function whose body, up to the next top-level definition, states a gradient.
    return source
      .split(/^(?=export |function |const )/m)
      .filter((part) => part.startsWith("export function") && /\bgradient: /.test(part))
      .map((part) => /^export function (\w+)/.exec(part)![1]!);
  });
  expect(differentiable.length).toBeGreaterThan(25);
  expect(differentiable.filter((name) => !(name in cases))).toEqual([]);
});
