import { expect, it } from "vitest";
import { differenceInterval, wilsonInterval } from "../../src/core/evaluation/interval.ts";
import { goldens } from "./goldens.ts";

it.each(goldens.wilson)("equals scipy's Wilson interval: $successes of $trials", (golden) => {
  expect(wilsonInterval(golden.successes, golden.trials)).toEqual({
    low: expect.closeTo(golden.low, 12),
    high: expect.closeTo(golden.high, 12),
  });
});

it("needs trials", () => {
  expect(() => wilsonInterval(0, 0)).toThrow(RangeError);
});

// The examples of Newcombe's paper, table II, method 10.
it.each([
  [56, 70, 48, 80, 0.0524, 0.3339],
  [9, 10, 3, 10, 0.1705, 0.809],
  [6, 7, 2, 7, 0.0582, 0.8062],
  [5, 56, 0, 29, -0.0381, 0.1926],
  [0, 10, 0, 20, -0.1611, 0.2775],
  [10, 10, 0, 20, 0.6791, 1],
])("equals Newcombe's interval: %d of %d less %d of %d", (a, m, b, n, low, high) => {
  const interval = differenceInterval({ successes: a, trials: m }, { successes: b, trials: n });
  expect(interval.low).toBeCloseTo(low, 4);
  expect(interval.high).toBeCloseTo(high, 4);
});
