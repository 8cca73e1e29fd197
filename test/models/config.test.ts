import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { ModelError } from "../../src/core/errors.ts";
import { logBucket } from "../../src/core/models/deberta-v2.ts";
import { encoderFor } from "../../src/core/models/registry.ts";
import { modelFixtures } from "./golden.ts";

const relative = { relative_attention: true, pos_att_type: "c2p|p2c" };

describe("config.json", () => {
  test("RoBERTa's positions start behind the padding id", () => {
    const base = { model_type: "roberta", max_position_embeddings: 514, pad_token_id: 1 };
    expect(encoderFor(base)).toMatchObject({ maxLength: 512, prefix: "roberta", modelType: "roberta" });
    expect(encoderFor({ ...base, model_type: "xlm-roberta" })).toMatchObject({
      prefix: "roberta",
      classifierClass: "XLMRobertaForSequenceClassification",
    });
  });

  test.each<[string, Record<string, unknown>]>([
    ["relative_attention", { model_type: "deberta", pos_att_type: "c2p" }],
    ["pos_att_type", { model_type: "deberta", ...relative, pos_att_type: "c2p|p2p" }],
    ["pos_att_type", { model_type: "deberta", ...relative, pos_att_type: null }],
    ["talking_head", { model_type: "deberta", ...relative, talking_head: true }],
    ["pooler_hidden_act", { model_type: "deberta", ...relative, pooler_hidden_act: "tanh" }],
    ["conv_kernel_size", { model_type: "deberta-v2", ...relative, conv_kernel_size: 3 }],
    ["norm_rel_ebd", { model_type: "deberta-v2", ...relative, norm_rel_ebd: "batch_norm" }],
    ["hidden_act", { model_type: "roberta", hidden_act: "gelu_new" }],
    ["hidden_act", { model_type: "bert", hidden_act: "relu" }],
    ["activation", { model_type: "distilbert", activation: "relu" }],
    ["5 heads", { model_type: "bert", num_attention_heads: 5 }],
    ["5 heads", { model_type: "deberta-v2", ...relative, num_attention_heads: 5 }],
    ["gpt2", { model_type: "gpt2" }],
    ["model_type", {}],
  ])("what can't be honoured is named: %s", (key, config) => {
    expect(() => encoderFor(config)).toThrow(ModelError);
    expect(() => encoderFor(config)).toThrow(key);
  });
});

test("position buckets are those of transformers", () => {
  const golden = JSON.parse(readFileSync(`${modelFixtures}log-buckets.json`, "utf8")) as {
    buckets: number;
    positions: number;
    expected: number[];
  }[];
  for (const { buckets, positions, expected } of golden) {
    const actual = expected.map((_, distance) => logBucket(distance, buckets, positions));
    expect(actual).toEqual(expected);
    const mirrored = expected.map((_, distance) => 0 - logBucket(-distance, buckets, positions));
    expect(mirrored).toEqual(expected);
  }
});
