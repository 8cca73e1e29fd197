import { describe, expect, it } from "vitest";
import { majorityBaseline } from "../../src/evaluation/baseline.ts";
import { goldens } from "./goldens.ts";

describe("majorityBaseline", () => {
  it.each(goldens.baselines)("equals scikit-learn's dummy classifier: $trainLabelCounts", (golden) => {
    const baseline = majorityBaseline(golden.trainLabelCounts, Int32Array.from(golden.labels));
    expect(baseline).toEqual({
      label: golden.label,
      accuracy: expect.closeTo(golden.accuracy, 12),
      macroF1: expect.closeTo(golden.macroF1, 12),
    });
  });

  it("needs classes and rows", () => {
    expect(() => majorityBaseline([], Int32Array.of(0))).toThrow(RangeError);
    expect(() => majorityBaseline([1], new Int32Array(0))).toThrow(RangeError);
  });
});
