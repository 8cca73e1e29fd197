import { describe, expect, it } from "vitest";
import { bootstrapDifference, compareClassifiers, mcnemarExact } from "../../src/core/evaluation/compare.ts";
import { Logits } from "../../src/core/evaluation/logits.ts";
import { goldens } from "./goldens.ts";

it.each(goldens.mcnemar)(
  "McNemar's test equals scipy's binomial test: $onlyFirstRight, $onlySecondRight",
  (g) => {
    const p = mcnemarExact(g.onlyFirstRight, g.onlySecondRight);
    expect(p / g.pValue).toBeCloseTo(1, 8);
    expect(mcnemarExact(g.onlySecondRight, g.onlyFirstRight)).toBe(p);
  },
);

describe("bootstrapDifference", () => {
  it.each(goldens.bootstrap)(
    "equals the quantiles of the resampled difference: $rows rows at $level",
    (g) => {
      const interval = bootstrapDifference(g.rows, g.onlyFirstRight, g.onlySecondRight, g.level);
      expect(interval).toEqual({
        low: expect.closeTo(g.low, 12),
        high: expect.closeTo(g.high, 12),
        level: g.level,
      });
    },
  );

  it("is a point where the two never differ", () => {
    expect(bootstrapDifference(100, 0, 0)).toEqual({ low: 0, high: 0, level: 0.95 });
  });

  it("refuses a level that is no share", () => {
    expect(() => bootstrapDifference(10, 1, 1, 1)).toThrow("between 0 and 1");
    expect(() => bootstrapDifference(0, 0, 0)).toThrow("at least one row");
  });
});

describe("compareClassifiers", () => {
  const labels = Int32Array.of(0, 0, 0, 1, 1, 1);
  const predicting = (...classes: number[]) =>
    new Logits(classes.length, 2, Float32Array.from(classes.flatMap((c) => [1 - c, c])));

  it("counts the rows on which the two differ", () => {
    const comparison = compareClassifiers(
      predicting(0, 0, 0, 1, 1, 0),
      predicting(0, 1, 1, 1, 0, 0),
      labels,
      0.9,
    );
    expect(comparison).toEqual({
      rows: 6,
      bothRight: 2,
      onlyFirstRight: 3,
      onlySecondRight: 0,
      bothWrong: 1,
      difference: 0.5,
      interval: bootstrapDifference(6, 3, 0, 0.9),
      pValue: expect.closeTo(0.25, 12),
    });
  });

  it("has no difference between a classifier and itself", () => {
    const same = predicting(0, 1, 0, 1, 0, 1);
    expect(compareClassifiers(same, same, labels)).toMatchObject({ difference: 0, pValue: 1 });
  });

  it("refuses classifiers of other rows or classes", () => {
    const three = new Logits(6, 3, new Float32Array(18));
    expect(() => compareClassifiers(predicting(0, 1), predicting(0, 1, 1), labels)).toThrow("can't compare");
    expect(() => compareClassifiers(predicting(0, 1, 0, 1, 0, 1), three, labels)).toThrow("can't compare");
  });
});
