import { createHash } from "node:crypto";
import { homedir } from "node:os";
import { join } from "node:path";
import type { FeatureEntry, FeatureStore } from "../../core/classifier/host.ts";
import { bytesOf } from "../../core/hash.ts";
import { breathe } from "../../core/progress.ts";
import { isFile } from "../hub/cache.ts";
import { readSafetensorsFile, writeSafetensorsFile } from "../weights/safetensors-file.ts";

/** Values, in 4 MB: other events wait for them. */
const hashedAtOnce = 1 << 20;

/** Where features are kept: `$TEXTUNE_CACHE/features`, else `textune/features` in the user's cache folder. */
export function featureCacheFolder(env: NodeJS.ProcessEnv = process.env): string {
  const base = env.TEXTUNE_CACHE || join(env.XDG_CACHE_HOME || join(homedir(), ".cache"), "textune");
  return join(base, "features");
}

/** Features of splits on disk, so that the next run with the same encoder and rows doesn't encode them again. */
export class FeatureCache implements FeatureStore {
  readonly #folder: string;

  /** @default the user's cache */
  constructor(folder: string = featureCacheFolder()) {
    this.#folder = folder;
  }

  entry(key: string): FeatureEntry {
    const path = join(this.#folder, `${key}.safetensors`);
    return {
      get: () => readFeatures(path, key),
      put: (values, size) => writeFeatures(path, key, values, size),
    };
  }
}

async function readFeatures(path: string, key: string): Promise<Float32Array | undefined> {
  if (!(await isFile(path))) return undefined;
  const stored = await readSafetensorsFile(path).catch(() => undefined);
  for (const [name, { values }] of stored ?? []) if (name === (await digest(key, values))) return values;
  return undefined;
}

async function writeFeatures(path: string, key: string, values: Float32Array, size: number): Promise<void> {
  // Named by their checksum, which tells whether a file is still what was written.
  const features = { shape: [values.length / size, size], values };
  await writeSafetensorsFile(path, new Map([[await digest(key, values), features]]));
}

async function digest(key: string, values: Float32Array): Promise<string> {
  const hash = createHash("sha256").update(key);
  for (let at = 0; at < values.length; at += hashedAtOnce) {
    hash.update(bytesOf(values.subarray(at, at + hashedAtOnce)));
    await breathe(undefined);
  }
  return hash.digest("hex");
}
