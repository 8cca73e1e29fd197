import { readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test as it } from "vitest";
import { ConfigError, initModel, OutputError, TextClassifier, type Trainable } from "../../src/index.ts";
import { readSafetensorsFile } from "../../src/node/weights/safetensors-file.ts";
import { labels, quickFit, temporaryFolder, test, tinyClassifier, tinyTokenizer, train } from "./tiny.ts";

const small = { dim: 32, n_layers: 2, n_heads: 4, hidden_dim: 64, max_position_embeddings: 24 };

describe("initModel", () => {
  const init = async (seed: number) => {
    const folder = join(temporaryFolder(), "model");
    const tokenizer = tinyTokenizer();
    const made = await initModel(folder, { architecture: "distilbert", config: small, tokenizer, seed });
    return { folder, ...made };
  };
  const weights = (folder: string) => readFileSync(join(folder, "model.safetensors"));

  it("writes an encoder in Hugging Face's layout, the same for the same seed", async () => {
    const { folder, ...made } = await init(5);
    const config: unknown = JSON.parse(readFileSync(join(folder, "config.json"), "utf8"));
    expect(config).toMatchObject({
      architectures: ["DistilBertModel"],
      model_type: "distilbert",
      vocab_size: tinyTokenizer().vocabularySize,
      ...small,
      dropout: 0.1,
    });
    expect(made).toMatchObject({ architecture: "distilbert", layers: 2, hiddenSize: 32 });
    const stored = await readSafetensorsFile(join(folder, "model.safetensors"));
    expect([...stored.values()].reduce((sum, { values }) => sum + values.length, 0)).toBe(made.parameters);
    // As a bare encoder is published: without the prefix, and without a head.
    expect([...stored.keys()]).toContain("transformer.layer.1.attention.q_lin.weight");
    expect([...stored.keys()].filter((name) => /classifier|^distilbert\./.test(name))).toEqual([]);
    const spread = stored.get("transformer.layer.0.ffn.lin1.weight")!.values;
    const deviation = Math.sqrt(spread.reduce((sum, x) => sum + x * x, 0) / spread.length);
    expect(deviation).toBeCloseTo(0.02, 3);
    expect(new Set(stored.get("embeddings.LayerNorm.weight")!.values)).toEqual(new Set([1]));

    expect(weights((await init(5)).folder).equals(weights(folder))).toBe(true);
    expect(weights((await init(6)).folder).equals(weights(folder))).toBe(false);
  });

  it("makes what fromPretrained loads and fit trains", async () => {
    const { folder } = await init(42);
    const classifier = await TextClassifier.fromPretrained(folder, { labels });
    const { history } = await classifier.fit(train, { ...quickFit, epochs: 8 });
    expect(history.at(-1)!.evaluations.test!.accuracy).toBeGreaterThan(0.8);
  });

  it("is known to have random weights, until they are trained", async () => {
    const { folder } = await init(42);
    const codes = async (model: string, trainable: Trainable) => {
      const classifier = await TextClassifier.fromPretrained(model, { labels, trainable });
      const run = await classifier.fit(train, { ...quickFit, epochs: 1 });
      await classifier.save(join(folder, "trained"));
      return run.record.findings.map(({ code }) => code).filter((code) => /learning|random/.test(code));
    };
    // 3e-3 is a usual learning rate for random weights and a head, and not for a pretrained encoder.
    expect(await codes(folder, "head")).toEqual(["random-encoder"]);
    expect(await codes(folder, "all")).toEqual([]);
    expect(await codes(join(folder, "trained"), "all")).toEqual(["learning-rate"]);
  });

  it("refuses what can't work with one line", async () => {
    const tokenizer = tinyTokenizer();
    const folder = temporaryFolder();
    const make = (config: Record<string, unknown>, architecture = "distilbert") =>
      initModel(join(folder, "new"), { architecture, config, tokenizer });
    await expect(make({ vocab_size: 8 })).rejects.toThrow(ConfigError);
    await expect(make({ vocab_size: 8 })).rejects.toThrow("too small for a tokenizer with 35 tokens");
    await expect(make({ dim: 30, n_heads: 4 })).rejects.toThrow("can't be split among 4 heads");
    await expect(make({ n_layers: "two" })).rejects.toThrow("n_layers");
    writeFileSync(join(folder, "notes.txt"), "");
    const full = initModel(folder, { architecture: "distilbert", config: small, tokenizer });
    await expect(full).rejects.toThrow(OutputError);
    await initModel(folder, { architecture: "distilbert", config: small, tokenizer, overwrite: true });
  });
});

describe("fromPretrained with fromScratch", () => {
  const model = async () => {
    const folder = temporaryFolder();
    const pretrained = tinyClassifier();
    await pretrained.fit(train, quickFit);
    await pretrained.save(folder);
    return folder;
  };
  const weightsOf = async (classifier: TextClassifier) => {
    const folder = temporaryFolder();
    await classifier.save(folder);
    return readFileSync(join(folder, "model.safetensors"));
  };
  const load = (folder: string, seed?: number) =>
    TextClassifier.fromPretrained(folder, { fromScratch: true, seed });

  it("keeps the architecture, the tokenizer and the classes, and draws the weights from the seed", async () => {
    const folder = await model();
    const scratch = await load(folder);
    expect(scratch.labels).toEqual(labels);
    expect(scratch.tokenizer.encode("the goal of the team").ids).toEqual(
      tinyTokenizer().encode("the goal of the team").ids,
    );
    const weights = await weightsOf(scratch);
    expect(weights.equals(await weightsOf(await load(folder, 42)))).toBe(true);
    expect(weights.equals(await weightsOf(await load(folder, 43)))).toBe(false);
    // A model built from the same configuration and seed: nothing of the checkpoint is left.
    expect(weights.equals(await weightsOf(tinyClassifier()))).toBe(true);
    const pretrained = await TextClassifier.fromPretrained(folder);
    expect((await pretrained.evaluate(test)).accuracy).toBeGreaterThan(
      (await scratch.evaluate(test)).accuracy,
    );
  });

  it("needs no weights, and says in the record what the run started from", async () => {
    const folder = await model();
    rmSync(join(folder, "model.safetensors"));
    const run = await (await load(folder)).fit(train, { ...quickFit, epochs: 1 });
    expect(run.record.model.name).toBe(`${folder} (from scratch)`);
    await expect(TextClassifier.fromPretrained(folder)).rejects.toThrow("model.safetensors");
  });
});
