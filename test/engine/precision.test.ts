import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { symbol } from "../../src/core/engine/dimension.ts";
import { float32ToFloat16 } from "../../src/core/engine/float16.ts";
import { halfGraph } from "../../src/core/engine/half-graph.ts";
import * as op from "../../src/core/engine/operators/index.ts";
import { portableGraph } from "../../src/core/engine/portable.ts";
import { Program } from "../../src/core/engine/program.ts";
import { quantizableLayers, quantizedGraph } from "../../src/core/engine/quantize.ts";
import { quantizeColumns, quantizeRows } from "../../src/core/engine/quantized-matrix.ts";
import { constant, input, reachable, type Tensor, type TensorData } from "../../src/core/engine/tensor.ts";
import { float16ToFloat32 } from "../../src/core/models/half-precision.ts";

const seeded = { seed: 11, numRuns: 60 };
const batch = symbol("batch");

/** The bits of a float32 that is put through float16 and back. */
const throughHalf = (value: number) => float16ToFloat32(float32ToFloat16(Float32Array.of(value)))[0]!;

describe("float16", () => {
  test("every finite float16 comes back as itself", () => {
    const halves = Uint16Array.from({ length: 0x10000 }, (_, i) => i).filter((i) => (i & 0x7c00) !== 0x7c00);
    expect(float32ToFloat16(float16ToFloat32(halves))).toEqual(halves);
  });

  test("what lies between two is rounded to the nearer, and from the middle to the even one", () => {
    const halves = Uint16Array.from({ length: 0x7bff }, (_, i) => i);
    const [low, high] = [float16ToFloat32(halves), float16ToFloat32(halves.map((i) => i + 1))];
    const between = (share: number) => low.map((x, i) => x + (high[i]! - x) * share);
    expect(float32ToFloat16(between(0.49))).toEqual(halves);
    expect(float32ToFloat16(between(0.51))).toEqual(halves.map((i) => i + 1));
    expect(float32ToFloat16(between(0.5))).toEqual(halves.map((i) => i + (i & 1)));
  });

  test("beyond the range stands its end, so that no product with 0 is NaN", () => {
    expect([1e6, -3.4e38, Number.POSITIVE_INFINITY, 65519].map(throughHalf)).toEqual([
      65504, -65504, 65504, 65504,
    ]);
    expect(throughHalf(Number.NaN)).toBeNaN();
  });
});

/** Runs a graph of one input x whose other inputs have the given values. */
async function run(y: Tensor, x: TensorData, size: number, values: ReadonlyMap<string, TensorData>) {
  const program = await Program.compile({ y }, { constants: values });
  try {
    return [...(await program.run({ batch: size }, { x })).y] as number[];
  } finally {
    await program.release();
  }
}

describe("a graph in float16", () => {
  const x = input("x", "float32", [batch, 3]);
  const weight = input("weight", "float32", [2, 3]);
  const bias = input("bias", "float32", [2]);
  const y = op.add(op.affine(x, weight, bias), op.multiply(op.reduceSum(x, [1], { keepDims: true }), 1e9));
  const values = new Map([
    ["weight", Float32Array.of(0.5, 0.25, 2, -1, 0.1, 0)],
    ["bias", Float32Array.of(1, -1)],
  ]);

  test("is written with halves, takes and gives float32, and a number beyond the range is its largest", async () => {
    const half = halfGraph({ y }, values);
    expect([...half.values.values()].every((data) => data instanceof Uint16Array)).toBe(true);
    expect(half.outputs.y.dtype).toBe("float32");
    const given = await run(half.outputs.y, Float32Array.of(1, 2, -3, 0, 1, -1), 2, half.values);
    const expected = [0.5 + 0.5 - 6 + 1, -1 + 0.2 - 1, 0.25 - 2 + 1, 0.1 - 1];
    for (const [i, value] of expected.entries()) expect(given[i]).toBeCloseTo(value, 2);
  });
});

describe("a graph in ONNX's own operators", () => {
  const x = input("x", "float32", [batch, 2, 3]);
  const weight = input("weight", "float32", [4, 3]);

  test("gives what the fused ones give, for every transposition", async () => {
    const values = new Map([["weight", Float32Array.from({ length: 12 }, (_, i) => Math.sin(i))]]);
    const data = Float32Array.from({ length: 12 }, (_, i) => Math.cos(i));
    const scores = op.matmul(x, weight, { transB: true, alpha: 0.3 });
    const mixed = op.matmul(x, op.gelu(scores), { transA: true });
    const portable = portableGraph({ y: mixed }).y;
    const domains = reachable([portable]).map(
      ({ source }) => source.kind === "operator" && source.node.domain,
    );
    expect(domains.filter(Boolean)).toEqual([]);
    const [given, expected] = [await run(portable, data, 2, values), await run(mixed, data, 2, values)];
    for (const [i, value] of expected.entries()) expect(given[i]).toBeCloseTo(value, 5);
  });

  test("does not compute what nobody reads", () => {
    const scale = constant([1, 1, 1], "float32", [3]);
    const [norm] = reachable([portableGraph({ y: op.layerNorm(x, scale, scale, 1e-5) }).y]).slice(-1);
    expect(norm!.source.kind === "operator" && norm!.source.node.outputs.length).toBe(1);
  });
});

/** Whole numbers up to a bound, at least one of them at it. */
const codes = (count: number, most: number) =>
  fc
    .tuple(
      fc.array(fc.integer({ min: -most, max: most }), { minLength: count, maxLength: count }),
      fc.nat(count - 1),
    )
    .map(([list, at]) => list.with(at, most));

describe("matrices in int8", () => {
  test("each row has a scale of its own, and no element is off by more than half of it", () => {
    fc.assert(
      fc.property(
        fc.array(fc.float({ min: -9, max: 9, noNaN: true }), { minLength: 12, maxLength: 12 }),
        fc.constantFrom(1e-6, 1, 1e6),
        (list, factor) => {
          const values = Float32Array.from(list, (value, i) => (i < 4 ? value : value * factor));
          const { codes, scales } = quantizeRows(values, 3, 4);
          for (const [i, value] of values.entries()) {
            const scale = scales[Math.floor(i / 4)]!;
            expect(Math.abs(codes[i]! * scale - value)).toBeLessThanOrEqual(scale * 0.5001);
          }
        },
      ),
      seeded,
    );
  });

  test("columns stand as a product reads them; 7 bits stay within ±63; zeros stay zeros", () => {
    const { codes, scales } = quantizeColumns(Float32Array.of(0.98, -2, 0, 0, 0.5, 0.24), 3, 2, 7);
    expect([...codes]).toEqual([31, 0, 63, -63, 0, 30]);
    expect([...scales]).toEqual([2 / 63, 1, 0.5 / 63].map(Math.fround));
    expect(Math.max(...quantizeColumns(Float32Array.of(1, 2), 1, 2, 8).codes)).toBe(127);
  });
});

describe("a quantised graph", () => {
  const [inputs, size] = [64, 48];
  const x = input("x", "float32", [batch, inputs]);
  const weight = input("dense.weight", "float32", [size, inputs]);
  const bias = input("dense.bias", "float32", [size]);
  const y = op.affine(x, weight, bias);

  test("whole numbers come out exactly, with a scale for every column and the largest sums of pairs", async () => {
    await fc.assert(
      fc.asyncProperty(
        codes(inputs * size, 63),
        fc.array(fc.integer({ min: 0, max: 255 }), { minLength: inputs, maxLength: inputs }),
        async (list, activations) => {
          // Every column has its largest code, times a power of two of its own.
          const weights = Float32Array.from(list, (code, i) => {
            const column = Math.floor(i / inputs);
            return (i % inputs === 0 ? 63 : code) * 2 ** (column % 7);
          });
          const biases = Float32Array.from({ length: size }, (_, i) => i - 20);
          const row = Float32Array.from(activations.with(0, 255).with(1, 0).fill(255, 8, 24));
          const values = new Map([
            ["dense.weight", weights],
            ["dense.bias", biases],
          ]);
          const quantized = quantizedGraph({ y }, values);
          const given = await run(quantized.outputs.y, row, 1, quantized.values);
          for (let column = 0; column < size; column++) {
            let sum = biases[column]!;
            for (let i = 0; i < inputs; i++) sum += row[i]! * weights[column * inputs + i]!;
            expect(Math.abs(given[column]! - sum)).toBeLessThanOrEqual(Math.abs(sum) * 1e-5 + 0.01);
          }
        },
      ),
      { seed: 5, numRuns: 12 },
    );
  });

  const table = input("table", "float32", [100, 32]);
  const ids = input("x", "int32", [batch]);
  const values = new Map([
    ["table", Float32Array.from({ length: 3200 }, (_, i) => Math.sin(i) * (1 + (i >> 5)))],
  ]);

  test("rows that are looked up, sliced off or read in another way are near what they were", async () => {
    const sliced = op.slice(table, 0, 3, 4);
    const whole = op.reduceSum(op.multiply(table, table), [0]);
    const sum = op.add(op.add(op.lookup(table, ids), sliced), op.multiply(whole, 1e-4));
    const quantized = quantizedGraph({ y: sum }, values);
    expect([...quantized.values.keys()].sort()).toEqual(["table.rows.int8", "table.rows.scale"]);
    const rows = Int32Array.of(0, 99, 40);
    const expected = await run(sum, rows, 3, values);
    const given = await run(quantized.outputs.y, rows, 3, quantized.values);
    const most = Math.max(...expected.map(Math.abs));
    for (const [i, value] of expected.entries())
      expect(Math.abs(given[i]! - value)).toBeLessThan(most * 0.01);
  });

  test("what is to stay in float32 stays, and small matrices aren't touched", async () => {
    const small = op.gemm(op.lookup(table, ids), input("small", "float32", [3, 32]), { transB: true });
    const all = new Map([...values, ["small", new Float32Array(96).fill(1)]]);
    expect(quantizableLayers({ small }, all).map(({ name, use }) => [name, use])).toEqual([
      ["table", "rows"],
    ]);
    const kept = quantizedGraph({ y: small }, all, { keep: new Set(["table"]) });
    expect(kept.values).toEqual(all);
    const rows = Int32Array.of(7);
    expect(await run(kept.outputs.y, rows, 1, kept.values)).toEqual(await run(small, rows, 1, all));
  });
});
