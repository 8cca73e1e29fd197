/**
 * An epoch of the MNLI recipe (DistilBERT-base with random weights, all of it trained; real lengths, similar ones in a
 * batch, padded to the longest of it; both validation splits scored after the epoch) against the notebook's own loop in
 * PyTorch on the same machine, in one run. Both are timed on a sample: ours on a whole fit of a share of every split,
 * from tokens to scores, PyTorch's on some of its batches, all padded to 256.
 *
 *     npx tsx bench/mnli.ts --tokenizer DIR --data MNLI_FOLDER --python VENV/bin/python
 */
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Dataset, loadDataset, loadTokenizer, TextClassifier } from "../src/index.ts";
import { flags, gemmRate, runPython } from "./measure.ts";

const { tokenizer, data, evaluate, share, batches, python } = flags({
  tokenizer: undefined,
  data: undefined,
  evaluate: "validation_matched,validation_mismatched",
  share: "0.2",
  batches: "4",
  python: undefined,
});
const texts = ["premise", "hypothesis"];
const recipe = {
  epochs: 1,
  batchSize: 16,
  groupByLength: true,
  truncation: 256,
  learningRate: 1e-5,
} as const;

const read = async (name: string): Promise<Dataset> =>
  (await loadDataset(join(data, `${name}.csv`), { split: "train" })).withTextColumns(texts);
const train = await read("train");
const splits = await Promise.all(evaluate.split(",").map(async (name) => [name, await read(name)] as const));
const part = (rows: Dataset) => rows.shuffle({ seed: 42 }).take(Math.round(rows.length * Number(share)));

// Random weights, but loaded from files as pretrained ones are: both sides read the same.
const folder = await mkdtemp(join(tmpdir(), "textune-bench-"));
const labels = ["0", "1", "2"];
const model = TextClassifier.fromScratch({
  labels,
  tokenizer: await loadTokenizer(tokenizer),
  config: { model_type: "distilbert" },
});
await model.save(folder);

interface NotebookLoop {
  train: { secondsPerBatch: { median: number }; tokensPerBatch: number };
  evaluate: { secondsPerBatch: { median: number } };
  extrapolated: { secondsPerEpoch: number };
  gemmGflops: number;
}
const peer = () =>
  runPython<NotebookLoop>(python, "mnli_loop.py", [
    ...["--model", folder, "--tokenizer", tokenizer, "--train", join(data, "train.csv")],
    ...["--evaluate", ...splits.map(([name]) => join(data, `${name}.csv`))],
    ...["--batches", batches, "--warm-up", "1"],
  ]);

const before = peer();
const limitBefore = await gemmRate();
const start = performance.now();
const classifier = await TextClassifier.fromPretrained(folder, { labels });
const { record } = await classifier.fit(part(train), {
  ...recipe,
  evaluate: Object.fromEntries(splits.map(([name, rows]) => [name, part(rows)])),
  ...{ optimizer: "adamw", weightDecay: 0.01, schedule: "constant", maxGradNorm: 0, dropEmpty: true },
});
const seconds = (performance.now() - start) / 1000 / Number(share);
const limitAfter = await gemmRate();
const after = peer();
await rm(folder, { recursive: true });

const notebook = (before.extrapolated.secondsPerEpoch + after.extrapolated.secondsPerEpoch) / 2;
const sides = [before, after];
console.log(
  JSON.stringify(
    {
      share: Number(share),
      rows: Object.fromEntries(record.data.map(({ name, rows }) => [name, rows])),
      secondsPerEpoch: seconds,
      tokensPerSecond: record.timing.tokensPerSecond,
      gemmGflops: [limitBefore, limitAfter],
      notebook: {
        secondsPerEpoch: sides.map(({ extrapolated }) => extrapolated.secondsPerEpoch),
        secondsPerTrainingBatch: sides.map((side) => side.train.secondsPerBatch.median),
        secondsPerEvaluationBatch: sides.map((side) => side.evaluate.secondsPerBatch.median),
        gemmGflops: sides.map(({ gemmGflops }) => gemmGflops),
      },
      timesFaster: notebook / seconds,
    },
    null,
    2,
  ),
);
