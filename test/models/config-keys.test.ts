import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { ModelError } from "../../src/core/errors.ts";
import { architectures, baseConfig, encoderFor } from "../../src/core/models/registry.ts";
import { modelFixtures } from "./golden.ts";

const known: Record<string, string[]> = JSON.parse(readFileSync(`${modelFixtures}config-keys.json`, "utf8"));

/** Values that ask for another computation. */
const other: Record<string, unknown> = {
  is_decoder: true,
  is_encoder_decoder: true,
  add_cross_attention: true,
  pruned_heads: { "0": [1] },
  quantization_config: { quant_method: "bitsandbytes" },
  per_layer_config: { "0": {} },
  embedding_size: 128,
  pooler_hidden_size: 128,
  talking_head: true,
  attention_head_size: 32,
  conv_kernel_size: 3,
};

/** Values that say what textune computes anyway. */
const usual: Record<string, unknown[]> = {
  is_decoder: [false, null],
  pruned_heads: [{}, null],
  embedding_size: [768, null],
  pooler_hidden_size: [768],
  talking_head: [false],
  attention_head_size: [64],
  conv_kernel_size: [0],
};

describe.each(architectures)("$modelType", ({ modelType, used, refused, withoutEffect }) => {
  const sets = [used, Object.keys(refused), withoutEffect];

  test("each key is used, refused unless usual, or without effect, and only one of these", () => {
    const all = sets.flat();
    expect(all.filter((key, i) => all.indexOf(key) !== i)).toEqual([]);
    expect(known[modelType]!.filter((key) => !all.includes(key))).toEqual([]);
  });

  test.each(Object.keys(refused))("%s is refused by name where it asks for something else", (key) => {
    expect(other).toHaveProperty(key);
    const config = { ...baseConfig(modelType), [key]: other[key] };
    expect(() => encoderFor(config)).toThrow(ModelError);
    expect(() => encoderFor(config)).toThrow(`configuration textune can run: ${key}:`);
    for (const value of usual[key] ?? []) encoderFor({ ...baseConfig(modelType), [key]: value });
  });

  test.each(used)("%s is checked", (key) => {
    expect(() => encoderFor({ ...baseConfig(modelType), [key]: { no: "value" } })).toThrow(`${key}`);
  });
});

test("DistilBERT's sizes may have the names that other architectures give them, which then win", () => {
  const config = { hidden_size: 48, num_hidden_layers: 2, num_attention_heads: 4 };
  const encoder = encoderFor({ ...baseConfig("distilbert"), ...config });
  expect(encoder).toMatchObject({ hiddenSize: 48, layers: 2 });
});
