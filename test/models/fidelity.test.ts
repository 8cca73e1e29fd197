import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { symbol } from "../../src/core/engine/dimension.ts";
import { gradients } from "../../src/core/engine/gradient.ts";
import { Program } from "../../src/core/engine/program.ts";
import { input, type Tensor, type TensorData } from "../../src/core/engine/tensor.ts";
import { loadWeights } from "../../src/core/models/checkpoint.ts";
import { type ClassifierDesign, traceFeatures, traceHead } from "../../src/core/models/classifier.ts";
import { encoderInputs } from "../../src/core/models/encoder.ts";
import { encoderFor } from "../../src/core/models/registry.ts";
import { noDropout } from "../../src/core/nn/dropout.ts";
import { crossEntropy } from "../../src/core/nn/losses.ts";
import { Parameters } from "../../src/core/nn/parameters.ts";
import { weightFilesOf } from "../../src/node/weights/model-folder.ts";
import { type GoldenTensors, goldenModels, modelFixtures, readGolden } from "./golden.ts";

interface GoldenCase {
  name: string;
  size: number;
  length: number;
  gradients: string[];
}

const designs: Record<string, Pick<ClassifierDesign, "head" | "pooling">> = {
  sequence: { head: "huggingface", pooling: "cls" },
  cls: { head: "linear", pooling: "cls" },
  mean: { head: "linear", pooling: "mean" },
};

/** A classifier of the given head, its weights and everything a test may want to know of a batch. */
async function build(folder: string, head: string, golden: GoldenTensors) {
  const encoder = encoderFor(JSON.parse(readFileSync(`${folder}/config.json`, "utf8")));
  const design: ClassifierDesign = { encoder, ...designs[head]!, outputs: 3 };
  const parameters = new Parameters();
  const inputs = encoderInputs();
  const features = traceFeatures(design, parameters, inputs, noDropout);
  const logits = traceHead(design, parameters, features, noDropout);
  const hidden = encoder.encode(parameters.scope(encoder.prefix, "embeddings"), inputs, {
    dropout: noDropout,
    positions: "all",
  });
  const loss = crossEntropy(logits, input("labels", "int32", [symbol("batch")]));
  const { weights } = await loadWeights(await weightFilesOf(folder), encoder, parameters.list(), { seed: 0 });
  const feeds: Record<string, TensorData> = {};
  for (const [name, { values }] of weights) feeds[name] = values;
  if (head !== "sequence") {
    feeds["classifier.weight"] = golden["study.weight"]!.values;
    feeds["classifier.bias"] = golden["study.bias"]!.values;
  }
  return { parameters: parameters.list(), hidden, logits, loss, feeds };
}

function batchFeeds({ name, size, length }: GoldenCase, golden: GoldenTensors): Record<string, TensorData> {
  return {
    input_ids: golden[`${name}.input_ids`]!.values,
    attention_mask: golden[`${name}.attention_mask`]!.values,
    token_type_ids: golden[`${name}.token_type_ids`]?.values ?? new Int32Array(size * length),
    labels: golden[`${name}.labels`]!.values,
  };
}

/** Largest absolute difference over the positions whose mask is 1. */
function maskedDifference(actual: TensorData, expected: GoldenTensors[string], mask: TensorData): number {
  const size = expected.shape.at(-1)!;
  let worst = 0;
  for (let i = 0; i < expected.values.length; i++) {
    if (Number(mask[Math.floor(i / size)]) === 1) {
      worst = Math.max(worst, Math.abs(Number(actual[i]) - expected.values[i]!));
    }
  }
  return worst;
}

function distance(a: ArrayLike<number>, b: ArrayLike<number>): number {
  let sum = 0;
  for (let i = 0; i < b.length; i++) sum += (a[i]! - b[i]!) ** 2;
  return Math.sqrt(sum);
}

for (const model of goldenModels(["distilbert", "bert", "roberta", "deberta", "deberta-v2"])) {
  const folder = `${modelFixtures}${model}`;
  const golden = readGolden(`${folder}/golden.safetensors`);
  const { cases, heads, zeroGradients } = JSON.parse(readFileSync(`${folder}/golden.json`, "utf8")) as {
    cases: GoldenCase[];
    heads: string[];
    zeroGradients: string[];
  };

  describe(`${model} equals transformers`, () => {
    test.each(heads)("hidden states, logits and loss with the %s head", async (head) => {
      const { hidden, logits, loss, feeds } = await build(folder, head, golden);
      const program = await Program.compile({ hidden, logits, loss });
      for (const each of cases) {
        const batch = batchFeeds(each, golden);
        const result = await program.run({ batch: each.size, length: each.length }, { ...feeds, ...batch });
        const off = maskedDifference(result.hidden, golden[`${each.name}.hidden`]!, batch.attention_mask!);
        expect(off, `hidden states of ${each.name}`).toBeLessThan(1e-4);
        const expected = golden[`${each.name}.${head}.logits`]!.values;
        expect(distance(result.logits as Float32Array, expected), `logits of ${each.name}`).toBeLessThan(
          1e-4,
        );
        expect(Number(result.loss[0])).toBeCloseTo(golden[`${each.name}.${head}.loss`]!.values[0]!, 4);
      }
      await program.release();
    });

    const differentiated = heads.filter((head) => cases.some((each) => each.gradients.includes(head)));
    test.each(differentiated)("the gradient of every parameter with the %s head", async (head) => {
      const { parameters, loss, feeds } = await build(folder, head, golden);
      const derivatives = gradients(
        loss,
        parameters.map(({ tensor }) => tensor),
      );
      const outputs: Record<string, Tensor> = { loss };
      for (const [i, { name }] of parameters.entries()) outputs[`grad.${name}`] = derivatives[i]!;
      const all = await Program.compile(outputs);
      const plain = await Program.compile(outputs, { optimization: "disabled" });
      for (const each of cases.filter((c) => c.gradients.includes(head))) {
        const sizes = { batch: each.size, length: each.length };
        const batch = { ...feeds, ...batchFeeds(each, golden) };
        const [optimised, unoptimised] = [await all.run(sizes, batch), await plain.run(sizes, batch)];
        for (const { name } of parameters) {
          const expected = golden[`${each.name}.${head}.grad.${name}`]!.values;
          const zero = zeroGradients.includes(name);
          const tolerance = zero ? 1e-5 : 1e-3 * Math.hypot(...expected);
          const actual = optimised[`grad.${name}`] as Float32Array;
          expect(distance(actual, expected), `${each.name} ${name}`).toBeLessThanOrEqual(tolerance);
          const reference = unoptimised[`grad.${name}`] as Float32Array;
          expect(distance(actual, reference), `${name}, optimised`).toBeLessThanOrEqual(tolerance);
        }
      }
      await all.release();
      await plain.release();
    });
  });
}
