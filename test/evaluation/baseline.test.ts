import { describe, expect, it } from "vitest";
import { Targets } from "../../src/core/data/targets.ts";
import { majorityBaseline } from "../../src/core/evaluation/baseline.ts";
import { goldens } from "./goldens.ts";

describe("majorityBaseline", () => {
  it.each(goldens.baselines)("equals scikit-learn's dummy classifier: $trainLabelCounts", (golden) => {
    const classes = golden.trainLabelCounts.length;
    const train = golden.trainLabelCounts.flatMap((rows, label) => new Array<number>(rows).fill(label));
    const baseline = majorityBaseline(
      Targets.ofClasses(Int32Array.from(train), classes),
      Targets.ofClasses(Int32Array.from(golden.labels), classes),
    );
    expect(baseline).toEqual({
      label: golden.label,
      accuracy: expect.closeTo(golden.accuracy, 12),
      macroF1: expect.closeTo(golden.macroF1, 12),
    });
  });

  it("needs rows", () => {
    const [none, one] = [new Int32Array(0), Int32Array.of(0)].map((ids) => Targets.ofClasses(ids, 2));
    expect(() => majorityBaseline(none!, one!)).toThrow(RangeError);
    expect(() => majorityBaseline(one!, none!)).toThrow(RangeError);
  });
});
