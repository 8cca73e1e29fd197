import { expect, test } from "vitest";
import { ModelError } from "../../src/core/errors.ts";
import { architectures, baseConfig, encoderFor, recognizeConfig } from "../../src/core/models/registry.ts";

test.each<[string, Record<string, unknown>, string, string]>([
  ["bert", { architectures: ["BertForMaskedLM"] }, "some/model", "by its architectures"],
  ["xlm-roberta", { architectures: ["XLMRobertaModel"] }, "some/model", "by its architectures"],
  ["deberta-v2", { architectures: ["DebertaV2Model"] }, "microsoft/deberta-x", "by its architectures"],
  ["distilbert", { dim: 768, n_layers: 6, n_heads: 12 }, "some/bert", "by its keys"],
  ["deberta", { relative_attention: true, pos_att_type: "c2p" }, "some/model", "by its keys"],
  ["deberta-v2", { relative_attention: true, position_buckets: 256 }, "some/model", "by its keys"],
  ["roberta", {}, "org/RoBERTa-large", "by its name"],
  ["xlm-roberta", { architectures: null }, "models/xlm-roberta-base", "by its name"],
  ["bert", { architectures: ["Unknown"] }, "prajjwal1/bert-tiny", "by its name"],
])("%s is recognised without model_type, with a note", (modelType, config, name, by) => {
  const recognized = recognizeConfig(config, name);
  expect(recognized.config).toEqual({ ...config, model_type: modelType });
  expect(recognized.note).toBe(`config.json has no model_type; ${by} the model is taken for a ${modelType}`);
});

test.each(["albert-base-v2", "camembert-base", "some/model"])("%s tells nothing", (name) => {
  const { config, note } = recognizeConfig({ hidden_size: 32, architectures: ["AlbertModel"] }, name);
  expect(note).toBeUndefined();
  expect(() => encoderFor(config)).toThrow("config.json has no model_type; textune trains distilbert, bert");
});

test.each(architectures)("$modelType is left as it says", ({ modelType }) => {
  const config = baseConfig(modelType);
  expect(recognizeConfig(config, "roberta")).toEqual({ config });
});

test.each([null, 3, "bert", []])("%j is no configuration", (config) => {
  expect(() => recognizeConfig(config, "bert")).toThrow(ModelError);
  expect(() => encoderFor(config)).toThrow(ModelError);
});
