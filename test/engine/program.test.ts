import { expect, test } from "vitest";
import { symbol } from "../../src/core/engine/dimension.ts";
import { writeOnnx } from "../../src/core/engine/onnx-writer.ts";
import * as op from "../../src/core/engine/operators/index.ts";
import { Program } from "../../src/core/engine/program.ts";
import { input } from "../../src/core/engine/tensor.ts";

const x = input("x", "float32", [symbol("batch"), 2]);
const weight = input("weight", "float32", [3, 2]);
const product = op.gemm(x, weight, { transB: true });
const values = Float32Array.of(1, 2, 3, 4, 5, 6);

test("one program serves every batch size", async () => {
  const program = await Program.compile({ product });
  expect((await program.run({ batch: 1 }, { x: Float32Array.of(1, 1), weight: values })).product).toEqual(
    Float32Array.of(3, 7, 11),
  );
  const two = await program.run({ batch: 2 }, { x: Float32Array.of(1, 0, 0, 1), weight: values });
  expect(two.product).toEqual(Float32Array.of(1, 3, 5, 2, 4, 6));
});

test("constants are compiled in and need not be fed", async () => {
  const program = await Program.compile({ product }, { constants: new Map([["weight", values]]) });
  expect(program.inputNames).toEqual(["x"]);
  const result = await program.run({ batch: 1 }, { x: Float32Array.of(1, 1) });
  expect(result.product).toEqual(Float32Array.of(3, 7, 11));
});

test("equal work is done once, and what no output needs is left out", () => {
  const unused = op.exp(product);
  expect(unused.shape).toEqual(product.shape);
  const twice = op.add(op.tanh(product), op.tanh(product));
  // Gemm, one Tanh, Add, and the output's Identity.
  expect(writeOnnx({ twice }).nodeCount).toBe(4);
});

test("a missing or misshapen input is named", async () => {
  const program = await Program.compile({ product });
  await expect(program.run({ batch: 1 }, { x: Float32Array.of(1, 1) })).rejects.toThrow(
    /"weight" was not fed/,
  );
  await expect(program.run({ batch: 2 }, { x: Float32Array.of(1, 1), weight: values })).rejects.toThrow(
    /"x" needs 4 elements/,
  );
  await expect(program.run({}, { x: Float32Array.of(1, 1), weight: values })).rejects.toThrow(/"batch"/);
  const other = op.add(product, input("x", "float32", [1, 3]));
  expect(() => writeOnnx({ other })).toThrow(/two inputs of the graph are named "x"/);
});
