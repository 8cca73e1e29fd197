/**
 * The whole AG News recipe (6,000 + 380 rows, 20 epochs, DistilBERT-base with random weights) against the notebook's
 * own loop in PyTorch on the same machine, in one run. PyTorch is timed on a sample of its batches and extrapolated:
 * its loop encodes 247,600 rows, ours 6,380.
 *
 *     npx tsx bench/ag-news.ts --tokenizer DIR --data AG_NEWS_FOLDER --python VENV/bin/python
 */
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { loadDataset, loadTokenizer, TextClassifier } from "../src/index.ts";
import { flags, runPython } from "./measure.ts";

const { tokenizer, data, python, batches } = flags({
  tokenizer: undefined,
  data: undefined,
  python: undefined,
  batches: "12",
});

interface NotebookLoop {
  extrapolated: { seconds: number };
  gemmGflops: number;
}
const peer = () =>
  runPython<NotebookLoop>(python, "notebook_loop.py", [
    ...["--tokenizer", tokenizer, "--train", `${data}/train.csv`, "--test", `${data}/test.csv`],
    ...["--batches", batches],
  ]);

const news = await loadDataset(data);
const train = news.train.shuffle({ seed: 42 }).take(6000);
const test = news.test.shuffle({ seed: 42 }).take(380);

// Random weights, but loaded from files as pretrained ones are.
const folder = await mkdtemp(join(tmpdir(), "textune-bench-"));
const model = TextClassifier.fromScratch({
  labels: train.labels,
  tokenizer: await loadTokenizer(tokenizer),
  config: { model_type: "distilbert" },
});
await model.save(folder);

const before = peer();
const start = performance.now();
const classifier = await TextClassifier.fromPretrained(folder, { trainable: "head" });
const run = await classifier.fit(train, {
  evaluate: { test },
  epochs: 20,
  batchSize: 64,
  learningRate: 1e-3,
  truncation: false,
  featureCache: false,
});
const seconds = (performance.now() - start) / 1000;
const after = peer();
await rm(folder, { recursive: true });

const { encoding, epochs, tokensPerSecond } = run.record.timing;
const notebook = (before.extrapolated.seconds + after.extrapolated.seconds) / 2;
const epoch = epochs.reduce((a, b) => a + b, 0) / epochs.length;
console.log(
  JSON.stringify(
    {
      seconds,
      encodingSeconds: encoding,
      tokensPerSecond,
      epochSeconds: epoch,
      epochShareOfEncoding: epoch / encoding!,
      notebookSeconds: {
        before: before.extrapolated.seconds,
        after: after.extrapolated.seconds,
        mean: notebook,
      },
      timesFaster: notebook / seconds,
    },
    null,
    2,
  ),
);
