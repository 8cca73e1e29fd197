import { type FileHandle, open } from "node:fs/promises";
import { ModelError } from "../errors.ts";
import { bfloat16ToFloat32, float16ToFloat32 } from "./half-precision.ts";

/** A tensor of a checkpoint, its values row-major. */
export interface Weight {
  readonly shape: readonly number[];
  readonly values: Float32Array;
}

/** Element types of weights, as safetensors names them. */
export type FloatType = "F32" | "F16" | "BF16";

/** Bytes of an element. */
export const floatBytes: Readonly<Record<FloatType, number>> = { F32: 4, F16: 2, BF16: 2 };

/** Opens a file for reading. @throws ModelError */
export async function openWeightsFile(path: string): Promise<FileHandle> {
  try {
    return await open(path, "r");
  } catch (cause) {
    throw new ModelError(`can't open the weights ${path}: ${(cause as Error).message}`, { cause });
  }
}

/** Fills `target` from `position` on. @throws ModelError if the file ends before. */
export async function readFully(file: FileHandle, target: Uint8Array, position: number): Promise<void> {
  let done = 0;
  while (done < target.length) {
    const { bytesRead } = await file.read(target, done, target.length - done, position + done);
    if (bytesRead === 0) throw new ModelError("the weights file shrank while it was read");
    done += bytesRead;
  }
}

/** Reads `count` little-endian elements, 16-bit ones widened. @throws ModelError if the file ends before. */
export async function readFloats(
  file: FileHandle,
  type: FloatType,
  count: number,
  position: number,
): Promise<Float32Array> {
  // A buffer of its own, so that the values are aligned wherever they stand in the file.
  const bytes = new Uint8Array(count * floatBytes[type]);
  await readFully(file, bytes, position);
  if (type === "F32") return new Float32Array(bytes.buffer);
  const halves = new Uint16Array(bytes.buffer);
  return type === "F16" ? float16ToFloat32(halves) : bfloat16ToFloat32(halves);
}
