import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { loadWeights } from "../../src/core/models/checkpoint.ts";
import { type ClassifierDesign, type Pooling, traceFeatures } from "../../src/core/models/classifier.ts";
import { encoderInputs } from "../../src/core/models/encoder.ts";
import { encoderFor } from "../../src/core/models/registry.ts";
import { noDropout } from "../../src/core/nn/dropout.ts";
import { Parameters } from "../../src/core/nn/parameters.ts";
import { tokenizeRows } from "../../src/core/text/tokenize-rows.ts";
import { RowProgram } from "../../src/core/training/row-program.ts";
import { TokenSource } from "../../src/core/training/row-source.ts";
import { Dataset, loadTokenizer, TextClassifier } from "../../src/index.ts";
import { readModelJson, weightFilesOf } from "../../src/node/weights/model-folder.ts";

/** Folder of sentence-transformers/all-MiniLM-L6-v2; `.ci/run` fetches it where it can. */
const folder = process.env.TEXTUNE_MINILM ?? "";
if (!folder)
  console.log("real weights: skipped, since TEXTUNE_MINILM doesn't name a folder of all-MiniLM-L6-v2");

const golden = JSON.parse(
  readFileSync(new URL("../fixtures/real-weights/minilm.json", import.meta.url), "utf8"),
) as { sentences: string[]; ids: number[][]; cls: number[][]; mean: number[][] };

describe.skipIf(!folder)("all-MiniLM-L6-v2", () => {
  test("its tokenizer gives transformers' ids", async () => {
    const tokenizer = await loadTokenizer(folder);
    expect(golden.sentences.map((text) => tokenizer.encode(text).ids)).toEqual(golden.ids);
  });

  test.each<Pooling>(["cls", "mean"])("%s features equal transformers'", async (pooling) => {
    const encoder = encoderFor(await readModelJson(folder, "config.json"));
    const design: ClassifierDesign = { encoder, head: "linear", pooling, outputs: 2 };
    const parameters = new Parameters();
    const program = await RowProgram.compile(traceFeatures(design, parameters, encoderInputs(), noDropout));
    const { weights } = await loadWeights(await weightFilesOf(folder), encoder, parameters.list(), {
      seed: 0,
    });
    const tokenizer = await loadTokenizer(folder);
    const source = new TokenSource(await tokenizeRows(tokenizer, golden.sentences), tokenizer.padId);
    const values = new Map([...weights].map(([name, { values }]) => [name, values]));
    const features = await program.all(source, values, { stage: "encode", subject: "sentences" });
    await program.release();
    for (const [row, expected] of golden[pooling].entries()) {
      for (const [i, value] of expected.entries()) {
        expect(Math.abs(features[row * encoder.hiddenSize + i]! - value)).toBeLessThan(1e-4);
      }
    }
  });

  test("a head on frozen features tells topics apart that it saw in few sentences", async () => {
    const rows = Object.entries(topics).flatMap(([label, texts]) => texts.map((text) => ({ text, label })));
    const all = Dataset.fromRows(rows);
    const train = all.filter((_, i) => i % 2 === 0);
    const held = all.filter((_, i) => i % 2 === 1);
    const classifier = await TextClassifier.fromPretrained(folder, {
      labels: Object.keys(topics),
      trainable: "head",
      pooling: "mean",
    });
    await classifier.fit(train, { epochs: 40, batchSize: 4, learningRate: 1e-2, featureCache: false });
    expect((await classifier.evaluate(held)).accuracy).toBeGreaterThan(0.85);
  });
});

const topics = {
  cooking: [
    "Simmer the tomato sauce with garlic for an hour.",
    "Knead the dough until it is smooth and elastic.",
    "Add a pinch of salt and whisk the eggs.",
    "The soup needs more pepper and fresh basil.",
    "Roast the vegetables at a high temperature.",
    "Let the cake cool before you frost it.",
    "Marinate the chicken overnight in yoghurt.",
    "Melt the butter and stir in the flour.",
  ],
  space: [
    "The probe entered orbit around Saturn.",
    "Astronomers found water vapour on an exoplanet.",
    "The rocket's second stage ignited on schedule.",
    "A solar flare disturbed the satellites.",
    "The telescope photographed a distant galaxy.",
    "Astronauts repaired the station's antenna.",
    "The rover drilled into Martian rock.",
    "The comet will pass the sun next spring.",
  ],
  law: [
    "The judge dismissed the appeal on Tuesday.",
    "Both parties signed the settlement agreement.",
    "The jury reached a verdict after two days.",
    "Her lawyer objected to the evidence.",
    "Parliament passed the new tenancy act.",
    "The court ordered the company to pay damages.",
    "The contract is void without a signature.",
    "The witness testified under oath.",
  ],
};
