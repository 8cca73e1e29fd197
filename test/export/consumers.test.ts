import { mkdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import {
  AutoModelForSequenceClassification,
  AutoTokenizer,
  env,
  pipeline,
  type TextClassificationPipeline,
} from "@huggingface/transformers";
import { beforeAll, describe, expect, test } from "vitest";
import type { ExportDtype } from "../../src/app/export/dtypes.ts";
import { exportModel } from "../../src/app/export/export-model.ts";
import { type Prediction, TextClassifier } from "../../src/index.ts";
import { saveModel } from "../../src/node/classifier/save-model.ts";
import { temporaryFolder } from "../cli/workspace.ts";
import { designs, randomClassifier, somePairs, someTexts } from "./random-classifier.ts";

/** What a file's probabilities may differ by from textune's own. */
const bounds: Record<ExportDtype, number> = { fp32: 1e-5, fp16: 0.02, q8: 0.15 };
const dtypes = Object.keys(bounds) as ExportDtype[];

let folder: string;

beforeAll(async () => {
  // Nothing is to be asked of the hub.
  env.allowRemoteModels = false;
  folder = await temporaryFolder();
});

/** A random classifier's folder, what it says of some texts, and the folder that it is exported to. */
async function exported(name: string, modelType: string, options: object, pair = false) {
  const place = join(folder, name.replaceAll(/\W/g, "-"));
  await mkdir(place);
  const [model, web, texts] = ["model", "web", "texts.jsonl"].map((entry) => join(place, entry)) as [
    string,
    string,
    string,
  ];
  await saveModel(randomClassifier(modelType, options, pair), model);
  const rows = pair
    ? somePairs(12).map(([text, second]) => ({ sentence1: text, sentence2: second }))
    : someTexts(12).map((text) => ({ text }));
  await writeFile(texts, rows.map((row) => JSON.stringify(row)).join("\n"));
  const columns = pair ? { textColumns: ["sentence1", "sentence2"] } : {};
  const record = await exportModel(model, web, { texts, columns, dtypes });
  return { web, record, classifier: await TextClassifier.fromPretrained(model) };
}

function expectScores(given: Record<string, number>, { scores }: Prediction, bound: number) {
  expect(Object.keys(given).sort()).toEqual(Object.keys(scores).sort());
  for (const [label, score] of Object.entries(scores)) {
    expect(Math.abs(given[label]! - score)).toBeLessThanOrEqual(bound);
  }
}

describe("transformers.js in Node", () => {
  test.each(Object.keys(designs))("opens a model with %s, and gives textune's scores", async (design) => {
    const { web, classifier } = await exported(design, "distilbert", designs[design]!);
    const texts = someTexts(12);
    const expected = await classifier.predict(texts);
    for (const dtype of dtypes) {
      const classify = (await pipeline("text-classification", web, { dtype })) as TextClassificationPipeline;
      for (const [i, text] of texts.entries()) {
        const answers = (await classify(text, { top_k: null as unknown as number })) as {
          label: string;
          score: number;
        }[];
        expectScores(
          Object.fromEntries(answers.map(({ label, score }) => [label, score])),
          expected[i]!,
          bounds[dtype],
        );
        if (dtype === "fp32") expect(answers[0]!.label).toBe(expected[i]!.label);
      }
      await classify.dispose();
    }
  });

  test("reads pairs through the tokenizer, as the card says", async () => {
    const { web, classifier, record } = await exported("pairs", "bert", {}, true);
    expect(record.limits.join()).toContain("text_pair");
    const tokenizer = await AutoTokenizer.from_pretrained(web);
    const model = await AutoModelForSequenceClassification.from_pretrained(web, { dtype: "fp32" });
    const options = { truncation: true, return_token_type_ids: true };
    expect(await readFile(join(web, "README.md"), "utf8")).toContain("return_token_type_ids: true,");
    for (const [text, pair] of somePairs(12)) {
      const { logits } = await model(tokenizer(text, { text_pair: pair, ...options }));
      const values = [...(logits.data as Float32Array)].map(Math.exp);
      const sum = values.reduce((a, b) => a + b, 0);
      const given = Object.fromEntries(classifier.labels.map((label, i) => [label, values[i]! / sum]));
      expectScores(given, await classifier.predict({ text, pair }), 1e-5);
    }
    await model.dispose();
  });

  test("cuts texts where textune does", async () => {
    const { web, classifier } = await exported("long", "distilbert", {});
    const long = someTexts(30).join(" ");
    const classify = (await pipeline("text-classification", web)) as TextClassificationPipeline;
    const answers = (await classify(long)) as { label: string; score: number }[];
    const expected = await classifier.predict(long);
    expect(answers[0]!.label).toBe(expected.label);
    expect(answers[0]!.score).toBeCloseTo(expected.score, 4);
    await classify.dispose();
  });

  test("takes the precision that is there, where it isn't told one", async () => {
    const place = join(folder, "only-q8");
    await saveModel(randomClassifier("distilbert", {}), join(place, "model"));
    await writeFile(join(place, "texts.txt"), someTexts(12).join("\n"));
    const options = { texts: join(place, "texts.txt"), dtypes: ["q8"] as const };
    await exportModel(join(place, "model"), join(place, "web"), options);
    const classify = await pipeline("text-classification", join(place, "web"));
    expect(await classify(someTexts(1))).toHaveLength(1);
    await classify.dispose();
  });
});

describe("what the folder says of itself", () => {
  test("thresholds that pipelines don't know are said; architecture and length are those of the files", async () => {
    const { web, record } = await exported("said", "distilbert", {
      ...designs["several classes a row"],
      pooling: "mean",
    });
    expect(record.limits.join()).toContain("sport 0.2, money 0.5, science 0.7");
    const read = async (file: string) => readFile(join(web, file), "utf8");
    expect(JSON.parse(await read("config.json"))).toMatchObject({
      model_type: "distilbert",
      architectures: ["DistilBertForSequenceClassification"],
      problem_type: "multi_label_classification",
      id2label: { "0": "sport", "1": "money", "2": "science" },
    });
    expect(JSON.parse(await read("tokenizer_config.json")).model_max_length).toBe(40);
    const card = await read("README.md");
    for (const limit of record.limits) expect(card).toContain(limit.replaceAll("_", "\\_"));
    expect(card).toContain("top_k: null");
    expect(JSON.parse(await read("export.json"))).toEqual(JSON.parse(JSON.stringify(record)));
  });
});
