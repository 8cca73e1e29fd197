import { describe, expect, test } from "vitest";
import { MultiLabelLogits } from "../../src/core/evaluation/multi-label-logits.ts";
import { multiLabelReport } from "../../src/core/evaluation/multi-label-metrics.ts";
import {
  absentClasses,
  imbalance,
  oneClassSplit,
  unshuffledSlice,
} from "../../src/core/findings/label-checks.ts";
import { lossAtChance, majorityPrediction, neverPredicted } from "../../src/core/findings/run-findings.ts";
import type { LabelDescription } from "../../src/core/profiling/label-counts.ts";
import type { HistoryEntry } from "../../src/core/training/run-record.ts";
import { split } from "./facts.ts";

const sets = (counts: Record<string, number>, rowsBySize: number[]): LabelDescription => ({
  names: Object.keys(counts),
  counts: Object.values(counts),
  missing: 0,
  grouped: false,
  sets: { rowsBySize, together: [] },
});

describe("splits of rows with any number of classes", () => {
  test("whose rows are all labelled alike", () => {
    const of = (labels: LabelDescription) => oneClassSplit(split({ rows: 100, labels }));
    expect(of(sets({ a: 100, b: 0 }, [0, 100]))!.found).toBe("train has 100 rows, all labelled “a”.");
    expect(of(sets({ a: 0, b: 0 }, [100]))!.found).toBe("train has 100 rows, all labelled with no class.");
    expect(of(sets({ a: 100, b: 100 }, [0, 0, 100]))!.found).toContain("“a, b”");
    expect(of(sets({ a: 40, b: 0 }, [60, 40]))).toBeUndefined();
  });

  test("that mostly have no class, or a rare one", () => {
    const of = (labels: LabelDescription) => imbalance(split({ rows: 1000, labels }));
    expect(of(sets({ a: 60, b: 50 }, [900, 90, 10]))).toMatchObject({
      severity: "warning",
      found: expect.stringContaining("90.0% of the rows are of no class"),
    });
    expect(of(sets({ a: 800, b: 9 }, [200, 791, 9]))).toMatchObject({
      severity: "note",
      found: expect.stringContaining("the rarest, “b”, 9"),
    });
    expect(of(sets({ a: 500, b: 400 }, [200, 700, 100]))).toBeUndefined();
  });

  test("of which one lacks a class of the other", () => {
    const of = (counts: Record<string, number>, name: string) =>
      split({ name, rows: 100, labels: sets(counts, [10, 80, 10]) });
    const [absent] = absentClasses(of({ a: 50, b: 40, c: 10 }, "train"), of({ a: 60, b: 40, c: 0 }, "test"));
    expect(absent).toMatchObject({ code: "class-absent", why: expect.stringContaining("counts them as 0") });
  });

  test("that are a slice of sorted rows", () => {
    const whole = { rows: 1000, labels: { ...sets({ a: 500, b: 500 }, [0, 1000]), grouped: true } };
    const cut = split({ rows: 100, labels: sets({ a: 90, b: 10 }, [0, 100]), cutFrom: whole });
    expect(unshuffledSlice(cut)!.found).toContain("“a” makes up 90.0% of it and 50.0% of all rows");
    // Classes that become rarer, down to a slice that knows none of them.
    const rarer = split({ rows: 100, labels: sets({ a: 5, b: 50 }, [45, 55]), cutFrom: whole });
    expect(unshuffledSlice(rarer)!.found).toContain("“a” makes up 5.0% of it and 50.0% of all rows");
    const none = split({ rows: 100, labels: sets({}, [100]), cutFrom: whole });
    expect(unshuffledSlice(none)!.found).toContain("“a” makes up 0.0% of it and 50.0% of all rows");
  });
});

describe("answers", () => {
  const of = (truth: number[][], predicted: number[][]) => {
    const classes = ["a", "b", "c"];
    const logits = Float32Array.from(predicted.flat(), (flag) => (flag === 1 ? 2 : -2));
    const report = multiLabelReport(
      new MultiLabelLogits(truth.length, 3, logits),
      Int32Array.from(truth.flat()),
      classes,
    );
    return { split: "test", report };
  };
  const truth = Array.from({ length: 12 }, (_, i) => [i % 2, 1, i % 3 === 0 ? 1 : 0]);
  const always = (...flags: number[]) => truth.map(() => flags);

  test("that are nothing, everything, or the same for every row", () => {
    expect(majorityPrediction(of(truth, always(0, 0, 0)))).toMatchObject({
      code: "nothing-predicted",
      found: "The model answers no class for all 12 rows of test.",
    });
    expect(majorityPrediction(of(truth, always(1, 1, 1)))!.found).toContain("every class");
    expect(majorityPrediction(of(truth, always(0, 1, 0)))!.found).toContain("answers “b” for all 12 rows");
    expect(majorityPrediction(of(truth, truth))).toBeUndefined();
    // Right for every row, which are all alike.
    expect(majorityPrediction(of(always(0, 1, 0), always(0, 1, 0)))).toBeUndefined();
  });

  test("that leave a class out", () => {
    const without = truth.map(([a, b]) => [a!, b!, 0]);
    expect(neverPredicted(of(truth, without))).toMatchObject({
      code: "classes-never-predicted",
      found: "On test a class is never predicted, though rows have it: “c” (4).",
    });
    expect(neverPredicted(of(truth, truth))).toBeUndefined();
    // Of nothing at all another finding speaks.
    expect(neverPredicted(of(truth, always(0, 0, 0)))).toBeUndefined();
  });
});

test("a loss that is that of knowing how often each class applies", () => {
  const rows = 200;
  const labelCounts = [100, 20, 0];
  const data = [{ rows, labelCounts }] as Parameters<typeof lossAtChance>[0]["data"];
  const entropy = (p: number) => -(p * Math.log(p) + (1 - p) * Math.log(1 - p));
  const chance = (entropy(0.5) + entropy(0.1)) / 3;
  const at = (loss: number) => [{ epoch: 1, train: { loss } }] as HistoryEntry[];
  const labels = ["a", "b", "c"];
  const settings = { task: "multiLabel" } as const;
  expect(lossAtChance({ labels, data, history: at(chance) }, settings)!.found).toContain(chance.toFixed(3));
  expect(lossAtChance({ labels, data, history: at(0.9 * chance) }, settings)).toBeUndefined();
  // With weight w the best constant answer for share p has odds w·p / (1 − p).
  const weighted = { ...settings, classWeights: [1, 9, 1] };
  const even = 0.9 * 2 * Math.log(2);
  const found = lossAtChance({ labels, data, history: at(1) }, weighted)!.found;
  expect(found).toContain(((entropy(0.5) + even) / 3).toFixed(3));
});
