import { expect, it } from "vitest";
import { wilsonInterval } from "../../src/evaluation/interval.ts";
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
