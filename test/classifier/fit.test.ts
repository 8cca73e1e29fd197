import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test as it } from "vitest";
import { saveRun } from "../../src/app/recipes/save-run.ts";
import type { FitOptions, Trainable } from "../../src/index.ts";
import { Dataset } from "../../src/index.ts";
import { quickFit, temporaryFolder, test, tinyClassifier, topicRows, train } from "./tiny.ts";

const headFit: FitOptions = { ...quickFit, epochs: 30, batchSize: 8, learningRate: 2e-2 };

describe("training learns", () => {
  it("all of a model: far above the most frequent class, with a falling loss", async () => {
    const run = await tinyClassifier().fit(train, { ...quickFit, epochs: 12 });
    const { majorityBaseline, report } = run.record.evaluations[0]!;
    expect(majorityBaseline.accuracy).toBeLessThan(0.5);
    expect(report.accuracy).toBeGreaterThan(0.85);
    expect(run.history).toHaveLength(12);
    expect(run.history[0]!.train.loss).toBeGreaterThan(run.history[11]!.train.loss * 2);
  });

  it("a head on a frozen encoder, whose weights stay as they are", async () => {
    const folder = temporaryFolder();
    const classifier = tinyClassifier({ trainable: "head", pooling: "mean" });
    await classifier.save(join(folder, "before"));
    const run = await classifier.fit(train, headFit);
    await classifier.save(join(folder, "after"));
    expect(run.record.evaluations[0]!.report.accuracy).toBeGreaterThan(0.7);
    expect(run.record.model.trainableParameters).toBe(3 * 32 + 3);
    const [before, after] = ["before", "after"].map((name) =>
      readFileSync(join(folder, name, "model.safetensors")),
    );
    // Sorted by name, the classifier's 99 values are the first.
    const start = 8 + Number(before!.readBigUInt64LE(0));
    const changed = before!.findIndex((byte, i) => byte !== after![i]);
    expect(changed).toBeGreaterThanOrEqual(start);
    const end = start + 4 * (3 * 32 + 3);
    expect(before!.subarray(end).equals(after!.subarray(end))).toBe(true);
  });

  it("pairs, where the model reads token types", async () => {
    // The pair is one of two topics: only its two sides together tell whether they are the same.
    const rows = topicRows(240, 3);
    const pairs = rows.slice(120).map(({ text, label }, i) => ({
      premise: text,
      hypothesis: rows[i]!.text,
      label: label === rows[i]!.label ? "same" : "other",
    }));
    const data = Dataset.fromRows(pairs).withTextColumns(["premise", "hypothesis"]);
    const config = { hidden_size: 32, num_hidden_layers: 2, num_attention_heads: 4, intermediate_size: 64 };
    const classifier = tinyClassifier({
      labels: ["other", "same"],
      changes: { model_type: "bert", ...config, max_position_embeddings: 32 },
    });
    const run = await classifier.fit(data, { epochs: 40, batchSize: 24, learningRate: 3e-3 });
    expect(run.history.at(-1)!.train.accuracy).toBeGreaterThan(0.85);
    const prediction = await classifier.predict({ text: "the goal", pair: "a bank" });
    expect(prediction.scores.same! + prediction.scores.other!).toBeCloseTo(1, 6);
  });
});

describe("the same seed gives the same bytes", () => {
  const cases: [string, Trainable, FitOptions, Record<string, unknown>][] = [
    ["all of the model, with dropout", "all", quickFit, {}],
    ["all of the model, without dropout", "all", quickFit, { dropout: 0, attention_dropout: 0 }],
    ["the top layer, rows grouped by length", "top:1", { ...quickFit, groupByLength: true }, {}],
    ["a frozen encoder", "head", headFit, {}],
    ["a frozen encoder with dropout", "head", { ...headFit, encoderDropout: true, epochs: 3 }, {}],
  ];
  it.each(cases)("%s", async (_, trainable, options, changes) => {
    const folder = temporaryFolder();
    const trained = (seed: number) =>
      tinyClassifier({ trainable, changes, seed }).fit(train, { ...options, seed });
    const runs = [await trained(7), await trained(7)];
    const [first, second] = [join(folder, "a"), join(folder, "b")];
    await saveRun(runs[0]!, first);
    await saveRun(runs[1]!, second);
    for (const file of ["model/model.safetensors", "history.jsonl"]) {
      expect(readFileSync(join(first, file)).equals(readFileSync(join(second, file))), file).toBe(true);
    }
    expect((await trained(8)).history).not.toEqual(runs[0]!.history);
  });

  it("the order of the rows and dropout depend on the seed alone", async () => {
    const losses = async (seed: number, changes: Record<string, unknown>) => {
      const { history } = await tinyClassifier({ changes }).fit(train, { ...quickFit, epochs: 1, seed });
      return history[0]!.train.loss;
    };
    const still = { dropout: 0, attention_dropout: 0 };
    expect(await losses(1, {})).not.toBe(await losses(2, {}));
    expect(await losses(1, {})).not.toBe(await losses(1, still));
    expect(await losses(1, still)).not.toBe(await losses(2, still));
  });
});

it("the history says what happened", async () => {
  const seen: number[] = [];
  const run = await tinyClassifier().fit(train, {
    ...quickFit,
    batchSize: 20,
    schedule: "linear",
    onEvaluation: ({ entry, seconds, epochs, history }) => {
      seen.push(entry.epoch);
      expect(seconds).toBeGreaterThan(0);
      expect(epochs).toBe(4);
      expect(history).toHaveLength(seen.length);
    },
  });
  expect(seen).toEqual([1, 2, 3, 4]);
  for (const [i, entry] of run.history.entries()) {
    expect(entry).toMatchObject({ epoch: i + 1, step: 5 * (i + 1), train: { rows: 96 } });
    // Update s of 20 uses 1 − s / 20 of the rate; the entry names the last, s = step − 1.
    expect(entry.learningRate).toBeCloseTo(3e-3 * (1 - (entry.step - 1) / 20), 12);
    expect(entry.evaluations.test).toMatchObject({ rows: 48 });
    expect(entry.train.lossSum).toBeGreaterThan(entry.train.loss * 4);
    expect(entry.train.lossSum).toBeLessThan(entry.train.loss * 6);
  }
  const last = run.history[3]!.evaluations.test!;
  expect(run.record.evaluations[0]!.report).toMatchObject({ loss: last.loss, accuracy: last.accuracy });
  expect(test.length).toBe(48);
});
