import { expect, test } from "vitest";
import { symbol } from "../../src/core/engine/dimension.ts";
import * as op from "../../src/core/engine/operators/index.ts";
import { Program } from "../../src/core/engine/program.ts";
import { input } from "../../src/core/engine/tensor.ts";

const size = 64;
const rows = 1500;
const rate = 0.1;
const x = input("x", "float32", [symbol("rows"), size]);
const seed = input("seed", "uint32", []);
const ones = new Float32Array(rows * size).fill(1);

/** 1 where an element was kept, for two sites of a step. */
async function masks(stepSeed: number): Promise<[Float32Array, Float32Array]> {
  const program = await Program.compile({
    first: op.dropout(x, rate, seed, 0),
    second: op.dropout(x, rate, seed, 1),
  });
  const { first, second } = await program.run({ rows }, { x: ones, seed: Uint32Array.of(stepSeed) });
  await program.release();
  return [first as Float32Array, second as Float32Array];
}

/** Correlation of two masks, `lag` elements apart. */
function correlation(a: Float32Array, b: Float32Array, lag = 0): number {
  const n = a.length - lag;
  const kept = (values: Float32Array, i: number) => (values[i]! > 0 ? 1 : 0) - (1 - rate);
  let sum = 0;
  for (let i = 0; i < n; i++) sum += kept(a, i) * kept(b, i + lag);
  return sum / n / (rate * (1 - rate));
}

test("elements are dropped at the rate and the others scaled", async () => {
  const [mask] = await masks(1);
  const kept = mask.filter((value) => value > 0);
  expect(new Set(kept)).toEqual(new Set([Math.fround(1 / (1 - rate))]));
  // Within four standard deviations of a binomial share.
  expect(Math.abs(kept.length / mask.length - (1 - rate))).toBeLessThan(
    4 * Math.sqrt((rate * (1 - rate)) / mask.length),
  );
});

test("masks of other sites, steps and places are independent", async () => {
  const [first, second] = await masks(1);
  const [nextStep] = await masks(2);
  const bound = 4.5 / Math.sqrt(first.length);
  expect(Math.abs(correlation(first, second))).toBeLessThan(bound);
  expect(Math.abs(correlation(first, nextStep))).toBeLessThan(bound);
  // Neighbours, the two halves that share a hash, and the row below.
  for (const lag of [1, 2, size / 2, size])
    expect(Math.abs(correlation(first, first, lag)), `lag ${lag}`).toBeLessThan(bound);
});

test("the same seed gives the same mask", async () => {
  const [[first], [again]] = [await masks(7), await masks(7)];
  expect(again).toEqual(first);
});

test.each([
  ["an odd number of heads", [symbol("rows"), 3, symbol("length"), symbol("length")], [500, 3, 9, 9]],
  ["one head", [symbol("rows"), 1, symbol("length"), symbol("length")], [700, 1, 12, 12]],
  ["an odd last axis", [symbol("rows"), 5, 7], [3000, 5, 7]],
  ["no fixed axis", [symbol("rows"), symbol("length")], [1000, 100]],
])("elements of any shape are dropped, each by itself: %s", async (_, dims, sizes) => {
  const values = input("x", "float32", dims);
  const program = await Program.compile({ mask: op.dropout(values, rate, seed, 0) });
  const count = sizes.reduce((a, b) => a * b, 1);
  const bound = { rows: sizes[0]!, length: sizes.at(-1)! };
  const feeds = { x: new Float32Array(count).fill(1), seed: Uint32Array.of(5) };
  const mask = (await program.run(bound, feeds)).mask as Float32Array;
  await program.release();
  expect(mask).toHaveLength(count);
  const kept = mask.filter((value) => value > 0).length;
  expect(Math.abs(kept / count - (1 - rate))).toBeLessThan(4 * Math.sqrt((rate * (1 - rate)) / count));
  for (const lag of [1, 2, sizes.at(-1)!]) {
    expect(Math.abs(correlation(mask, mask, lag)), `lag ${lag}`).toBeLessThan(4.5 / Math.sqrt(count));
  }
});
