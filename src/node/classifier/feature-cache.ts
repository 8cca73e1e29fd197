import { createHash } from "node:crypto";
import { homedir } from "node:os";
import { join } from "node:path";
import type { TokenRows } from "../../core/text/token-rows.ts";
import { version } from "../../core/version.ts";
import { isFile } from "../hub/cache.ts";
import { readSafetensorsFile, writeSafetensorsFile } from "../weights/safetensors-file.ts";

/** Values, in 1 GiB: a hash refuses pieces of 2 GiB. */
const hashedAtOnce = 1 << 28;

/** What a split's frozen features depend on. */
export interface FeatureKey {
  /** `config.json` and pooling: how the weights are used. */
  design: unknown;
  /** Values of the encoder's parameters by name. */
  encoder: ReadonlyMap<string, Float32Array>;
  rows: TokenRows;
  attentionMask: boolean;
}

/** Where features are kept: `$TEXTUNE_CACHE/features`, else `textune/features` in the user's cache folder. */
export function featureCacheFolder(env: NodeJS.ProcessEnv = process.env): string {
  const base = env.TEXTUNE_CACHE || join(env.XDG_CACHE_HOME || join(homedir(), ".cache"), "textune");
  return join(base, "features");
}

/** Features of splits on disk, so that the next run with the same encoder and rows doesn't encode them again. */
export class FeatureCache {
  readonly #folder: string;

  constructor(folder: string) {
    this.#folder = folder;
  }

  /** @returns The features [rows, size], or undefined if there are none or the file is damaged. */
  async get(key: string): Promise<Float32Array | undefined> {
    const path = this.#path(key);
    if (!(await isFile(path))) return undefined;
    const stored = await readSafetensorsFile(path).catch(() => undefined);
    for (const [name, { values }] of stored ?? []) if (name === digest(key, values)) return values;
    return undefined;
  }

  async put(key: string, values: Float32Array, size: number): Promise<void> {
    // Named by their checksum, which tells whether a file is still what was written.
    const features = { shape: [values.length / size, size], values };
    await writeSafetensorsFile(this.#path(key), new Map([[digest(key, values), features]]));
  }

  #path(key: string): string {
    return join(this.#folder, `${key}.safetensors`);
  }
}

/** SHA-256 over the weights, the tokens and the settings: equal keys, equal features. */
export function featureKey({ design, encoder, rows, attentionMask }: FeatureKey): string {
  const hash = createHash("sha256").update(JSON.stringify({ version, design, attentionMask }));
  for (const [name, values] of encoder) hash.update(`${name}:`).update(bytesOf(values));
  hash.update(bytesOf(rows.offsets)).update(bytesOf(rows.ids));
  if (rows.typeIds) hash.update(rows.typeIds);
  return hash.digest("hex");
}

function digest(key: string, values: Float32Array): string {
  const hash = createHash("sha256").update(key);
  for (let at = 0; at < values.length; at += hashedAtOnce) {
    hash.update(bytesOf(values.subarray(at, at + hashedAtOnce)));
  }
  return hash.digest("hex");
}

function bytesOf(array: Float32Array | Int32Array | Uint32Array): Uint8Array {
  return new Uint8Array(array.buffer, array.byteOffset, array.byteLength);
}
