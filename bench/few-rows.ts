/**
 * AG News from 8, 16 and 64 rows a class: accuracy, log loss and calibration of what textune does without a flag, of
 * heads that are stepped, and of scikit-learn's logistic regression on the same features. Every draw of rows is
 * scored on the same test rows; the features of all of them are computed once and kept in --cache.
 *
 *     npx tsx bench/few-rows.ts --model MINILM --data AG_NEWS_FOLDER [--seeds 5] [--test-rows 2000] [--python VENV/bin/python]
 */
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Dataset, type FitOptions, loadDataset, TextClassifier } from "../src/index.ts";
import { flags, runPython } from "./measure.ts";

const sizes = [8, 16, 64];
const given = flags({
  ...{ model: undefined, data: undefined, seeds: "5", "test-rows": "2000" },
  ...{ cache: join(tmpdir(), "textune-few-rows"), python: "" },
});
const seeds = Array.from({ length: Number(given.seeds) }, (_, i) => i + 1);

const load = (trainable?: "head") => TextClassifier.fromPretrained(given.model, { labels, trainable });

const arms: Record<string, FitOptions> = {
  "no flags": {},
  "method: logistic, standardised": { method: "logistic", featureScaling: "standardize" },
  "method: steps": { method: "steps" },
  "20 epochs, as before": { method: "steps", epochs: 20 },
};

const news = await loadDataset(given.data);
const { labels } = news.train;
const test = news.test.shuffle({ seed: 42 }).take(Number(given["test-rows"]));
const shuffled = news.train.shuffle({ seed: 42 });
/** Positions of the rows of every class. */
const byClass = labels.map(() => [] as number[]);
for (const [row, label] of shuffled.labelIds(labels).entries()) byClass[label]!.push(row);
const most = Math.max(...sizes);
/** The first rows a class of a draw: a larger one holds the smaller. */
const draw = (seed: number, size: number) =>
  shuffled.select(byClass.flatMap((rows) => rows.slice((seed - 1) * most, (seed - 1) * most + size)));
const pool = shuffled.select(byClass.flatMap((rows) => rows.slice(0, seeds.length * most)));

const started = performance.now();
let shown = started;
await (await load()).fit(pool, {
  ...{ evaluate: { test }, method: "logistic", logisticC: 1, featureCache: given.cache },
  onProgress: ({ stage, subject, done, total }) => {
    if (performance.now() - shown < 10_000) return;
    shown = performance.now();
    console.error(`${stage} ${subject} ${done}/${total}`);
  },
});
const encodingSeconds = (performance.now() - started) / 1000;

interface Score {
  accuracy: number;
  loss: number;
  calibration: number;
  seconds: number;
}
const scores = new Map<string, Score[]>();
const add = (name: string, score: Score) => scores.set(name, [...(scores.get(name) ?? []), score]);
for (const size of sizes) {
  for (const seed of seeds) {
    for (const [name, options] of Object.entries(arms)) {
      const classifier = await load(name === "no flags" ? undefined : "head");
      const start = performance.now();
      const { record } = await classifier.fit(draw(seed, size), {
        ...options,
        ...{ evaluate: { test }, featureCache: given.cache, seed },
        evalSteps: options.method === "steps" ? Number.MAX_SAFE_INTEGER : undefined,
      });
      const { accuracy, loss, calibrationError } = record.evaluations[0]!.report;
      const seconds = (performance.now() - start) / 1000;
      add(`${size} · ${name}`, { accuracy, loss, calibration: calibrationError, seconds });
      await classifier.dispose();
    }
  }
  console.error(`${size} rows a class done`);
}

if (given.python) await comparePython();

/** scikit-learn on the same rows; it reads the same features. */
async function comparePython(): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), "textune-bench-"));
  const classifier = await load();
  const write = (name: string, values: ArrayBufferView) =>
    writeFile(join(folder, name), new Uint8Array(values.buffer, values.byteOffset, values.byteLength));
  const writeRows = async (name: string, rows: Dataset) => {
    const features = await classifier.embed(rows.texts()[0]!);
    await write(`${name}.f32`, Float32Array.from(features.flatMap((values) => Array.from(values))));
    await write(`${name}.i32`, rows.labelIds(labels));
  };
  await writeRows("test", test);
  for (const size of sizes) {
    for (const seed of seeds) {
      await writeRows("train", draw(seed, size));
      const found = runPython<Record<string, Score>>(given.python, "few_rows.py", [folder]);
      for (const [name, score] of Object.entries(found)) add(`${size} · ${name}`, score);
    }
  }
  await rm(folder, { recursive: true });
}

const mean = (values: number[]) => values.reduce((a, b) => a + b, 0) / values.length;
const deviation = (values: number[]) =>
  Math.sqrt(values.reduce((sum, value) => sum + (value - mean(values)) ** 2, 0) / (values.length - 1));
const summary = Object.fromEntries(
  [...scores].map(([name, list]) => [
    name,
    Object.fromEntries(
      (["accuracy", "loss", "calibration", "seconds"] as const).map((key) => {
        const values = list.map((score) => score[key]);
        return [key, [mean(values), deviation(values)].map((value) => Number(value.toPrecision(4)))];
      }),
    ),
  ]),
);
console.log(
  JSON.stringify(
    { testRows: test.length, seeds: seeds.length, encodingSeconds, meanAndDeviation: summary },
    null,
    2,
  ),
);
