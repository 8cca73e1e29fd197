/**
 * How long the event loop of the caller waits while a base-size model is trained and predicts: what a server that does
 * both at once would keep its visitors waiting for.
 *
 * npx tsx bench/event-loop.ts [--no-worker] [--layers 6] [--steps 4]
 */

import { monitorEventLoopDelay } from "node:perf_hooks";
import { parseArgs } from "node:util";
import { Dataset, TextClassifier, trainWordPiece } from "textune";

const { values: options } = parseArgs({
  options: {
    "no-worker": { type: "boolean", default: false },
    layers: { type: "string", default: "6" },
    steps: { type: "string", default: "4" },
  },
});
const labels = ["a", "b"];
const words = Array.from({ length: 2000 }, (_, i) => `w${(i * 7919) % 2000}`);
const text = (row: number) =>
  Array.from({ length: 100 }, (_, i) => words[(row * 31 + i * 17) % 2000]).join(" ");
const rows = Array.from({ length: Number(options.steps) * 16 }, (_, row) => ({
  text: text(row),
  label: labels[row % 2]!,
}));

/** Milliseconds that timers came late while `work` ran. */
async function delayDuring(name: string, work: () => Promise<unknown>): Promise<void> {
  const histogram = monitorEventLoopDelay({ resolution: 1 });
  const started = performance.now();
  histogram.enable();
  await work();
  histogram.disable();
  const seconds = (performance.now() - started) / 1000;
  const shown = [histogram.percentile(50), histogram.percentile(99), histogram.max].map((nanoseconds) =>
    (nanoseconds / 1e6).toFixed(1),
  );
  console.log(
    `${name}: p50 ${shown[0]} ms, p99 ${shown[1]} ms, max ${shown[2]} ms, in ${seconds.toFixed(1)} s`,
  );
}

await using classifier = TextClassifier.fromScratch({
  labels,
  tokenizer: await trainWordPiece(words, { vocabularySize: 3000 }),
  // The sizes of DistilBERT-base but for the vocabulary.
  config: {
    model_type: "distilbert",
    dim: 768,
    n_heads: 12,
    hidden_dim: 3072,
    n_layers: Number(options.layers),
  },
  worker: !options["no-worker"],
});
const train = Dataset.fromRows(rows);
const test = Dataset.fromRows(rows.slice(0, 16));
await delayDuring("fit", () =>
  classifier.fit(train, { evaluate: { test }, epochs: 1, batchSize: 16, truncation: 128 }),
);
await delayDuring("predict", () => classifier.predict(rows.map((row) => row.text)));
