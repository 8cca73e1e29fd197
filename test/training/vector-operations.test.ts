import { readFileSync } from "node:fs";
import fc from "fast-check";
import { expect, test } from "vitest";
import { assembleKernels, kernelsModule } from "../../scripts/kernels.ts";
import { type AdamConstants, adamUpdate, sumOfSquares } from "../../src/core/training/vector-operations.ts";

const constants: AdamConstants = {
  beta1: 0.9,
  beta2: 0.999,
  stepSize: 1e-3,
  epsilon: 1e-8,
  gradientScale: 0.5,
  coupledDecay: 0.01,
  keep: 0.99,
};

test("the module in the source is the assembled text", async () => {
  expect(readFileSync(kernelsModule, "utf8")).toBe(await assembleKernels());
});

/** The formula in float64, element by element. */
function expected(weight: number, gradient: number, first: number, second: number): number[] {
  const c = constants;
  const g = c.gradientScale * gradient + c.coupledDecay * weight;
  const m = c.beta1 * first + (1 - c.beta1) * g;
  const v = c.beta2 * second + (1 - c.beta2) * g * g;
  return [c.keep * weight - (c.stepSize * m) / (Math.sqrt(v) + c.epsilon), m, v];
}

const value = fc.float({ min: -8, max: 8, noNaN: true });

test("an update touches its range alone, whatever its length and place", () => {
  const ranges = fc.record({
    start: fc.nat(9),
    count: fc.oneof(fc.nat(20), fc.integer({ min: 4090, max: 4100 }), fc.integer({ min: 8189, max: 8196 })),
    from: fc.nat(9),
    rest: fc.nat(9),
    seeds: fc.tuple(value, value, value, value),
  });
  fc.assert(
    fc.property(ranges, ({ start, count, from, rest, seeds: [a, b, c, d] }) => {
      const length = start + count + rest;
      const wave = (seed: number, n: number) =>
        Float32Array.from({ length: n }, (_, i) => Math.sin(seed + i) * (1 + Math.abs(seed)));
      const [weights, first] = [wave(a, length), wave(b, length)];
      const second = wave(c, length).map(Math.abs);
      const gradient = wave(d, from + count + rest);
      const [oldWeights, oldFirst, oldSecond] = [weights.slice(), first.slice(), second.slice()];
      adamUpdate(weights, { first, second }, gradient, from, start, start + count, constants);
      for (let i = 0; i < length; i++) {
        const isInside = i >= start && i < start + count;
        const old = [oldWeights[i]!, oldFirst[i]!, oldSecond[i]!] as const;
        const after = isInside ? expected(old[0], gradient[from + i - start]!, old[1], old[2]) : old;
        const got = [weights[i]!, first[i]!, second[i]!];
        for (const [k, number] of after.entries()) {
          const error = Math.abs(got[k]! - number);
          if (error > (isInside ? 4e-7 * Math.max(1, Math.abs(number)) : 0)) {
            throw new Error(`element ${i}, value ${k}: ${got[k]} instead of ${number}`);
          }
        }
      }
    }),
  );
});

test("moments that nothing feeds any more become 0, not denormal for ever", () => {
  const [weights, first, second] = [Float32Array.of(1), Float32Array.of(1e-37), Float32Array.of(1e-36)];
  const still = { ...constants, coupledDecay: 0, keep: 1 };
  for (let i = 0; i < 30; i++) adamUpdate(weights, { first, second }, Float32Array.of(0), 0, 0, 1, still);
  expect(first[0]).toBe(0);
  for (let i = 0; i < 5000; i++) adamUpdate(weights, { first, second }, Float32Array.of(0), 0, 0, 1, still);
  expect(second[0]).toBe(0);
  expect(weights[0]).toBe(1);
});

test("a gradient that is not a number is not hidden", () => {
  const [weights, first, second] = [Float32Array.of(1, 1), new Float32Array(2), new Float32Array(2)];
  adamUpdate(weights, { first, second }, Float32Array.of(Number.NaN, 1), 0, 0, 2, constants);
  expect([...weights, ...first, ...second].map(Number.isNaN)).toEqual([
    true,
    false,
    true,
    false,
    true,
    false,
  ]);
});

test("the sum of squares is that of float64 for every length", () => {
  const lengths = fc.oneof(
    fc.nat(20),
    fc.integer({ min: 4090, max: 4100 }),
    fc.integer({ min: 8180, max: 8200 }),
  );
  fc.assert(
    fc.property(lengths, value, (length, seed) => {
      const values = Float32Array.from({ length }, (_, i) => Math.sin(seed + i) * 100);
      const sum = values.reduce((total, x) => total + x * x, 0);
      expect(sumOfSquares(values)).toBeCloseTo(sum, 5);
    }),
  );
});

test("the sum of squares of what is not finite is not finite", () => {
  expect(sumOfSquares(Float32Array.of(1, Number.NaN, 2))).toBeNaN();
  expect(sumOfSquares(Float32Array.of(1, Number.POSITIVE_INFINITY))).toBe(Number.POSITIVE_INFINITY);
  expect(sumOfSquares(Float32Array.of(3e38, 3e38))).toBeGreaterThan(1e76);
});
