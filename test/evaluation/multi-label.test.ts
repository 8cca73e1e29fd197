import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { Targets } from "../../src/core/data/targets.ts";
import { everyClassBaseline, majorityBaseline } from "../../src/core/evaluation/baseline.ts";
import { evaluationReport } from "../../src/core/evaluation/evaluation-report.ts";
import { mostConfidentMistakes } from "../../src/core/evaluation/mistakes.ts";
import { MultiLabelLogits } from "../../src/core/evaluation/multi-label-logits.ts";
import { type MultiLabelReport, multiLabelReport } from "../../src/core/evaluation/multi-label-metrics.ts";
import { outputsOf } from "../../src/core/evaluation/outputs.ts";
import { bestThresholds } from "../../src/core/evaluation/thresholds.ts";

const scores = [
  ...(["accuracy", "hammingLoss", "loss", "weightedF1", "samplesF1"] as const),
  ...(["microPrecision", "microRecall", "microF1", "macroPrecision", "macroRecall", "macroF1"] as const),
];

/** What test/reference/evaluation_multi_label.py wrote. */
interface Golden extends Record<(typeof scores)[number], number> {
  name: string;
  classes: number;
  logits: number[];
  labels: number[];
  thresholds: number[];
  predictions: number[];
  precision: number[];
  recall: number[];
  f1: number[];
  support: number[];
  bestF1: number[];
  everyClass: { accuracy: number; macroF1: number; microF1: number };
}

const { reports } = JSON.parse(
  readFileSync(new URL("../fixtures/evaluation/multi-label.json", import.meta.url), "utf8"),
) as { reports: Golden[] };

const logitsOf = ({ labels, classes, logits, thresholds }: Golden) =>
  new MultiLabelLogits(labels.length / classes, classes, Float32Array.from(logits), thresholds);
const namesOf = ({ classes }: Golden) => Array.from({ length: classes }, (_, c) => `class ${c}`);
const close = (values: number[]) => values.map((value) => expect.closeTo(value, 10));

describe.each(reports)("$name", (golden) => {
  const logits = logitsOf(golden);
  const labels = Int32Array.from(golden.labels);

  test("equals scikit-learn", () => {
    const report = evaluationReport(logits, labels, namesOf(golden)) as MultiLabelReport;
    expect([...logits.predictions()]).toEqual(golden.predictions);
    for (const score of scores)
      expect(report[score], score).toBeCloseTo(golden[score], score === "loss" ? 6 : 10);
    const column = (key: "precision" | "recall" | "f1" | "support") => report.perClass.map((row) => row[key]);
    expect(column("precision")).toEqual(close(golden.precision));
    expect(column("recall")).toEqual(close(golden.recall));
    expect(column("f1")).toEqual(close(golden.f1));
    expect(column("support")).toEqual(golden.support);
    expect(report.rows * report.classesPerRow.given).toBeCloseTo(golden.support.reduce((a, b) => a + b));
    expect(report.reliability.reduce((sum, { rows }) => sum + rows, 0)).toBe(golden.labels.length);
    expect(JSON.parse(JSON.stringify(report))).toEqual(report);
  });

  test("the best thresholds reach the best F1 of scikit-learn's curve", () => {
    const tuned = logits.withThresholds(bestThresholds(logits, labels));
    const { perClass } = multiLabelReport(tuned, labels, namesOf(golden));
    expect(perClass.map(({ f1 }) => f1)).toEqual(close(golden.bestF1));
  });

  test("every class for every row", () => {
    const { accuracy, macroF1, microF1 } = everyClassBaseline(Targets.ofSets(labels, golden.classes));
    expect([accuracy, macroF1, microF1]).toEqual(
      close([golden.everyClass.accuracy, golden.everyClass.macroF1, golden.everyClass.microF1]),
    );
  });
});

test("the threshold is 0.5 where that separates as well, and of a class without rows", () => {
  const logits = new MultiLabelLogits(4, 3, Float32Array.of(2, -3, 1, 1, -2, 1, -1, -1, 1, -2, -4, 1));
  const labels = Int32Array.of(1, 0, 0, 1, 1, 0, 0, 1, 0, 0, 0, 0);
  const [first, second, third] = bestThresholds(logits, labels);
  expect([first, third]).toEqual([0.5, 0.5]);
  const sigmoid = (z: number) => 1 / (1 + Math.exp(-z));
  expect(second).toBeCloseTo((sigmoid(-2) + sigmoid(-3)) / 2);
});

test("the most frequent set of training rows", () => {
  const sets = (...rows: number[][]) => Targets.ofSets(Int32Array.from(rows.flat()), 3);
  const train = sets([1, 0, 0], [1, 0, 1], [1, 0, 1], [0, 0, 0]);
  const test = sets([1, 0, 1], [1, 1, 0], [0, 0, 0], [0, 0, 1]);
  expect(majorityBaseline(train, test)).toEqual({
    label: [0, 2],
    accuracy: 0.25,
    // Both have 2 of 4 rows: F1 2·2 / (2 + 4); the other class has none.
    macroF1: expect.closeTo((2 / 3 + 2 / 3) / 3),
    microF1: expect.closeTo((2 * 4) / (5 + 8)),
  });
  expect(majorityBaseline(sets([0, 0, 0]), test)).toMatchObject({
    label: [],
    accuracy: 0.25,
    macroF1: 0,
    microF1: 0,
  });
});

test("mistakes: the class that the model was surest and wrong of", () => {
  const logits = new MultiLabelLogits(3, 2, Float32Array.of(3, -1, 2, 2, -4, -4));
  const targets = Targets.ofSets(Int32Array.of(0, 1, 1, 1, 1, 0), 2);
  const sigmoid = (z: number) => expect.closeTo(1 / (1 + Math.exp(-z)), 12);
  expect(mostConfidentMistakes(logits, targets, 5)).toEqual([
    { row: 2, label: [0], predicted: [], about: 0, probability: sigmoid(4) },
    { row: 0, label: [1], predicted: [0], about: 0, probability: sigmoid(3) },
  ]);
});

test("probabilities and losses of extreme logits", () => {
  const logits = new MultiLabelLogits(1, 2, Float32Array.of(1000, -1000));
  expect([...logits.probabilities()]).toEqual([1, 0]);
  expect([...logits.losses(Int32Array.of(1, 0))]).toEqual([0]);
  expect([...logits.losses(Int32Array.of(0, 0))]).toEqual([500]);
});

test("shapes and labels that don't fit are refused", () => {
  const reading = { task: "multiLabel" } as const;
  expect(() => outputsOf(reading, 2, 2, new Float32Array(3))).toThrow(RangeError);
  expect(() => outputsOf({ ...reading, thresholds: [0.5] }, 1, 2, new Float32Array(2))).toThrow(
    "2 thresholds",
  );
  const logits = outputsOf(reading, 1, 2, Float32Array.of(0, 1));
  expect(() => logits.losses(Int32Array.of(1))).toThrow("need as many labels, not 1");
  expect(() => logits.losses(Int32Array.of(1, 2))).toThrow("label 2 of row 0 is not 0 or 1");
  expect(() =>
    multiLabelReport(new MultiLabelLogits(0, 2, new Float32Array(0)), new Int32Array(0), ["a", "b"]),
  ).toThrow("no rows");
  expect(() => outputsOf(reading, 1, 2, Float32Array.of(0, Number.NaN))).toThrow(
    "row 0 is not a finite number",
  );
});
