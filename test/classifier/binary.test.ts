import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { saveRun } from "../../src/app/recipes/save-run.ts";
import { ConfigError, Dataset, type Metric, TextClassifier } from "../../src/index.ts";
import { readSafetensorsFile } from "../../src/node/weights/safetensors-file.ts";
import { temporaryFolder, tinyClassifier, topicRows } from "./tiny.ts";

const two = (count: number, seed: number) =>
  Dataset.fromRows(topicRows(count, seed).filter(({ label }) => label !== "science"));
const binary = () => tinyClassifier({ labels: ["money", "sport"], loss: "binaryCrossEntropy" });
const settings = { epochs: 8, batchSize: 8, learningRate: 3e-3, schedule: "constant" } as const;

test("one logit tells two classes apart, is saved and loaded", async () => {
  const classifier = binary();
  const held = two(80, 2);
  const right: Metric = (outputs, { values }) => outputs.right(values) / outputs.rows;
  const run = await classifier.fit(two(160, 1), { evaluate: { held }, metrics: { right }, ...settings });
  const { loss, accuracy, metrics } = run.history.at(-1)!.evaluations.held!;
  expect(accuracy).toBeGreaterThan(0.9);
  expect(metrics).toEqual({ right: accuracy });

  const folder = temporaryFolder();
  await saveRun(run, folder);
  const weights = await readSafetensorsFile(join(folder, "model", "model.safetensors"));
  expect(weights.get("classifier.weight")!.shape).toEqual([1, 32]);

  // Decided at 0: the second class is predicted where its probability is above one half.
  const lines = readFileSync(join(folder, "predictions", "held.jsonl"), "utf8")
    .trim()
    .split("\n");
  const rows = lines.map(
    (line) => JSON.parse(line) as { label: number; predicted: number; probabilities: number[] },
  );
  for (const { predicted, probabilities } of rows) expect(predicted).toBe(probabilities[1]! > 0.5 ? 1 : 0);
  const mean =
    rows.reduce((sum, { label, probabilities }) => sum - Math.log(probabilities[label]!), 0) / rows.length;
  expect(loss).toBeCloseTo(mean, 5);

  const loaded = await TextClassifier.fromPretrained(join(folder, "model"));
  expect(await loaded.predict("goal of the team")).toEqual(await classifier.predict("goal of the team"));
  expect((await loaded.predict("stock and profit")).label).toBe("money");
});

test("the training loss of the first batch is binary cross-entropy", async () => {
  const classifier = binary();
  const rows = two(12, 3);
  const labels = rows.labelIds(["money", "sport"]);
  const predictions = await classifier.predict(rows.texts()[0]!);
  const expected = predictions.reduce(
    (sum, { scores }, i) => sum - Math.log(labels[i] === 1 ? scores.sport! : scores.money!),
    0,
  );
  const run = await tinyClassifier({
    labels: ["money", "sport"],
    loss: "binaryCrossEntropy",
    changes: noDropout,
  }).fit(rows, { epochs: 1, batchSize: rows.length });
  expect(run.history[0]!.train.loss).toBeCloseTo(expected / rows.length, 5);
});

test("it is for two classes and a linear head", () => {
  expect(() => tinyClassifier({ loss: "binaryCrossEntropy" })).toThrow(ConfigError);
  expect(() =>
    tinyClassifier({ labels: ["a", "b"], head: "huggingface", loss: "binaryCrossEntropy" }),
  ).toThrow(/head: linear/);
});

const noDropout = { dropout: 0, attention_dropout: 0 };
