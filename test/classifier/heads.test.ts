import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import fc from "fast-check";
import { describe, expect, test as it } from "vitest";
import { saveRun } from "../../src/app/recipes/save-run.ts";
import { safetensorsPieces } from "../../src/core/models/safetensors.ts";
import type { Weight } from "../../src/core/models/weights.ts";
import { ModelError, type PretrainedOptions, TextClassifier } from "../../src/index.ts";
import { readSafetensorsFile } from "../../src/node/weights/safetensors-file.ts";
import { labels, quickFit, temporaryFolder, tinyClassifier, topicRows, train } from "./tiny.ts";

const texts = topicRows(12, 5).map(({ text }) => text);
const load = (folder: string, options: PretrainedOptions = {}) =>
  TextClassifier.fromPretrained(folder, options);

type Config = Record<string, unknown>;

/** Changes `config.json` and the weights of a saved model; undefined removes a key. */
async function edit(
  folder: string,
  changes: Config,
  rename: (name: string) => string | undefined = (name) => name,
  added: Record<string, Weight> = {},
): Promise<void> {
  const path = join(folder, "config.json");
  const config = { ...JSON.parse(readFileSync(path, "utf8")), ...changes };
  writeFileSync(path, JSON.stringify(config));
  const weights = new Map<string, Weight>(Object.entries(added));
  for (const [name, weight] of await readSafetensorsFile(join(folder, "model.safetensors"))) {
    const renamed = rename(name);
    if (renamed !== undefined) weights.set(renamed, weight);
  }
  writeFileSync(join(folder, "model.safetensors"), Buffer.concat(safetensorsPieces(weights)));
}

/** A classifier as Hugging Face's Trainer leaves it. */
async function huggingFaceFolder(changes: Config = {}): Promise<string> {
  const folder = temporaryFolder();
  await tinyClassifier({ head: "huggingface", seed: 3 }).save(folder);
  await edit(folder, { textune: undefined, ...changes });
  return folder;
}

describe("a checkpoint's head", () => {
  it.each(["linear", "huggingface"] as const)(
    "%s: classes in any order and case keep their rows",
    async (head) => {
      const folder = temporaryFolder();
      const saved = tinyClassifier({ head, seed: 3 });
      await saved.save(folder);
      const expected = await saved.predict(texts);
      await fc.assert(
        fc.asyncProperty(
          fc.shuffledSubarray(labels, { minLength: 3 }),
          fc.tuple(fc.boolean(), fc.boolean(), fc.boolean()),
          async (order, upper) => {
            const named = order.map((name, i) => (upper[i] ? name.toUpperCase() : name));
            const classifier = await load(folder, { labels: named });
            expect(classifier.loading.initialized).toEqual([]);
            expect(classifier.loading.dropped).toEqual([]);
            const isSameOrder = order.join() === labels.join();
            expect(classifier.loading.notes).toEqual(
              isSameOrder ? [] : [expect.stringContaining("in another order")],
            );
            for (const [i, { scores }] of (await classifier.predict(texts)).entries()) {
              const given = Object.fromEntries(
                Object.entries(scores).map(([name, score]) => [name.toLowerCase(), score]),
              );
              for (const name of labels) expect(given[name]).toBeCloseTo(expected[i]!.scores[name]!, 6);
            }
          },
        ),
        { numRuns: 8, seed: 7 },
      );
    },
  );

  it("of a single logit changes sides with its classes", async () => {
    const folder = temporaryFolder();
    const saved = tinyClassifier({ labels: ["no", "yes"], loss: "binaryCrossEntropy", seed: 3 });
    await saved.save(folder);
    const swapped = await load(folder, { labels: ["Yes", "No"] });
    const expected = await saved.predict(texts);
    for (const [i, { scores }] of (await swapped.predict(texts)).entries()) {
      expect(scores.Yes).toBeCloseTo(expected[i]!.scores.yes!, 6);
    }
  });

  it("takes its thresholds along", async () => {
    const folder = temporaryFolder();
    await tinyClassifier({ task: "multiLabel", thresholds: [0.1, 0.2, 0.3] }).save(folder);
    const [a, b, c] = labels;
    expect((await load(folder, { labels: [c!, a!, b!] })).thresholds).toEqual([0.3, 0.1, 0.2]);
  });

  it.each<[string, PretrainedOptions, string]>([
    ["the head", { head: "linear" }, "head is linear, and huggingface in the checkpoint"],
    ["the pooling", { pooling: "mean" }, "pooling is mean, and cls in the checkpoint"],
    ["the task", { task: "multiLabel" }, "task is multiLabel, and singleLabel in the checkpoint"],
    [
      "a class",
      { labels: ["sport", "money", "art"] },
      '"art", and "sport", "money", "science" in the checkpoint',
    ],
    ["their number", { labels: ["sport", "money"] }, '"sport", "money", and "sport", "money", "science"'],
  ])("is new, with a word, where %s differs", async (_, options, why) => {
    const folder = await huggingFaceFolder();
    const { loading } = await load(folder, options);
    expect(loading.notes).toEqual([expect.stringContaining(why)]);
    expect(loading.notes[0]).toMatch(/^the head is new: /);
    const dense = ["pre_classifier.weight", "pre_classifier.bias"];
    const output = ["classifier.weight", "classifier.bias"];
    expect([...loading.initialized]).toEqual(options.head === "linear" ? output : [...dense, ...output]);
    expect([...loading.dropped].sort()).toEqual([...dense, ...output].sort());
  });

  it("linear, of the same classes, doesn't begin with the other head's matrix", async () => {
    const folder = await huggingFaceFolder();
    await (await load(folder, { head: "linear", seed: 9 })).save(join(folder, "new"));
    const [old, fresh] = await Promise.all(
      [folder, join(folder, "new")].map((at) => readSafetensorsFile(join(at, "model.safetensors"))),
    );
    expect(fresh!.get("classifier.weight")!.values).not.toEqual(old!.get("classifier.weight")!.values);
  });
});

describe("a config.json", () => {
  it("that says num_labels alone names classes LABEL_0, …", async () => {
    const folder = await huggingFaceFolder({ id2label: undefined, label2id: undefined, num_labels: 3 });
    expect((await load(folder)).labels).toEqual(["LABEL_0", "LABEL_1", "LABEL_2"]);
  });

  it("without architectures is that of a classifier if its head is there", async () => {
    const folder = await huggingFaceFolder({ architectures: null });
    const classifier = await load(folder);
    expect(classifier.labels).toEqual(labels);
    expect(classifier.loading).toEqual({ initialized: [], dropped: [], notes: [] });
    await edit(folder, {}, (name) => (name.startsWith("distilbert.") ? name : undefined));
    await expect(load(folder)).rejects.toThrow("it is an encoder without classes; give their names");
  });

  it.each<[string, Config, string]>([
    ["regression", { problem_type: "regression", id2label: { "0": "LABEL_0" } }, "predicts a number"],
    ["one output", { id2label: { "0": "LABEL_0" } }, "a single output, not two or more classes"],
    ["one output, unnamed", { id2label: undefined, num_labels: 1 }, "a single output"],
    ["gaps", { id2label: { "0": "a", "2": "b" } }, "id2label in its config.json doesn't name classes 0, 1"],
    ["no map", { id2label: ["a", "b"] }, "id2label in its config.json doesn't name classes 0, 1"],
    ["a huge number", { id2label: undefined, num_labels: 1e15 }, "num_labels is 1000000000000000"],
  ])("with a head that can't be used is one of an encoder, with a word: %s", async (_, changes, why) => {
    const folder = await huggingFaceFolder(changes);
    const loading = load(folder);
    await expect(loading).rejects.toThrow(ModelError);
    await expect(loading).rejects.toThrow(why);
    const classifier = await load(folder, { labels: ["a", "b", "c", "d"] });
    expect(classifier.labels).toHaveLength(4);
    expect(classifier.loading.notes[0]).toContain(why);
  });

  it("without model_type is recognised, with a note", async () => {
    const folder = await huggingFaceFolder({ model_type: undefined });
    const classifier = await load(folder);
    expect(classifier.loading.notes).toEqual([
      expect.stringMatching(/no model_type; .* taken for a distilbert/),
    ]);
  });
});

describe("weights", () => {
  it.each(["module.", "_orig_mod.", "model.", "module._orig_mod.", "model.module."])(
    "named with %s in front are those without",
    async (prefix) => {
      const folder = await huggingFaceFolder();
      const expected = await (await load(folder)).predict(texts);
      await edit(folder, {}, (name) => `${prefix}${name}`);
      const classifier = await load(folder);
      expect(classifier.loading).toEqual({ initialized: [], dropped: [], notes: [] });
      expect(await classifier.predict(texts)).toEqual(expected);
    },
  );

  it("of a part that torch.compile made are those without", async () => {
    const folder = await huggingFaceFolder();
    const expected = await (await load(folder)).predict(texts);
    await edit(folder, {}, (name) => name.replace("distilbert.", "distilbert._orig_mod."));
    expect(await (await load(folder)).predict(texts)).toEqual(expected);
  });

  it("under both names of one key are those with the encoder's prefix, whatever their order", async () => {
    const folder = await huggingFaceFolder();
    const expected = await (await load(folder)).predict(texts);
    const [name, shape] = ["embeddings.word_embeddings.weight", [35, 32]];
    const other = { shape, values: new Float32Array(35 * 32).fill(1) };
    await edit(folder, {}, (key) => key, { [name]: other, [`module.distilbert.${name}`]: other });
    expect(await (await load(folder)).predict(texts)).toEqual(expected);
  });

  it("of old checkpoints call the layer norms' gamma and beta", async () => {
    const folder = temporaryFolder();
    const sizes = { hidden_size: 32, num_hidden_layers: 1, num_attention_heads: 4, intermediate_size: 64 };
    const saved = tinyClassifier({ head: "huggingface", changes: { model_type: "bert", ...sizes } });
    await saved.save(folder);
    await edit(folder, {}, (key) =>
      key.replace("LayerNorm.weight", "LayerNorm.gamma").replace("LayerNorm.bias", "LayerNorm.beta"),
    );
    expect(await (await load(folder)).predict(texts)).toEqual(await saved.predict(texts));
  });
});

it.each([
  ["cut in training", { truncation: 12 }, 12],
  ["not cut", {}, 24],
])("a saved model's tokenizer tells other tools where rows end: %s", async (_, options, length) => {
  const folder = temporaryFolder();
  const classifier = tinyClassifier();
  await classifier.fit(train, { ...quickFit, ...options, epochs: 1, evaluate: {} });
  await classifier.save(folder);
  const config = JSON.parse(readFileSync(join(folder, "tokenizer_config.json"), "utf8"));
  expect(config.model_max_length).toBe(length);
});

it("a run's record, report and card say what is new and what isn't used", async () => {
  const folder = await huggingFaceFolder();
  const classifier = await load(folder, { labels: ["sport", "money", "science", "art"] });
  const run = await classifier.fit(train, { ...quickFit, epochs: 1, evaluate: {} });
  const { model } = run.record;
  expect(model.initialized).toEqual([
    ...["pre_classifier.weight", "pre_classifier.bias", "classifier.weight", "classifier.bias"],
  ]);
  expect(model.dropped).toHaveLength(4);
  expect(model.loadingNotes![0]).toContain("the head is new");
  await saveRun(run, join(folder, "run"));
  const card = readFileSync(join(folder, "run/model/README.md"), "utf8");
  const said = /new parameters, random at first: pre_classifier\.weight/i;
  expect(card.replaceAll("\\", "")).toMatch(said);
  expect(readFileSync(join(folder, "run/report.html"), "utf8")).toMatch(said);
});
