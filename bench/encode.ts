/**
 * How near encoding comes to the machine's matrix-multiply limit: DistilBERT-base with random weights on real text,
 * in the length-sorted batches that `fit` uses.
 *
 *     npx tsx bench/encode.ts --tokenizer DIR --data AG_NEWS_FOLDER
 */
import { loadDataset, Tokenizer } from "../src/index.ts";
import { initializeWeights, type Weights } from "../src/models/checkpoint.ts";
import { type ClassifierDesign, traceFeatures } from "../src/models/classifier.ts";
import { encoderInputs } from "../src/models/encoder.ts";
import { encoderFor } from "../src/models/registry.ts";
import { noDropout } from "../src/nn/dropout.ts";
import { Parameters } from "../src/nn/parameters.ts";
import { tokenizeRows } from "../src/text/tokenize-rows.ts";
import { RowProgram } from "../src/training/row-program.ts";
import { TokenSource } from "../src/training/row-source.ts";
import { distilbertBase, flags, forwardFlop, gemmRate, median, timed } from "./measure.ts";

const {
  tokenizer: folder,
  data,
  rows: count,
} = flags({ tokenizer: undefined, data: undefined, rows: "600" });
const tokenizer = await Tokenizer.fromFolder(folder);
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
