import { copyFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";
import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type Dataset, loadDataset } from "../../src/index.ts";
import { labels, tinyTokenizer, topicRows } from "../classifier/tiny.ts";
import { temporaryFolder } from "../cli/workspace.ts";
import { ask, startChromium } from "./chromium.ts";
import type { PageServerOptions } from "./page-server.ts";
import { askWell, bundlePage, open, type WebBundle } from "./web-page.ts";

let bundle: WebBundle;
let browser: Browser;

beforeAll(async () => {
  bundle = await bundlePage();
  browser = await startChromium();
});

afterAll(async () => {
  await browser?.close();
  await bundle?.remove();
});

/** Does something in a page that is served with such headers. */
async function inPage<T>(options: Partial<PageServerOptions>, work: (page: Page) => Promise<T>): Promise<T> {
  const server = await bundle.serve(options);
  const page = await browser.newPage();
  try {
    await open(page, server);
    return await work(page);
  } finally {
    await page.close();
    await server.close();
  }
}

const scratch = {
  labels,
  tokenizer: tinyTokenizer().files(),
  config: {
    model_type: "distilbert",
    ...{ dim: 32, n_layers: 1, n_heads: 4, hidden_dim: 64, max_position_embeddings: 24 },
  },
};
const rows = topicRows(48, 1);

type Fitted = { losses: number[]; environment: { browser: string; cpu: string } };

/** Trains in such a page, and gives the losses and where it ran. */
const trainedIn = (options: Partial<PageServerOptions>, engine: object = {}): Promise<Fitted> =>
  inPage(options, async (page) => {
    const classifier = await askWell<number>(page, "scratch", { ...scratch, ...engine });
    return askWell<Fitted>(page, "fit", classifier, rows, { epochs: 1 });
  });

/** What a page is told where it can't start. */
const refusalIn = (options: Partial<PageServerOptions>, engine: object = {}) =>
  inPage(options, async (page) => {
    const { failure } = await ask<{ failure: { kind: string; message: string } }>(page, "scratch", {
      ...scratch,
      ...engine,
    });
    return failure;
  });

describe("a page", () => {
  test("trains with threads where it is cross-origin isolated, and with one where it is not, the same", async () => {
    const isolated = await trainedIn({}, { threads: 2 });
    const plain = await trainedIn({ isolated: false });
    expect(isolated.environment).toMatchObject({
      browser: expect.stringMatching(/^Chrome \d+$/),
      cpu: "WebAssembly, 2 threads",
    });
    expect(plain.environment.cpu).toBe("WebAssembly, 1 thread");
    expect(plain.losses).toHaveLength(3);
    for (const [i, loss] of plain.losses.entries()) expect(isolated.losses[i]).toBeCloseTo(loss, 5);
  });

  test("that asks for threads without being isolated is told the headers that it needs", async () => {
    expect(await refusalIn({ isolated: false }, { threads: 2 })).toMatchObject({
      kind: "ConfigError",
      message:
        "threads: 2 needs a page that is cross-origin isolated; serve it with the headers Cross-Origin-Opener-Policy: same-origin and Cross-Origin-Embedder-Policy: require-corp, or leave threads out",
    });
  });

  test("computes in place where it is told to, the same", async () => {
    const inWorker = await trainedIn({ isolated: false });
    const inPlace = await trainedIn({ isolated: false }, { worker: false });
    expect(inPlace.losses).toEqual(inWorker.losses);
  });

  test("whose policy allows WebAssembly alone trains; one that forbids it is told what to add", async () => {
    const policy = (source: string) => ({
      headers: { "content-security-policy": `script-src 'self'${source}` },
    });
    expect((await trainedIn(policy(" 'wasm-unsafe-eval'"))).losses).toHaveLength(3);
    expect(await refusalIn(policy(""))).toMatchObject({
      kind: "ConfigError",
      message: expect.stringContaining("add 'wasm-unsafe-eval' to its script-src"),
    });
  });

  test("that lacks the worker, or ONNX Runtime's files, is told where they are looked for", async () => {
    expect(await refusalIn({}, { workerUrl: "/nowhere/worker.js" })).toMatchObject({
      kind: "ConfigError",
      message: expect.stringMatching(/^the worker \/nowhere\/worker.js can't be started/),
    });
    expect(await refusalIn({}, { runtime: "/nowhere/" })).toMatchObject({
      kind: "ConfigError",
      message: expect.stringMatching(
        /^ONNX Runtime can't be loaded from http.*nowhere\/ort-wasm-simd-threaded.mjs/,
      ),
    });
  });
});

describe("a chosen file", () => {
  const fixtures = fileURLToPath(new URL("../fixtures/data/", import.meta.url));
  const texts = topicRows(30, 3).map(({ text, label }, i) => ({ text: `${text} "é" ${i}`, label, count: i }));
  const cell = (value: unknown) => `"${String(value).replaceAll('"', '""')}"`;
  const csv = ["text,label,count", ...texts.map((row) => Object.values(row).map(cell).join(","))].join(
    "\r\n",
  );

  test("has the rows that Node reads: CSV, JSON, Parquet, compressed or not", async () => {
    const folder = await temporaryFolder();
    const lines = texts.map((row) => JSON.stringify(row)).join("\n");
    await writeFile(join(folder, "a.csv"), csv);
    await writeFile(join(folder, "b.csv.gz"), gzipSync(csv));
    await writeFile(join(folder, "c.jsonl"), lines);
    await writeFile(join(folder, "d.json"), JSON.stringify(texts));
    const parquet = ["datasets-zstd.parquet", "pyarrow-snappy.parquet", "pyarrow-brotli.parquet"];
    for (const name of parquet) await copyFile(join(fixtures, name), join(folder, name));
    await inPage({ folders: { data: folder } }, async (page) => {
      for (const name of ["a.csv", "b.csv.gz", "c.jsonl", "d.json", ...parquet]) {
        const { train } = (await loadDataset(join(folder, name))) as { train: Dataset };
        const read = await askWell<{ rows: unknown[] }>(page, "read", `/data/${name}`, name);
        expect(read.rows).toEqual([...train]);
      }
    });
  });

  test("that is damaged or of another kind is told by its name", async () => {
    const folder = await temporaryFolder();
    await writeFile(join(folder, "cut.csv.gz"), gzipSync(csv).subarray(0, 200));
    await writeFile(join(folder, "page.html"), "<p>");
    await inPage({ folders: { data: folder } }, async (page) => {
      const problem = async (name: string) =>
        (await ask<{ failure: { kind: string; message: string } }>(page, "read", `/data/${name}`, name))
          .failure;
      expect(await problem("cut.csv.gz")).toMatchObject({
        kind: "DataError",
        message: "cut.csv.gz is damaged or cut short, or no gzip file; choose it again",
      });
      expect(await problem("page.html")).toMatchObject({
        kind: "DataError",
        message:
          "page.html is no data file; its name must end in .parquet, .jsonl, .ndjson, .json, .csv, .tsv",
      });
    });
  });
});
