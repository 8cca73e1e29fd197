import fc from "fast-check";
import { expect, test } from "vitest";
import { clipFactor, gradientNorm } from "../../src/core/training/clipping.ts";

test("the norm is that of all gradients joined", () => {
  const arrays = fc.array(fc.float32Array({ noNaN: true, min: -100, max: 100, maxLength: 11 }), {
    maxLength: 4,
  });
  fc.assert(
    fc.property(arrays, (list) => {
      const gradients = new Map(list.map((values, i) => [`w${i}`, { values }]));
      const expected = Math.hypot(...list.flatMap((values) => [...values]));
      expect(gradientNorm(gradients)).toBeCloseTo(expected, 8);
    }),
  );
});

test("gradients are scaled down to the largest norm, never up", () => {
  expect(clipFactor(5, 1)).toBeCloseTo(1 / 5, 6);
  expect(clipFactor(5, 1)).toBe(1 / (5 + 1e-6));
  expect(clipFactor(0.5, 1)).toBe(1);
  expect(clipFactor(5, 0)).toBe(1);
});
