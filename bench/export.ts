/**
 * An exported classifier in transformers.js, fp32 and q8, against what its own conversion makes of the same weights:
 * size, rows a second at batches of 1, 8 and 32, and accuracy. Hugging Face's head on a frozen encoder, trained on AG
 * News. Rounds of all files take turns, and each figure is the best of its rounds: other programs only slow it down.
 *
 *     npx tsx bench/export.ts --model MINILM --data AG_NEWS_FOLDER --python VENV/bin/python
 */
import { execFileSync } from "node:child_process";
import { mkdtemp, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { env, pipeline } from "@huggingface/transformers";
import { exportModel, loadDataset, TextClassifier, version } from "../src/index.ts";
import { flags, gemmRate } from "./measure.ts";

const {
  model,
  data,
  python,
  train: trainRows,
  rows,
  rounds,
} = flags({
  model: undefined,
  data: undefined,
  python: undefined,
  train: "2000",
  rows: "256",
  rounds: "3",
});
const batches = [1, 8, 32];
env.allowRemoteModels = false;

const news = await loadDataset(data);
const train = news.train.shuffle({ seed: 42 }).take(Number(trainRows));
const test = news.test.shuffle({ seed: 42 }).take(Number(rows));
const [texts] = test.texts();
const answers = test.targets(train.labels, "singleLabel").values;
const folder = await mkdtemp(join(tmpdir(), "textune-bench-"));

const classifier = await TextClassifier.fromPretrained(model, {
  labels: train.labels,
  head: "huggingface",
  trainable: "head",
});
await classifier.fit(train, { epochs: 10, batchSize: 64, learningRate: 1e-3, featureCache: false });
const saved = join(folder, "model");
await classifier.save(saved);
const lines = texts!.map((text, row) => JSON.stringify({ text, label: train.labels[answers[row]!] }));
await writeFile(join(folder, "test.jsonl"), lines.join("\n"));

const before = await gemmRate();
const [ours, peer] = [join(folder, "textune"), join(folder, "peer")];
const record = await exportModel(saved, ours, { texts: join(folder, "test.jsonl") });
const script = new URL("python/export_peer.py", import.meta.url).pathname;
execFileSync(python, [script, saved, peer], { stdio: ["ignore", "ignore", "pipe"] });

const files = { fp32: "onnx/model.onnx", q8: "onnx/model_quantized.onnx" } as const;
const contestants = [ours, peer].flatMap((place) =>
  (["fp32", "q8"] as const).map((dtype) => ({
    name: `${place === ours ? "textune export" : "own conversion"} ${dtype}`,
    ...{ place, dtype },
  })),
);
const results = new Map<string, { megabytes: number; accuracy: number; rowsPerSecond: number[] }>();
for (let round = 0; round < Number(rounds); round++) {
  for (const { name, place, dtype } of contestants) {
    const classify = await pipeline("text-classification", place, { dtype });
    await classify(texts!.slice(0, 16));
    const rates: number[] = [];
    let right = 0;
    for (const batch of batches) {
      const started = performance.now();
      right = 0;
      for (let row = 0; row < texts!.length; row += batch) {
        const found = (await classify(texts!.slice(row, row + batch))) as { label: string }[];
        for (const [i, { label }] of found.entries()) {
          right += Number(label === train.labels[answers[row + i]!]);
        }
      }
      rates.push((texts!.length / (performance.now() - started)) * 1000);
    }
    await classify.dispose();
    const known = results.get(name)?.rowsPerSecond ?? rates;
    const { size } = await stat(join(place, files[dtype]));
    results.set(name, {
      megabytes: Number((size / 1e6).toFixed(1)),
      accuracy: right / texts!.length,
      rowsPerSecond: rates.map((rate, i) => Math.max(rate, known[i]!)),
    });
  }
}
const after = await gemmRate();
await rm(folder, { recursive: true });

const rate = (name: string) => Math.max(...results.get(name)!.rowsPerSecond);
console.log(
  JSON.stringify(
    {
      question:
        "rows a second in transformers.js of q8 as textune exports it, against its own conversion's q8",
      ratio: rate("textune export q8") / rate("own conversion q8"),
      sizeOfFloat32: record.dtypes[1]!.bytes / record.dtypes[0]!.bytes,
      rows: texts!.length,
      batches,
      transformersJs: Object.fromEntries(
        [...results].map(([name, { rowsPerSecond, ...result }]) => [
          name,
          { ...result, rowsPerSecond: rowsPerSecond.map(Math.round) },
        ]),
      ),
      textune: {
        version,
        accuracy: record.classifier.accuracy?.accuracy,
        rowsPerSecond: Math.round(record.classifier.rowsPerSecond),
        q8Layers: { float32Products: record.dtypes[1]!.float32Products?.length },
      },
      gemmGflops: [before, after].map(Math.round),
      environment: record.environment,
    },
    undefined,
    2,
  ),
);
