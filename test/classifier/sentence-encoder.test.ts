import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test as it } from "vitest";
import { readSentenceEncoder } from "../../src/core/classifier/sentence-encoder.ts";
import { ModelError, type PretrainedOptions, TextClassifier } from "../../src/index.ts";
import { labels, temporaryFolder, tinyClassifier, train } from "./tiny.ts";

const modules = ["Transformer", "Pooling", "Normalize"].map((kind, idx) => ({
  ...{ idx, name: String(idx), path: idx === 0 ? "" : `${idx}_${kind}` },
  type: `sentence_transformers.models.${kind}`,
}));
const read = (
  pooling: unknown,
  { transformer, list = modules }: { transformer?: unknown; list?: unknown } = {},
) => readSentenceEncoder({ modules: list, pooling, transformer }, "MODEL");

/** A folder as sentence-transformers saves it: a bare encoder and how its vectors are made. */
async function sentenceFolder(poolingFolder = "1_Pooling"): Promise<string> {
  const folder = temporaryFolder();
  await tinyClassifier().save(folder);
  const path = join(folder, "config.json");
  const { textune: _, id2label: __, label2id: ___, ...config } = JSON.parse(readFileSync(path, "utf8"));
  const write = (name: string, value: unknown) => writeFileSync(join(folder, name), JSON.stringify(value));
  write("config.json", { ...config, architectures: ["DistilBertModel"] });
  write("modules.json", [modules[0], { ...modules[1], path: poolingFolder }, modules[2]]);
  write("sentence_bert_config.json", { max_seq_length: 10, do_lower_case: false });
  mkdirSync(join(folder, poolingFolder));
  write(`${poolingFolder}/config.json`, { pooling_mode_cls_token: false, pooling_mode_mean_tokens: true });
  return folder;
}

describe("what sentence-transformers says of an encoder", () => {
  it.each([
    [{ pooling_mode_mean_tokens: true, pooling_mode_cls_token: false }, "mean"],
    [{ pooling_mode_mean_tokens: false, pooling_mode_cls_token: true }, "cls"],
    [{ pooling_mode: "mean", embedding_dimension: 32 }, "mean"],
    [{ pooling_mode: "cls" }, "cls"],
  ])("of %j is %s pooling", (config, pooling) => {
    expect(read(config)).toEqual({ pooling, maxLength: undefined, notes: [] });
  });

  it.each([
    [{ pooling_mode_max_tokens: true }, "mean", "max_tokens"],
    [{ pooling_mode: "lasttoken" }, "mean", "lasttoken"],
    [{ pooling_mode: ["max", "cls"] }, "cls", "max and cls"],
    [{ pooling_mode: "wavelet" }, undefined, "wavelet"],
  ])("of %j says what is done otherwise", (config, pooling, named) => {
    const found = read(config)!;
    expect(found.pooling).toBe(pooling);
    expect(found.notes.join()).toContain(`pooling by ${named}, which textune doesn't have`);
  });

  it("names layers that are not applied", () => {
    const dense = { path: "2_Dense", type: "sentence_transformers.models.Dense" };
    const found = read({ pooling_mode: "mean" }, { list: [...modules, dense] });
    expect(found?.notes).toEqual(["not used of modules.json: Dense"]);
  });

  it("is nothing for another model, and an error for a damaged file", () => {
    expect(readSentenceEncoder({ modules: undefined, pooling: undefined, transformer: undefined }, "M")).toBe(
      undefined,
    );
    expect(() => read(undefined, { transformer: { max_seq_length: "long" } })).toThrow(
      new ModelError(
        "sentence_bert_config.json of MODEL is not what sentence-transformers writes; remove it or save the model again",
      ),
    );
  });
});

describe("an encoder of sentence-transformers", () => {
  const fitted = async (folder: string, options: PretrainedOptions = {}) => {
    const classifier = await TextClassifier.fromPretrained(folder, { labels, trainable: "head", ...options });
    const { record } = await classifier.fit(train, { epochs: 1, featureCache: false });
    return record;
  };

  it.each(["1_Pooling", "pooling"])(
    "is pooled and cut as its files in %s say, and that is said",
    async (name) => {
      const { model, data } = await fitted(await sentenceFolder(name));
      expect(model).toMatchObject({ pooling: "mean", maxLength: 10 });
      expect(model.loadingNotes).toEqual([
        "mean pooling and a cut at 10 tokens, as sentence-transformers reads this encoder",
      ]);
      expect(data[0]!.truncatedRows).toBeGreaterThan(0);
    },
  );

  it("is pooled as the user says", async () => {
    const { model } = await fitted(await sentenceFolder(), { pooling: "cls" });
    expect(model.pooling).toBe("cls");
    expect(model.loadingNotes).toEqual(["a cut at 10 tokens, as sentence-transformers reads this encoder"]);
  });

  it("keeps [CLS] under Hugging Face's head", async () => {
    expect((await fitted(await sentenceFolder(), { head: "huggingface" })).model.pooling).toBe("cls");
  });

  it("gives way to the settings of a trained classifier", async () => {
    const folder = await sentenceFolder();
    const classifier = await TextClassifier.fromPretrained(folder, { labels, pooling: "cls" });
    await classifier.save(folder);
    const { loading } = await TextClassifier.fromPretrained(folder);
    expect(loading.notes).toEqual([]);
  });
});
