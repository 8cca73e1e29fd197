import { describe, expect, test } from "vitest";
import { Logits } from "../../src/core/evaluation/logits.ts";
import { classificationReport } from "../../src/core/evaluation/metrics.ts";
import { lossAtChance, majorityPrediction, runFindings } from "../../src/core/findings/run-findings.ts";
import { type CheckedSettings, settingFindings } from "../../src/core/findings/setting-findings.ts";
import type { HistoryEntry, RunRecord } from "../../src/core/training/run-record.ts";
import { agNews } from "../report/sample-record.ts";

describe("settings", () => {
  const good: CheckedSettings = {
    ...{ kind: "encoder", pretrained: true, learningRate: 5e-5, attentionMask: true },
  };
  const codes = (change: Partial<CheckedSettings>) =>
    settingFindings({ ...good, ...change }).map(({ code }) => code);

  test("that are usual are fine", () => {
    expect(codes({})).toEqual([]);
    expect(codes({ kind: "head", learningRate: 1e-3 })).toEqual([]);
    expect(codes({ kind: "scratch", learningRate: 1e-3 })).toEqual([]);
    expect(codes({ decidingSplit: "validation" })).toEqual([]);
  });

  test.each<[CheckedSettings["kind"], number]>([
    ["encoder", 1e-3],
    ["encoder", 1e-7],
    ["head", 5e-5],
    ["head", 1],
    ["scratch", 0.1],
  ])("learning rate of %s: %f is far off", (kind, learningRate) => {
    expect(codes({ kind, learningRate })).toEqual(["learning-rate"]);
  });

  test.each(["test", "test[:50%]", "Test", "test_matched"])(
    "%s must not decide which epoch is kept",
    (split) => {
      expect(codes({ decidingSplit: split })).toEqual(["test-split-decides"]);
    },
  );

  test("a head on random features", () => {
    expect(codes({ kind: "head", learningRate: 1e-3, pretrained: false })).toEqual(["random-encoder"]);
    expect(codes({ kind: "scratch", learningRate: 1e-3, pretrained: false })).toEqual([]);
  });

  test("padding in attention", () => {
    expect(codes({ attentionMask: false })).toEqual(["no-attention-mask"]);
  });
});

describe("one class predicted for all rows", () => {
  const report = (predicted: number[], labels: number[], classes = ["a", "b", "c"]) => {
    const values = new Float32Array(predicted.length * classes.length);
    predicted.forEach((c, row) => {
      values[row * classes.length + c] = 5;
    });
    const logits = new Logits(predicted.length, classes.length, values);
    return { split: "test", report: classificationReport(logits, Int32Array.from(labels), classes) };
  };
  const mixed = Array.from({ length: 12 }, (_, i) => i % 2);

  test("is found", () => {
    expect(
      majorityPrediction(
        report(
          mixed.map(() => 1),
          mixed,
        ),
      ),
    ).toMatchObject({
      code: "majority-prediction",
      severity: "warning",
      found: "The model answers “b” for all 12 rows of test.",
    });
  });

  test("is not found where classes are told apart, all rows are of that class, or there are few", () => {
    expect(majorityPrediction(report([...mixed.slice(1).map(() => 1), 0], mixed))).toBeUndefined();
    expect(
      majorityPrediction(
        report(
          mixed.map(() => 1),
          mixed.map(() => 1),
        ),
      ),
    ).toBeUndefined();
    expect(majorityPrediction(report([1, 1], [0, 1]))).toBeUndefined();
  });
});

describe("a loss that stays where it starts", () => {
  const run = (
    loss: number,
    labelCounts: number[],
    epoch = 1,
  ): Pick<RunRecord, "labels" | "data" | "history"> => ({
    labels: labelCounts.map((_, i) => `class ${i}`),
    data: [{ ...agNews().data[0]!, labelCounts }],
    history: [{ epoch, train: { rows: 100, loss, accuracy: 0.25, lossSum: 0 } } as HistoryEntry],
  });

  test("is found: ln(classes) where classes are equally frequent, else their entropy", () => {
    expect(lossAtChance(run(Math.log(4), [25, 25, 25, 25]))).toMatchObject({
      code: "loss-at-chance",
      severity: "warning",
      found:
        "After 1 epoch the training loss is 1.386; knowing only how frequent the 4 classes are gives 1.386.",
    });
    const entropy = -(0.9 * Math.log(0.9) + 0.1 * Math.log(0.1));
    expect(lossAtChance(run(entropy, [90, 10]))).toBeDefined();
    expect(lossAtChance(run(entropy * 0.95, [90, 10]))).toBeUndefined();
  });

  test("is not found where the loss fell, before an epoch is over, or with one class", () => {
    expect(lossAtChance(run(1.3, [25, 25, 25, 25]))).toBeUndefined();
    expect(lossAtChance(run(Math.log(4), [25, 25, 25, 25], 0.5))).toBeUndefined();
    expect(lossAtChance(run(0, [25, 0]))).toBeUndefined();
    expect(lossAtChance({ ...run(1, [1, 1]), history: [] })).toBeUndefined();
  });

  test("takes class weights and smoothing into account", () => {
    // Balanced weights make the classes count alike: chance is ln 2 again.
    const balanced = { classWeights: [100 / 180, 100 / 20] };
    expect(lossAtChance(run(0.5, [90, 10]), balanced)).toBeUndefined();
    expect(lossAtChance(run(Math.log(2), [90, 10]), balanced)).toBeDefined();
    expect(lossAtChance(run(0.33, [90, 10]))).toBeDefined();
    expect(lossAtChance(run(0.33, [90, 10]), { labelSmoothing: 0.3 })).toBeUndefined();
  });
});

test("a run that went well has no findings", () => {
  expect(runFindings(agNews())).toEqual([]);
});
