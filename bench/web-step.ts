/**
 * A training step of all-MiniLM-L6-v2's shape (22.6 M parameters, 16 texts of 128 tokens, random weights) in Chromium
 * against Node.js, in one run: all of it trained, and the encoder frozen, where a step is the encoding of its rows.
 *
 *     npx tsx bench/web-step.ts [--steps 6]
 */

import { bertTokenizerJson } from "../src/core/text/vocabulary-files.ts";
import { Dataset, TextClassifier, Tokenizer } from "../src/index.ts";
import { ask, startChromium } from "../test/browser/chromium.ts";
import { askWell, bundlePage, open } from "../test/browser/web-page.ts";
import { flags, median } from "./measure.ts";

const steps = Number(flags({ steps: "6" }).steps);
const batchSize = 16;
const length = 128;

const words = Array.from({ length: 30_517 }, (_, i) => `w${i}`);
const vocabulary = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", ...words];
const tokenizer = Tokenizer.fromJson(bertTokenizerJson(vocabulary, {}));
const rows = Array.from({ length: batchSize * (steps + 1) }, (_, row) => ({
  text: Array.from({ length }, (_, i) => words[(row * 7919 + i * 104_729) % words.length]).join(" "),
  label: row % 2 ? "odd" : "even",
}));
const model = {
  labels: ["even", "odd"],
  config: {
    model_type: "bert",
    ...{ hidden_size: 384, num_hidden_layers: 6, num_attention_heads: 12, intermediate_size: 1536 },
  },
};
const fit = { epochs: 1, batchSize, truncation: length };

interface Times {
  steps: number[];
  encodingSeconds?: number;
}

async function inNode(trainable: "all" | "head"): Promise<Times> {
  const classifier = TextClassifier.fromScratch({ ...model, tokenizer, trainable });
  const times: number[] = [];
  const { record } = await classifier.fit(Dataset.fromRows(rows), {
    ...fit,
    featureCache: false,
    onStep: () => times.push(performance.now()),
  });
  await classifier.dispose();
  const between = times.slice(1).map((time, i) => time - times[i]!);
  return { steps: between, encodingSeconds: record.timing.encoding };
}

const bundle = await bundlePage();
const server = await bundle.serve();
const browser = await startChromium();

async function inChromium(trainable: "all" | "head"): Promise<Times> {
  const page = await browser.newPage();
  await open(page, server);
  const options = { ...model, tokenizer: tokenizer.files(), trainable };
  const classifier = await askWell<number>(page, "scratch", options);
  const times = await askWell<Times>(page, "stepTimes", classifier, rows, fit);
  await ask(page, "dispose", classifier);
  await page.close();
  return times;
}

const full = { node: await inNode("all"), chromium: await inChromium("all") };
const frozen = { node: await inNode("head"), chromium: await inChromium("head") };
await browser.close();
await server.close();
await bundle.remove();

const encoded = ({ encodingSeconds = Number.NaN }: Times) => (1000 * encodingSeconds) / (steps + 1);
const compared = (node: number, chromium: number) => ({ node, chromium, times: chromium / node });
console.log(
  JSON.stringify(
    {
      shape: "all-MiniLM-L6-v2, 16 x 128",
      millisecondsPerStep: {
        full: compared(median(full.node.steps), median(full.chromium.steps)),
        frozen: compared(encoded(frozen.node), encoded(frozen.chromium)),
      },
    },
    null,
    2,
  ),
);
