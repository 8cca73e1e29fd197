import { describe, expect, test } from "vitest";
import { chooseLayers, tolerance } from "../../src/app/export/choose-layers.ts";
import { exportGraph } from "../../src/app/export/export-graph.ts";
import { ExportedModel } from "../../src/app/export/exported-model.ts";
import { parity } from "../../src/app/export/parity.ts";
import type { FromScratchOptions } from "../../src/core/classifier/classifier-options.ts";
import { Scorer } from "../../src/core/classifier/predict.ts";
import { valuesOf } from "../../src/core/classifier/state.ts";
import { halfGraph } from "../../src/core/engine/half-graph.ts";
import { quantizableLayers, quantizedGraph } from "../../src/core/engine/quantize.ts";
import { reachable } from "../../src/core/engine/tensor.ts";
import { LocalRunner } from "../../src/core/runner/local-runner.ts";
import { tokenizeRows } from "../../src/core/text/tokenize-rows.ts";
import { designs, randomClassifier, somePairs, someTexts } from "./random-classifier.ts";

/** A random classifier, what it gives for some texts, or pairs of them, and its graph. */
async function classifier(modelType: string, options: Partial<FromScratchOptions>) {
  const pairs = modelType === "bert";
  const state = randomClassifier(modelType, options, pairs);
  const rows = await tokenizeRows(state.tokenizer, pairs ? somePairs(12) : someTexts(12), { maxLength: 40 });
  const before = await new Scorer(state, new LocalRunner()).outputs(rows, "texts", {});
  return { state, rows, before, graph: exportGraph(state), values: valuesOf(state.weights) };
}

/** Every design of one encoder, and one of every other. */
const cases = [
  ...Object.keys(designs).map((design) => ["distilbert", design] as const),
  ["bert", "Hugging Face's head"] as const,
  ["roberta", "a linear head on the mean"] as const,
  ["deberta", "a linear head on [CLS]"] as const,
  ["deberta-v2", "Hugging Face's head"] as const,
];

describe("the answers are the same once exported", () => {
  test.each(cases)("%s with %s", async (modelType, design) => {
    const { state, rows, before, graph, values } = await classifier(modelType, designs[design]!);
    const exact = new ExportedModel(state, graph.logits, values);
    const half = halfGraph(graph, values);
    const quantized = quantizedGraph(graph, values);
    const compare = async (model: ExportedModel) => {
      const { outputs } = await model.outputs(rows, { subject: "texts" });
      return parity(before, outputs, undefined);
    };
    const same = await compare(exact);
    expect(same.largestDifference).toBeLessThan(1e-5);
    expect(same.agreement).toBe(1);
    expect(
      (await compare(new ExportedModel(state, half.outputs.logits, half.values))).largestDifference,
    ).toBeLessThan(0.02);
    const moved = await compare(new ExportedModel(state, quantized.outputs.logits, quantized.values));
    expect(moved.meanDifference).toBeGreaterThan(0);
    expect(moved.meanDifference).toBeLessThan(0.1);
    const inputs = reachable([graph.logits]).flatMap(({ source, dtype }) =>
      source.kind === "input" && dtype === "int64" ? [source.name] : [],
    );
    const typed = modelType === "bert" ? ["token_type_ids"] : [];
    expect(inputs.sort()).toEqual(["attention_mask", "input_ids", ...typed]);
  });
});

describe("layers that int8 can't do justice", () => {
  const rowsOf = async (change: (name: string, values: Float32Array) => void) => {
    const made = await classifier("distilbert", {});
    for (const [name, { values }] of made.state.weights) change(name, values);
    const before = await new Scorer(made.state, new LocalRunner()).outputs(made.rows, "texts", {});
    return { ...made, choice: await chooseLayers(made.state, made.graph, made.rows, before, {}), before };
  };

  test("are found by their outliers, compute in float32, and the answers come back", async () => {
    // A hidden unit of the feed-forward layers that outweighs all others by far, and that nothing reads.
    const { state, graph, values, rows, before, choice } = await rowsOf((name, weights) => {
      if (/ffn.lin1.bias/.test(name)) weights[5] = 40_000;
      if (!/ffn.lin2.weight/.test(name)) return;
      for (const i of weights.keys()) weights[i] = i % 96 === 5 ? 0 : weights[i]! * 6;
    });
    const difference = async (options: object) => {
      const { outputs, values: quantized } = quantizedGraph(graph, values, options);
      const model = new ExportedModel(state, outputs.logits, quantized);
      return parity(before, (await model.outputs(rows, { subject: "texts" })).outputs, undefined)
        .meanDifference;
    };
    expect(await difference({})).toBeGreaterThan(tolerance);
    const worst = choice.layers.slice(0, 2).map(({ name }) => name);
    expect(worst.sort()).toEqual(
      [0, 1].map((layer) => `distilbert.transformer.layer.${layer}.ffn.lin2.weight`),
    );
    expect(choice.float32Products.length).toBeGreaterThan(0);
    expect(choice.float32Products.length).toBeLessThan(choice.layers.length);
    expect(choice.keep).toEqual([]);
    expect(choice.difference).toBeLessThanOrEqual(tolerance);
    expect(await difference({ float32Products: new Set(choice.float32Products) })).toBeCloseTo(
      choice.difference,
      6,
    );
  });

  test("are left in float32 altogether where their weights are what is lost", async () => {
    const { choice, graph, values } = await rowsOf((name, weights) => {
      // A weight in every row that nothing reads takes the whole range of int8.
      if (name === "distilbert.transformer.layer.1.ffn.lin2.weight") {
        for (let row = 0; row < 64; row++) weights[row * 96 + 7] = 1e5;
      }
      if (name === "distilbert.transformer.layer.1.ffn.lin1.weight") weights.fill(0, 7 * 64, 8 * 64);
      if (name === "distilbert.transformer.layer.1.ffn.lin1.bias") weights[7] = 0;
    });
    expect(choice.keep[0]).toBe("distilbert.transformer.layer.1.ffn.lin2.weight");
    expect(choice.keep.length).toBeLessThan(quantizableLayers(graph, values).length);
    expect(choice.difference).toBeLessThanOrEqual(tolerance);
    expect(choice.float32Products.filter((name) => choice.keep.includes(name))).toEqual([]);
  });
});
