/**
 * How near encoding comes to the machine's matrix-multiply limit: DistilBERT-base with random weights on real text,
 * in the length-sorted batches that `fit` uses.
 *
 *     npx tsx bench/encode.ts --tokenizer DIR --data AG_NEWS_FOLDER
 */

import { initializeWeights } from "../src/core/models/checkpoint.ts";
import { type ClassifierDesign, traceFeatures } from "../src/core/models/classifier.ts";
import { encoderInputs } from "../src/core/models/encoder.ts";
import { encoderFor } from "../src/core/models/registry.ts";
import type { Weights } from "../src/core/models/weights.ts";
import { noDropout } from "../src/core/nn/dropout.ts";
import { Parameters } from "../src/core/nn/parameters.ts";
import { tokenizeRows } from "../src/core/text/tokenize-rows.ts";
import { RowProgram } from "../src/core/training/row-program.ts";
import { TokenSource } from "../src/core/training/row-source.ts";
import { loadDataset, loadTokenizer } from "../src/index.ts";
import { distilbertBase, flags, forwardFlop, gemmRate, median, timed } from "./measure.ts";

const {
  tokenizer: folder,
  data,
  rows: count,
} = flags({ tokenizer: undefined, data: undefined, rows: "600" });
const tokenizer = await loadTokenizer(folder);
const news = (await loadDataset(data)).train.shuffle({ seed: 42 }).take(Number(count));
const rows = await tokenizeRows(tokenizer, news.texts()[0]!);
const source = new TokenSource(rows, tokenizer.padId);

const design: ClassifierDesign = {
  encoder: encoderFor({ model_type: "distilbert" }),
  head: "linear",
  pooling: "cls",
  outputs: 4,
};
const parameters = new Parameters();
const features = traceFeatures(design, parameters, encoderInputs(), noDropout);
const weights: Weights = new Map();
initializeWeights(parameters.list(), weights, 0);
const values = new Map([...weights].map(([name, { values }]) => [name, values]));

// Padding doesn't count.
const flop = source.lengths.reduce((sum, length) => sum + forwardFlop(distilbertBase, 1, length), 0);

const program = await RowProgram.compile(features, values);
const before = await gemmRate();
const seconds = median(
  await timed(() => program.all(source, values, { stage: "encode", subject: "" }), { warmUp: 1, repeats: 3 }),
);
const after = await gemmRate();
const rate = flop / seconds / 1e9;
const limit = (before + after) / 2;
console.log(
  JSON.stringify(
    {
      rows: rows.count,
      tokens: rows.ids.length,
      seconds,
      tokensPerSecond: rows.ids.length / seconds,
      gflops: rate,
      gemmGflops: limit,
      shareOfGemm: rate / limit,
    },
    null,
    2,
  ),
);
