import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import type { Page } from "playwright-core";
import { bundleWeb } from "../../scripts/web-bundle.ts";
import { readSafetensors } from "../../src/core/models/safetensors.ts";
import type { Weight } from "../../src/core/models/weights.ts";
import { ask } from "./chromium.ts";
import { distOf, type PageServer, type PageServerOptions, servePage } from "./page-server.ts";

const html = '<!doctype html><title>textune</title><script type="module" src="/textune/page.js"></script>';

/** textune/web, bundled with the page of the tests. */
export interface WebBundle {
  /** Serves the page, with more folders beside it. */
  serve(options?: Partial<PageServerOptions>): Promise<PageServer>;
  remove(): Promise<void>;
}

export async function bundlePage(): Promise<WebBundle> {
  const folder = await mkdtemp(join(tmpdir(), "textune-web-"));
  const page = fileURLToPath(new URL("page/page.ts", import.meta.url));
  await bundleWeb(folder, { entries: { page } });
  return {
    serve: ({ folders = {}, ...options } = {}) =>
      servePage(html, {
        ...options,
        folders: { textune: folder, ort: distOf("onnxruntime-web"), ...folders },
      }),
    remove: () => rm(folder, { recursive: true, force: true }),
  };
}

export async function open(page: Page, { url }: PageServer): Promise<void> {
  await page.goto(url);
  await page.waitForFunction("globalThis.harness !== undefined");
}

/** An answer that has to be none of failure. */
export async function askWell<T>(page: Page, method: string, ...args: unknown[]): Promise<T> {
  const answer = await ask<T & { failure?: { message: string } }>(page, method, ...args);
  if (answer?.failure) throw new Error(`${method}: ${answer.failure.message}`);
  return answer;
}

/** The weights of a classifier in the page, by name. */
export async function weightsIn(page: Page, classifier: number): Promise<Map<string, Weight>> {
  const saved = await askWell<number>(page, "save", classifier, "files");
  const files = await askWell<Record<string, string>>(page, "bytes", saved);
  return readWeights(Buffer.from(files["model.safetensors"]!, "base64"));
}

/** Of a safetensors file in memory. */
export function readWeights(bytes: Uint8Array): Promise<Map<string, Weight>> {
  const copy = new Uint8Array(bytes).buffer;
  const slice = async (start: number, end: number) => copy.slice(start, end);
  return readSafetensors({ byteLength: copy.byteLength, slice }, "model.safetensors");
}

/** The largest difference between equally named values. */
export function largestDifference(a: ReadonlyMap<string, Weight>, b: ReadonlyMap<string, Weight>): number {
  let largest = 0;
  for (const [name, { values }] of a) {
    const others = b.get(name)!.values;
    for (const [i, value] of values.entries()) largest = Math.max(largest, Math.abs(value - others[i]!));
  }
  return largest;
}
