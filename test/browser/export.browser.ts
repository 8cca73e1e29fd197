import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { env, pipeline } from "@huggingface/transformers";
import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { ExportDtype } from "../../src/app/export/dtypes.ts";
import { exportModel } from "../../src/app/export/export-model.ts";
import { TextClassifier } from "../../src/index.ts";
import { saveModel } from "../../src/node/classifier/save-model.ts";
import { topicRows } from "../classifier/tiny.ts";
import { temporaryFolder } from "../cli/workspace.ts";
import { designs, randomClassifier } from "../export/random-classifier.ts";
import { startChromium } from "./chromium.ts";
import { distOf, type PageServer, servePage } from "./page-server.ts";

/** transformers.js as a page takes it from a host, asked nothing of the hub or of a CDN. */
const html = `<!doctype html><title>textune</title><script type="module">
import { env, pipeline } from "/transformers.js/transformers.min.js";
env.allowRemoteModels = false;
env.allowLocalModels = true;
env.localModelPath = "/models/";
env.backends.onnx.wasm.wasmPaths = "/ort/";
const pipelines = new Map();
window.classify = async (model, dtype, texts) => {
  const key = model + dtype;
  if (!pipelines.has(key)) pipelines.set(key, await pipeline("text-classification", model, { dtype, device: "wasm" }));
  const answers = [];
  for (const text of texts) answers.push(await pipelines.get(key)(text, { top_k: null }));
  return answers;
};
</script>`;

type Answers = { label: string; score: number }[][];
type Classify = (model: string, dtype: string | undefined, texts: string[]) => Promise<Answers>;

const texts = topicRows(200, 8).map(({ text }) => text);
const classifiers = new Map<string, TextClassifier>();
let folder: string;
let server: PageServer;
let browser: Browser;
let page: Page;

beforeAll(async () => {
  folder = await temporaryFolder();
  await writeFile(join(folder, "texts.txt"), texts.slice(0, 40).join("\n"));
  for (const [i, [design, options]] of Object.entries(designs).entries()) {
    const model = join(folder, `model-${i}`);
    await saveModel(randomClassifier("distilbert", options), model);
    await exportModel(model, join(folder, "web", `design-${i}`), {
      texts: join(folder, "texts.txt"),
      dtypes: ["fp32", "fp16", "q8"],
    });
    classifiers.set(design, await TextClassifier.fromPretrained(model));
  }
  server = await servePage(html, {
    folders: {
      "transformers.js": distOf("@huggingface/transformers"),
      ort: distOf("onnxruntime-web"),
      models: join(folder, "web"),
    },
  });
  browser = await startChromium();
  page = await browser.newPage();
  await page.goto(server.url);
  await page.waitForFunction("window.classify !== undefined");
});

afterAll(async () => {
  await browser?.close();
  await server?.close();
});

/** What the page says of texts. */
const inBrowser: Classify = (model, dtype, list) =>
  page.evaluate(
    ([name, precision, all]) =>
      (globalThis as unknown as { classify: Classify }).classify(name, precision, all as string[]),
    [model, dtype, list] as const,
  );

describe("transformers.js in Chromium", () => {
  test.each([...Object.keys(designs).entries()])(
    "model %i, with %s, agrees with textune on 200 texts",
    async (i, design) => {
      const predictions = await classifiers.get(design)!.predict(texts);
      const answers = await inBrowser(`design-${i}`, "fp32", texts);
      for (const [row, { label, scores }] of predictions.entries()) {
        expect(answers[row]![0]!.label).toBe(label);
        for (const { label: name, score } of answers[row]!)
          expect(Math.abs(score - scores[name]!)).toBeLessThan(1e-4);
      }
    },
  );

  const rounded: [ExportDtype, number][] = [
    ["fp16", 0.02],
    ["q8", 0.02],
  ];
  test.each(rounded)("%s gives in WebAssembly what it gives in Node", async (dtype, bound) => {
    env.allowRemoteModels = false;
    const classify = await pipeline("text-classification", join(folder, "web", "design-0"), { dtype });
    const answers = await inBrowser("design-0", dtype, texts.slice(0, 60));
    for (const [row, text] of texts.slice(0, 60).entries()) {
      const expected = (await classify(text, { top_k: null as unknown as number })) as Answers[number];
      const scores = new Map(expected.map(({ label, score }) => [label, score]));
      for (const { label, score } of answers[row]!) {
        expect(Math.abs(score - scores.get(label)!)).toBeLessThan(bound);
      }
    }
    await classify.dispose();
  });

  test("takes int8 where it isn't told a precision", async () => {
    const some = texts.slice(0, 5);
    expect(await inBrowser("design-1", undefined, some)).toEqual(await inBrowser("design-1", "q8", some));
  });
});
