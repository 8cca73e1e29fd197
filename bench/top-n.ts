/**
 * What it gains to run the frozen layers below `top:N` once: three epochs of DistilBERT-base with random weights, with
 * hidden states kept, against the same without and against dropout in the frozen layers, one after the other in one
 * process. Encoding counts, its graph's compilation too.
 *
 *     npx tsx bench/top-n.ts --rows 96 --words 126
 */

import { bertTokenizerJson } from "../src/core/text/vocabulary-files.ts";
import { Dataset, type FitOptions, TextClassifier, Tokenizer } from "../src/index.ts";
import { flags } from "./measure.ts";

const given = flags({ rows: "96", words: "126" });
const [rows, words] = [Number(given.rows), Number(given.words)];

const vocabulary = Array.from({ length: 1000 }, (_, i) => `w${i}`);
const tokenizer = Tokenizer.fromJson(
  bertTokenizerJson(["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", ...vocabulary], {}),
);
const train = Dataset.fromRows(
  Array.from({ length: rows }, (_, row) => ({
    text: Array.from({ length: words }, (_, i) => vocabulary[(row * 7919 + i * 104729) % 1000]).join(" "),
    label: row % 2 === 0 ? "even" : "odd",
  })),
);

/** Seconds in encoding and in three epochs. */
async function seconds(trainable: `top:${number}`, options: FitOptions): Promise<number> {
  const classifier = TextClassifier.fromScratch({
    labels: ["even", "odd"],
    tokenizer,
    config: { model_type: "distilbert" },
    trainable,
  });
  const { record } = await classifier.fit(train, { epochs: 3, batchSize: 16, ...options });
  return (record.timing.encoding ?? 0) + record.timing.epochs.reduce((a, b) => a + b, 0);
}

for (const trainable of ["top:1", "top:2"] as const) {
  const once = await seconds(trainable, {});
  const everyStep = await seconds(trainable, { hiddenStateMemory: 0 });
  const dropping = await seconds(trainable, { encoderDropout: true });
  console.log(
    JSON.stringify({
      ...{ trainable, rows, tokens: words + 2, once, everyStep, dropping },
      ...{ timesFaster: everyStep / once, timesFasterThanDropping: dropping / once },
    }),
  );
}
