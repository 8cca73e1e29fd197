import { readFileSync, truncateSync } from "node:fs";
import { join } from "node:path";
import { InferenceSession, Tensor } from "onnxruntime-node";
import { describe, expect, test as it } from "vitest";
import { saveRun } from "../../src/app/recipes/save-run.ts";
import { ModelError, TextClassifier } from "../../src/index.ts";
import { readSafetensorsFile } from "../../src/node/weights/safetensors-file.ts";
import { labels, quickFit, temporaryFolder, test, tinyClassifier, topicRows, train } from "./tiny.ts";

describe("a saved model", () => {
  it.each([
    ["linear", "cls", "distilbert"],
    ["linear", "mean", "distilbert"],
    ["huggingface", "cls", "distilbert"],
    ["huggingface", "cls", "bert"],
  ] as const)(
    "with the %s head on %s of a %s gives the same numbers",
    async (head, pooling, architecture) => {
      const folder = temporaryFolder();
      const sizes = { hidden_size: 32, num_hidden_layers: 2, num_attention_heads: 4, intermediate_size: 64 };
      const classifier = tinyClassifier({ head, pooling, changes: { model_type: architecture, ...sizes } });
      await classifier.fit(train, { ...quickFit, epochs: 1 });
      await classifier.save(folder);
      const loaded = await TextClassifier.fromPretrained(folder);
      expect(loaded.labels).toEqual(labels);
      const texts = topicRows(40, 5).map(({ text }) => text);
      expect(await loaded.predict(texts)).toEqual(await classifier.predict(texts));
      expect(await loaded.evaluate(test)).toEqual(await classifier.evaluate(test));
      await loaded.save(join(folder, "again"));
      const stored = (file: string) =>
        [join(folder, file), join(folder, "again", file)].map((path) => readFileSync(path));
      for (const file of ["model.safetensors", "tokenizer.json", "tokenizer_config.json"]) {
        const [first, again] = stored(file);
        expect(again!.equals(first!), file).toBe(true);
      }
      const [config, again] = stored("config.json").map((bytes) => JSON.parse(bytes.toString()));
      expect(again).toEqual(config);
    },
  );

  it.each([
    ["linear", "cls", undefined],
    ["huggingface", "mean", undefined],
    ["huggingface", "cls", ["DistilBertForSequenceClassification"]],
  ] as const)(
    "with the %s head on %s names the class that is the whole of it",
    async (head, pooling, named) => {
      const folder = temporaryFolder();
      await tinyClassifier({ head, pooling }).save(folder);
      const config = JSON.parse(readFileSync(join(folder, "config.json"), "utf8"));
      expect(config.architectures).toEqual(named);
    },
  );

  it("cuts texts as in training", async () => {
    const folder = temporaryFolder();
    const classifier = tinyClassifier();
    await classifier.fit(train, { ...quickFit, epochs: 1, truncation: 6 });
    await classifier.save(folder);
    const loaded = await TextClassifier.fromPretrained(folder);
    const [short, long] = await loaded.predict(["the goal of the", "the goal of the match was very new"]);
    expect(long).toEqual(short);
  });

  it("is refused with one line where it is damaged", async () => {
    const folder = temporaryFolder();
    await tinyClassifier().save(folder);
    await expect(TextClassifier.fromPretrained(join(folder, "nothing-here"))).rejects.toThrow(ModelError);
    truncateSync(join(folder, "model.safetensors"), 5000);
    await expect(TextClassifier.fromPretrained(folder)).rejects.toThrow(/model\.safetensors .*too early/);
  });
});

it("a run keeps its predictions, a line a row", async () => {
  const folder = temporaryFolder();
  const classifier = tinyClassifier();
  const run = await classifier.fit(train, quickFit);
  await saveRun(run, folder);
  const lines = readFileSync(join(folder, "predictions", "test.jsonl"), "utf8")
    .trimEnd()
    .split("\n");
  expect(lines).toHaveLength(test.length);
  const predictions = await classifier.predict(test.texts()[0]!);
  const ids = test.labelIds(labels);
  let right = 0;
  for (const [row, line] of lines.entries()) {
    const stored = JSON.parse(line);
    expect(stored).toMatchObject({ row, label: ids[row], texts: [test.texts()[0]![row]] });
    expect(labels[stored.predicted]).toBe(predictions[row]!.label);
    expect(stored.probabilities).toEqual(Object.values(predictions[row]!.scores));
    right += Number(stored.predicted === stored.label);
  }
  expect(run.record.evaluations[0]!.report.accuracy).toBeCloseTo(right / test.length, 12);
});

describe("the training step as an ONNX file", () => {
  it("runs in onnxruntime, and its gradients are those of what is trained", async () => {
    const folder = temporaryFolder();
    const classifier = tinyClassifier({ trainable: "top:1" });
    await classifier.save(folder);
    await classifier.writeTrainingStep(join(folder, "step.onnx"));
    const session = await InferenceSession.create(join(folder, "step.onnx"));
    const gradients = session.outputNames.filter((name) => name.startsWith("gradient/"));
    expect(gradients).toContain("gradient/classifier.weight");
    expect(gradients).toContain("gradient/distilbert.transformer.layer.1.ffn.lin1.weight");
    expect(gradients.some((name) => name.includes("layer.0") || name.includes("embeddings"))).toBe(false);

    const feeds: Record<string, Tensor> = {
      input_ids: new Tensor("int32", Int32Array.of(2, 6, 18, 3, 2, 7, 3, 0), [2, 4]),
      attention_mask: new Tensor("int32", Int32Array.of(1, 1, 1, 1, 1, 1, 1, 0), [2, 4]),
      labels: new Tensor("int32", Int32Array.of(0, 2), [2]),
      dropout_seed: new Tensor("uint32", Uint32Array.of(1), []),
    };
    for (const [name, { shape, values }] of await readSafetensorsFile(join(folder, "model.safetensors"))) {
      feeds[name] = new Tensor("float32", values, shape);
    }
    expect([...session.inputNames].sort()).toEqual(Object.keys(feeds).sort());
    const results = await session.run(feeds);
    // A model that knows nothing yet: ln 3, give or take its random weights.
    expect(Number(results.loss!.data[0])).toBeGreaterThan(0.6);
    expect(Number(results.loss!.data[0])).toBeLessThan(1.7);
    expect(results["gradient/classifier.weight"]!.dims).toEqual([3, 32]);
    await session.release();
  });
});
