import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { saveRun } from "../../src/app/recipes/save-run.ts";
import { TorchGenerator } from "../../src/core/random/torch.ts";
import {
  ConfigError,
  DataError,
  Dataset,
  type FitOptions,
  type MultiLabelReport,
  TextClassifier,
} from "../../src/index.ts";
import { labels, temporaryFolder, tinyClassifier, tinyTokenizer, topicDataset, topicRows } from "./tiny.ts";

/** Texts on none, one or two topics: each class is told by its own words. */
function setRows(count: number, seed: number): { text: string; labels: string[] }[] {
  const parts = topicRows(2 * count, seed);
  const draws = new TorchGenerator(seed).rand(count);
  const filler = "the new was said and more today";
  return Array.from({ length: count }, (_, i) => {
    const topics = parts.slice(2 * i, 2 * i + (draws[i]! < 0.2 ? 0 : draws[i]! < 0.7 ? 1 : 2));
    return {
      text: topics.map(({ text }) => text).join(" ") || filler,
      labels: [...new Set(topics.map(({ label }) => label))],
    };
  });
}

const setDataset = (count: number, seed: number) => Dataset.fromRows(setRows(count, seed));
const quick: FitOptions = { epochs: 8, batchSize: 16, learningRate: 3e-3, schedule: "constant" };
const classifierOf = (options: Parameters<typeof tinyClassifier>[0] = {}) =>
  tinyClassifier({ task: "multiLabel", ...options });

describe("a small model learns which topics a text has", async () => {
  const test_ = setDataset(80, 2);
  const validation = setDataset(80, 3);
  const classifier = classifierOf();
  const run = await classifier.fit(setDataset(240, 1), {
    ...quick,
    evaluate: { validation, test: test_ },
    bestMetric: "validation.microF1",
    loadBestModelAtEnd: true,
    thresholds: "best",
  });
  const reportOf = (split: string) =>
    run.record.evaluations.find((evaluation) => evaluation.split === split)!;
  const report = reportOf("test").report as MultiLabelReport;

  test("far better than the same answer to every row", () => {
    const { majorityBaseline, everyClassBaseline } = reportOf("test");
    expect(report.microF1).toBeGreaterThan(0.9);
    expect(report.microF1).toBeGreaterThan(
      Math.max(majorityBaseline.microF1!, everyClassBaseline!.microF1!) + 0.2,
    );
    expect(report.accuracy).toBeGreaterThan(majorityBaseline.accuracy + 0.3);
    expect(run.record.best!.metric).toBe("validation.microF1");
    expect(run.history.at(-1)!.train.accuracy).toBeGreaterThan(0.7);
  });

  test("its thresholds were chosen on validation, and the record says so", () => {
    expect(classifier.thresholds).toEqual(report.thresholds);
    const { found, severity } = run.record.findings.find(({ code }) => code === "thresholds-chosen")!;
    expect([severity, found]).toEqual([
      "note",
      expect.stringContaining("of every class on validation: sport "),
    ]);
    expect(run.record.recipe).toMatchObject({ task: "multiLabel", thresholds: "best" });
    expect(run.record.data[0]!.rowsBySize!.reduce((a, b) => a + b)).toBe(240);
  });

  test("it is saved and loaded as transformers would", async () => {
    const folder = temporaryFolder();
    await saveRun(run, folder);
    const config = JSON.parse(readFileSync(join(folder, "model", "config.json"), "utf8"));
    expect(config).toMatchObject({
      problem_type: "multi_label_classification",
      id2label: { 0: "sport", 1: "money", 2: "science" },
      textune: { loss: "binaryCrossEntropy", thresholds: [...classifier.thresholds!] },
    });
    const loaded = await TextClassifier.fromPretrained(join(folder, "model"));
    expect([loaded.task, loaded.thresholds]).toEqual(["multiLabel", classifier.thresholds]);
    expect(JSON.stringify(await loaded.evaluate(test_))).toBe(JSON.stringify(report));
    const line = readFileSync(join(folder, "predictions", "test.jsonl"), "utf8").split("\n")[0]!;
    expect(JSON.parse(line)).toMatchObject({ label: expect.any(Array), predicted: expect.any(Array) });
  });

  test("predictions: all classes above their threshold, the most probable first", async () => {
    const texts = ["goal of the team and stock market profit", "the new was said and more today"];
    const [both, none] = await classifier.predict(texts);
    expect(new Set(both!.labels)).toEqual(new Set(["sport", "money"]));
    expect(none!.labels).toEqual([]);
    const [first, second] = both!.labels;
    expect(both!.scores[first!]).toBeGreaterThanOrEqual(both!.scores[second!]!);
    expect([both!.label, both!.score]).toEqual([first, both!.scores[first!]]);
    // Each class by itself: probabilities don't add up to 1.
    expect(Object.values(both!.scores).reduce((a, b) => a + b)).toBeGreaterThan(1.2);
  });
});

test("the loss of the first batch is the mean binary cross-entropy over rows and classes", async () => {
  const classifier = classifierOf();
  const rows = setDataset(12, 4);
  const targets = rows.targets(labels, "multiLabel");
  const predictions = await classifier.predict(rows.texts()[0]!);
  const losses = predictions.flatMap(({ scores }, row) =>
    labels.map(
      (label, c) => -Math.log(targets.values[row * 3 + c] === 1 ? scores[label]! : 1 - scores[label]!),
    ),
  );
  const noDropout = { ...quick, epochs: 1, batchSize: 12 };
  const frozen = classifierOf({ trainable: "head", changes: { seq_classif_dropout: 0 } });
  const run = await frozen.fit(rows, { ...noDropout, featureCache: false });
  expect(run.history[0]!.train.loss).toBeCloseTo(losses.reduce((a, b) => a + b) / losses.length, 5);
});

test("columns of 0 and 1 train as the lists do, to the bit", async () => {
  const rows = setRows(48, 5);
  const flags = rows.map(({ text, labels: own }) => ({
    text,
    ...Object.fromEntries(labels.map((label) => [label, own.includes(label) ? 1 : 0])),
  }));
  const settings = { ...quick, epochs: 1 };
  const losses: number[] = [];
  for (const dataset of [Dataset.fromRows(rows), Dataset.fromRows(flags).withLabelColumns(labels)]) {
    const run = await classifierOf().fit(dataset, settings);
    losses.push(run.history[0]!.train.loss);
  }
  expect(losses[0]).toBe(losses[1]);
});

test("class weights weigh the rows that have a class", async () => {
  const rows = setDataset(48, 6);
  const settings = { ...quick, epochs: 1, batchSize: 48, featureCache: false as const };
  const lossWith = async (classWeights?: FitOptions["classWeights"]) => {
    const run = await classifierOf({ trainable: "head" }).fit(rows, { ...settings, classWeights });
    return run.history[0]!.train.loss;
  };
  const [plain, ones, twos] = [await lossWith(), await lossWith([1, 1, 1]), await lossWith([2, 2, 2])];
  expect(ones).toBeCloseTo(plain, 6);
  expect(twos).toBeGreaterThan(plain);
  const counts = rows.targets(labels, "multiLabel").counts();
  const balanced = counts.map((count) => (48 - count) / count);
  expect(await lossWith("balanced")).toBe(await lossWith(balanced));
});

test("thresholds: one for all, one each, and what can't be", async () => {
  const given = classifierOf({ thresholds: [0.2, 0.3, 0.4] });
  expect(given.thresholds).toEqual([0.2, 0.3, 0.4]);
  const everything = await classifierOf({ thresholds: 0 }).predict("goal");
  expect(everything.labels).toHaveLength(3);
  expect(() => classifierOf({ thresholds: [0.5] })).toThrow("thresholds: 1 for 3 classes");
  expect(() => classifierOf({ thresholds: 1 })).toThrow("from 0 to below 1");
  expect(() => tinyClassifier({ thresholds: 0.3 })).toThrow("thresholds are for task: multiLabel");
  const rows = setDataset(16, 7);
  const trained = (options: FitOptions) => classifierOf().fit(rows, { epochs: 1, ...options });
  await expect(trained({ thresholds: "best", evaluate: { test: rows } })).rejects.toThrow(
    "that is no test split",
  );
  await expect(
    trained({ thresholds: "best", thresholdSplit: "dev", evaluate: { test: rows } }),
  ).rejects.toThrow('"dev" is not evaluated');
  await expect(trained({ thresholdSplit: "test", evaluate: { test: rows } })).rejects.toThrow(
    "thresholds: best",
  );
  const named = await trained({ thresholds: "best", thresholdSplit: "test", evaluate: { test: rows } });
  expect(named.record.findings).toContainEqual(
    expect.objectContaining({ code: "test-split-decides", severity: "warning" }),
  );
});

test("thresholds chosen for a checkpoint's weights don't go with random ones", async () => {
  const folder = temporaryFolder();
  await classifierOf({ thresholds: 0.2, tokenizer: tinyTokenizer() }).save(folder);
  const pretrained = await TextClassifier.fromPretrained(folder);
  const scratch = await TextClassifier.fromPretrained(folder, { fromScratch: true });
  const newHead = await TextClassifier.fromPretrained(folder, { labels: ["a", "b", "c"] });
  expect([pretrained, scratch, newHead].map(({ thresholds }) => thresholds![0])).toEqual([0.2, 0.5, 0.5]);
});

test("what doesn't go together is refused in a line", async () => {
  const rows = setDataset(16, 7);
  await expect(tinyClassifier().fit(rows)).rejects.toThrow(
    /has a list of classes where one class is expected.*multiLabel/,
  );
  await expect(classifierOf().fit(rows, { labelSmoothing: 0.1 })).rejects.toThrow(ConfigError);
  await expect(classifierOf().crossValidate(rows)).rejects.toThrow("one class a row");
  expect(() => classifierOf({ loss: "crossEntropy" })).toThrow("crossEntropy is for one class a row");
  const strange = Dataset.fromRows([{ text: "goal", labels: ["sport", "arts"] }]);
  await expect(classifierOf().fit(strange)).rejects.toThrow(DataError);
  // One class a row is a set of one.
  const single = await classifierOf().fit(topicDataset(32, 1), { epochs: 1 });
  expect(single.record.data[0]!.rowsBySize).toEqual([0, 32]);
});

test("a checkpoint with transformers' problem_type and head is a multi-label model", async () => {
  const folder = temporaryFolder();
  const classifier = classifierOf({ head: "huggingface", tokenizer: tinyTokenizer() });
  await classifier.save(folder);
  const path = join(folder, "config.json");
  const { textune: _, ...config } = JSON.parse(readFileSync(path, "utf8"));
  writeFileSync(path, JSON.stringify(config));
  const loaded = await TextClassifier.fromPretrained(folder);
  expect([loaded.task, loaded.thresholds]).toEqual(["multiLabel", [0.5, 0.5, 0.5]]);
  expect(await loaded.predict("goal of the team")).toEqual(await classifier.predict("goal of the team"));
});
