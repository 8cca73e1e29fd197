import { copyFile, mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { Dataset, initModel, type Prediction, TextClassifier, trainWordPiece } from "../../src/index.ts";
import { saveModel } from "../../src/node/classifier/save-model.ts";
import { labels, tinyClassifier, tinyTokenizer, topicDataset, topicRows } from "../classifier/tiny.ts";
import { temporaryFolder } from "../cli/workspace.ts";
import { designs, randomClassifier } from "../export/random-classifier.ts";
import { ask, startChromium } from "./chromium.ts";
import { mailRows } from "./mail-rows.ts";
import { type PageServer, servePage } from "./page-server.ts";
import {
  askWell,
  bundlePage,
  largestDifference,
  open,
  readWeights,
  type WebBundle,
  weightsIn,
} from "./web-page.ts";

/** Folder of a real model; without it the random ones say the same. */
const realModel = process.env.TEXTUNE_MINILM;
const crossOrigin = {
  "access-control-allow-origin": "*",
  etag: '"1"',
  "access-control-expose-headers": "etag",
};

let bundle: WebBundle;
let models: string;
let server: PageServer;
let browser: Browser;
let page: Page;

beforeAll(async () => {
  bundle = await bundlePage();
  models = await temporaryFolder();
  server = await bundle.serve({ folders: { models, ...(realModel && { real: realModel }) } });
  browser = await startChromium();
  page = await browser.newPage();
  await open(page, server);
});

afterAll(async () => {
  await browser?.close();
  await server?.close();
  await bundle?.remove();
});

/** Logits, but for the constant that softmax drops. */
const logitsOf = ({ scores }: Prediction): number[] => {
  const logs = Object.values(scores).map(Math.log);
  const mean = logs.reduce((a, b) => a + b) / logs.length;
  return logs.map((log) => log - mean);
};

function expectSameLogits(actual: readonly Prediction[], expected: readonly Prediction[]): void {
  for (const [row, prediction] of expected.entries()) {
    const logits = logitsOf(prediction);
    const others = logitsOf({ ...actual[row]!, scores: sorted(actual[row]!, prediction) });
    for (const [i, logit] of logits.entries()) expect(Math.abs(others[i]! - logit)).toBeLessThan(1e-4);
  }
}

/** Scores in the order of another's. */
const sorted = ({ scores }: Prediction, { scores: order }: Prediction): Record<string, number> =>
  Object.fromEntries(Object.keys(order).map((label) => [label, scores[label]!]));

const scratchOptions = (seed = 42) => ({
  labels,
  tokenizer: tinyTokenizer().files(),
  seed,
  config: {
    model_type: "distilbert",
    ...{ dim: 32, n_layers: 2, n_heads: 4, hidden_dim: 64, max_position_embeddings: 24 },
  },
});

const rows = topicRows(160, 1);

describe("what Chromium computes is what Node computes", () => {
  const kinds = ["distilbert", "bert", "roberta", "deberta", "deberta-v2"].map(
    (type, i) => [type, Object.values(designs)[i]!] as const,
  );
  test.each(kinds)("tokens are equal and logits within 1e-4: %s", async (type, design) => {
    const folder = join(models, type);
    await saveModel(randomClassifier(type, design), folder);
    const native = await TextClassifier.fromPretrained(folder);
    const texts = topicRows(40, 8).map(({ text }) => text);
    const web = await askWell<number>(page, "load", `/models/${type}/`, {});
    const encodings = await askWell<{ ids: number[] }[]>(page, "encode", web, texts);
    expect(encodings.map(({ ids }) => ids)).toEqual(texts.map((text) => native.tokenizer.encode(text).ids));
    expectSameLogits(await askWell(page, "predict", web, texts), await native.predict(texts));
    await ask(page, "dispose", web);
    await native.dispose();
  });

  test.skipIf(!realModel)("and of real weights", async () => {
    const options = { labels: ["a", "b"], pooling: "mean" } as const;
    const native = await TextClassifier.fromPretrained(realModel!, options);
    const texts = ["The quick brown fox jumps.", "Ünïcödé — 東京 👍🏽 and 1,234.56 $", "a".repeat(300)];
    const web = await askWell<number>(page, "load", "/real/", { ...options, cache: false });
    const encodings = await askWell<{ ids: number[] }[]>(page, "encode", web, texts);
    expect(encodings.map(({ ids }) => ids)).toEqual(texts.map((text) => native.tokenizer.encode(text).ids));
    expectSameLogits(await askWell(page, "predict", web, texts), await native.predict(texts));
    await ask(page, "dispose", web);
  });

  test.each(["all", "head", "top:1"] as const)(
    "20 updates of %s leave weights within 1e-4",
    async (trainable) => {
      const options = { epochs: 2, batchSize: 16, learningRate: 1e-3 };
      const native = tinyClassifier({ trainable });
      const before = await nativeWeights(native);
      await native.fit(topicDataset(160, 1), { ...options, featureCache: false });
      const web = await askWell<number>(page, "scratch", { ...scratchOptions(), trainable });
      const { losses } = await askWell<{ losses: number[] }>(page, "fit", web, rows, options);
      expect(losses).toHaveLength(20);
      const after = await nativeWeights(native);
      expect(largestDifference(before, after)).toBeGreaterThan(1e-3);
      expect(largestDifference(after, await weightsIn(page, web))).toBeLessThan(1e-4);
      await ask(page, "dispose", web);
    },
  );

  test("a WordPiece model that is trained from scratch on real mail is as accurate", async () => {
    const { train, test } = await mailRows(300);
    const texts = train.map(({ text }) => text);
    const wordPiece = { vocabularySize: 1000, modelMaxLength: 64 };
    const fit = { epochs: 3, batchSize: 32, learningRate: 2e-3 };
    const model = {
      labels: ["ham", "spam"],
      pooling: "mean",
      config: {
        model_type: "distilbert",
        ...{ dim: 64, n_layers: 2, n_heads: 4, hidden_dim: 128, max_position_embeddings: 64 },
      },
    } as const;
    const tokenizer = await trainWordPiece(texts, wordPiece);
    const native = TextClassifier.fromScratch({ ...model, tokenizer });
    await native.fit(Dataset.fromRows(train), { ...fit, featureCache: false });
    const expected = await native.evaluate(Dataset.fromRows(test));

    const files = await askWell<Record<string, string>>(page, "wordPiece", texts, wordPiece);
    expect(files["tokenizer.json"]).toBe(tokenizer.files()["tokenizer.json"]);
    const web = await askWell<number>(page, "scratch", { ...model, tokenizer: files });
    await askWell(page, "fit", web, train, fit);
    const { accuracy } = await askWell<{ accuracy: number }>(page, "evaluate", web, test);
    expect(expected.accuracy).toBeGreaterThan(0.85);
    expect(Math.abs(accuracy - expected.accuracy)).toBeLessThanOrEqual(0.01);
    await ask(page, "dispose", web);
  });
});

async function nativeWeights(classifier: TextClassifier) {
  const pieces = classifier.files().get("model.safetensors") as readonly Uint8Array[];
  return readWeights(Buffer.concat(pieces));
}

describe("a training in Chromium", () => {
  test("can be stopped within a batch, and leaves the classifier as it was", async () => {
    const web = await askWell<number>(page, "scratch", scratchOptions());
    const before = await weightsIn(page, web);
    const { answer, milliseconds } = await askWell<{
      answer: { failure: { name: string; kind: string } };
      milliseconds: number;
    }>(page, "fitAborted", web, rows, 5, { epochs: 200, learningRate: 1e-3 });
    expect(answer.failure).toMatchObject({ name: "AbortError", kind: "Interrupted" });
    expect(milliseconds).toBeLessThan(2000);
    expect(largestDifference(before, await weightsIn(page, web))).toBe(0);
    // And it can be trained again.
    await askWell(page, "fit", web, rows, { epochs: 1 });
    await ask(page, "dispose", web);
  });

  test("asks the page after every evaluation whether to go on", async () => {
    const web = await askWell<number>(page, "scratch", scratchOptions());
    expect(await askWell(page, "fitStopping", web, rows, { epochs: 9 })).toBe(1);
    await ask(page, "dispose", web);
  });

  test("goes on from the browser's own files after the page was closed, to the same weights", async () => {
    const options = { epochs: 3, learningRate: 1e-3, checkpoints: "reopened", saveSteps: 4 };
    const whole = await askWell<number>(page, "scratch", scratchOptions());
    await askWell(page, "fit", whole, rows, { ...options, checkpoints: undefined });
    const expected = await weightsIn(page, whole);
    const stopped = await askWell<number>(page, "scratch", scratchOptions());
    await askWell(page, "fitAborted", stopped, rows, 10, options);
    await open(page, server);
    const resumed = await askWell<number>(page, "scratch", scratchOptions());
    const again = await ask<{ failure: { message: string } }>(page, "fit", resumed, rows, options);
    expect(again.failure.message).toContain("there are checkpoints reopened of another training");
    const { losses } = await askWell<{ losses: number[] }>(page, "fit", resumed, rows, {
      ...options,
      resume: true,
    });
    expect(losses.length).toBeLessThanOrEqual(20);
    expect(largestDifference(expected, await weightsIn(page, resumed))).toBeLessThan(1e-5);
    await ask(page, "dispose", resumed);
  });

  test("says in one line that the memory doesn't suffice, and what to do", async () => {
    const changes = { dim: 2048, n_layers: 1, hidden_dim: 32, max_position_embeddings: 512 };
    const { config } = scratchOptions();
    const web = await askWell<number>(page, "scratch", {
      ...scratchOptions(),
      config: { ...config, ...changes },
    });
    // Activations of 1,200 × 512 × 2048 floats are more than the 4 GiB that WebAssembly can address.
    const text = "goal match team coach ".repeat(128);
    const long = Array.from({ length: 1200 }, (_, i) => ({ text, label: labels[i % 3]! }));
    const { failure } = await ask<{ failure: object }>(page, "fit", web, long, {
      batchSize: 1200,
      epochs: 1,
    });
    expect(failure).toMatchObject({
      kind: "TrainingError",
      message: expect.stringMatching(/^the memory doesn't suffice; take a smaller batchSize/),
    });
    await ask(page, "dispose", web);
  });

  test("leaves the page free to answer", async () => {
    const web = await askWell<number>(page, "scratch", scratchOptions());
    expect(await askWell<number>(page, "longestPause", web, rows, { epochs: 3 })).toBeLessThan(500);
    await ask(page, "dispose", web);
  });
});

describe("a model in Chromium", () => {
  test.each(["files", "zip"] as const)(
    "saved as %s is the same when it is loaded again, also in Node",
    async (as) => {
      const web = await askWell<number>(page, "scratch", scratchOptions(7));
      await askWell(page, "fit", web, rows, { epochs: 1, learningRate: 1e-3 });
      const saved = await askWell<number>(page, "save", web, as);
      const again = await askWell<number>(page, "reload", saved, {});
      expect(largestDifference(await weightsIn(page, web), await weightsIn(page, again))).toBe(0);
      const texts = rows.slice(0, 9).map(({ text }) => text);
      const predictions = await askWell<Prediction[]>(page, "predict", again, texts);
      if (as === "files") {
        const files = await askWell<Record<string, string>>(page, "bytes", saved);
        const folder = join(models, "saved");
        await mkdir(folder);
        for (const [name, content] of Object.entries(files)) {
          await writeFile(join(folder, name), Buffer.from(content, "base64"));
        }
        expectSameLogits(predictions, await (await TextClassifier.fromPretrained(folder)).predict(texts));
      }
      await ask(page, "dispose", web);
      await ask(page, "dispose", again);
    },
  );

  test("is kept for the next visit, and loads where its host can't be reached", async () => {
    await saveModel(randomClassifier("distilbert", {}), join(models, "kept"));
    const host = await servePage("", { folders: { models }, headers: crossOrigin });
    const address = `${host.url}models/kept`;
    const first = await askWell<number>(page, "load", address, {});
    const texts = rows.slice(0, 5).map(({ text }) => text);
    const expected = await askWell<Prediction[]>(page, "predict", first, texts);
    await host.close();
    await open(page, server);
    const second = await askWell<number>(page, "load", address, {});
    expect(await askWell(page, "predict", second, texts)).toEqual(expected);
    const { failure } = await ask<{ failure: object }>(page, "load", address, { cache: false });
    expect(failure).toMatchObject({ kind: "HubError", message: expect.stringContaining("can't be reached") });
    await ask(page, "dispose", second);
  });

  test("comes from a hub by its name, at one commit, also by the page's own fetch", async () => {
    const hub = await temporaryFolderOfHub("me/tiny", "c0ffee");
    const host = await servePage("", { folders: hub, headers: crossOrigin });
    const options = { endpoint: host.url };
    const { classifier, asked } = await askWell<{ classifier: number; asked: string[] }>(
      page,
      "loadFetching",
      "me/tiny",
      options,
    );
    expect(asked[0]).toBe(`${host.url}api/models/me/tiny/revision/main`);
    expect(asked).toContain(`${host.url}me/tiny/resolve/c0ffee/model.safetensors`);
    expect(asked.filter((url) => url.endsWith("vocab.txt"))).toEqual([]);
    const unknown = await ask<{ failure: object }>(page, "load", "me/nothing", options);
    expect(unknown.failure).toMatchObject({
      kind: "ModelError",
      message: "there is no model me/nothing on the hub, or it is private; check the name, or give a token",
    });
    await host.close();
    const again = await askWell<number>(page, "load", "me/tiny", options);
    const texts = rows.slice(0, 5).map(({ text }) => text);
    expect(await askWell(page, "predict", again, texts)).toEqual(
      await askWell(page, "predict", classifier, texts),
    );
    await ask(page, "dispose", classifier);
    await ask(page, "dispose", again);
  });

  test("of sentence-transformers, chosen as a folder, is pooled as its own files say", async () => {
    const folder = join(models, "sentences");
    const sizes = { hidden_size: 64, num_hidden_layers: 2, num_attention_heads: 4, intermediate_size: 96 };
    await initModel(folder, { architecture: "bert", config: sizes, tokenizer: tinyTokenizer() });
    const modules = ["", "1_Pooling"].map((path, idx) => ({
      ...{ idx, name: String(idx), path },
      type: `sentence_transformers.models.${path === "" ? "Transformer" : "Pooling"}`,
    }));
    await writeFile(join(folder, "modules.json"), JSON.stringify(modules));
    await mkdir(join(folder, "1_Pooling"));
    const pooling = { word_embedding_dimension: 64, pooling_mode_mean_tokens: true };
    await writeFile(join(folder, "1_Pooling/config.json"), JSON.stringify(pooling));
    const options = { labels: ["a", "b"], head: "linear", seed: 5 } as const;
    const native = await TextClassifier.fromPretrained(folder, options);
    const paths = [
      ...["1_Pooling/config.json", "config.json", "modules.json"],
      ...["model.safetensors", "tokenizer.json", "tokenizer_config.json"],
    ];
    const web = await askWell<number>(page, "loadChosen", "/models/sentences/", paths, options);
    const texts = rows.slice(0, 9).map(({ text }) => text);
    const predictions = await askWell<Prediction[]>(page, "predict", web, texts);
    expectSameLogits(predictions, await native.predict(texts));
    const first = await TextClassifier.fromPretrained(folder, { ...options, pooling: "cls" });
    expect(Math.abs((await first.predict(texts[0]!)).score - predictions[0]!.score)).toBeGreaterThan(1e-4);
    await ask(page, "dispose", web);
  });

  test("without safetensors is refused in words", async () => {
    const folder = join(models, "kept");
    const partial = join(models, "pytorch");
    await mkdir(partial);
    for (const name of ["config.json", "tokenizer.json"]) {
      await copyFile(join(folder, name), join(partial, name));
    }
    await writeFile(join(partial, "pytorch_model.bin"), "x");
    const { failure } = await ask<{ failure: object }>(page, "load", "/models/pytorch/", {});
    expect(failure).toMatchObject({
      kind: "ModelError",
      message: expect.stringContaining("only pytorch_model.bin; a browser reads safetensors"),
    });
  });
});

/** Folders of a hub with one model, as `servePage` takes them. */
async function temporaryFolderOfHub(name: string, commit: string): Promise<Record<string, string>> {
  const root = join(models, "hub");
  const [owner] = name.split("/") as [string];
  const folder = join(root, name, "resolve", commit);
  await saveModel(randomClassifier("distilbert", {}), folder);
  const revision = join(root, "api/models", name, "revision");
  await mkdir(revision, { recursive: true });
  const files = ["config.json", "model.safetensors", "tokenizer.json", "tokenizer_config.json"];
  const listing = { sha: commit, siblings: files.map((rfilename) => ({ rfilename })) };
  await writeFile(join(revision, "main"), JSON.stringify(listing));
  return { api: join(root, "api"), [owner]: join(root, owner) };
}
