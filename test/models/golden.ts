import { existsSync, readdirSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";

/** Folder of the reference checkpoints (see test/reference/README.md). */
export const modelFixtures = fileURLToPath(new URL("../fixtures/models/", import.meta.url));

/** Tensors of a golden file by name: int32 and float32. */
export type GoldenTensors = Record<string, { shape: number[]; values: Int32Array | Float32Array }>;

/** Reads a safetensors file of int32 and float32 tensors: a second, independent reader of the format. */
export function readGolden(path: string): GoldenTensors {
  const bytes = readFileSync(path);
  const headerSize = Number(bytes.readBigUInt64LE(0));
  const header = JSON.parse(bytes.toString("utf8", 8, 8 + headerSize)) as Record<
    string,
    { dtype: string; shape: number[]; data_offsets: [number, number] }
  >;
  const tensors: GoldenTensors = {};
  for (const [name, entry] of Object.entries(header)) {
    if (name === "__metadata__") continue;
    const [from, to] = entry.data_offsets;
    const start = bytes.byteOffset + 8 + headerSize;
    const data = bytes.buffer.slice(start + from, start + to) as ArrayBuffer;
    tensors[name] = {
      shape: entry.shape,
      values: entry.dtype === "I32" ? new Int32Array(data) : new Float32Array(data),
    };
  }
  return tensors;
}

/** Names of the checkpoints of the given architectures (`model_type`) that have golden values. */
export function goldenModels(architectures: readonly string[]): string[] {
  return readdirSync(modelFixtures).filter((name) => {
    if (!existsSync(`${modelFixtures}${name}/golden.safetensors`)) return false;
    const config = JSON.parse(readFileSync(`${modelFixtures}${name}/config.json`, "utf8")) as {
      model_type: string;
    };
    return architectures.includes(config.model_type);
  });
}
