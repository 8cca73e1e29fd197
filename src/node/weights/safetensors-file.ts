import { readSafetensors, safetensorsPieces } from "../../core/models/safetensors.ts";
import type { Weight } from "../../core/models/weights.ts";
import { writeFileAtomic } from "../files.ts";
import { FileSource } from "./file-source.ts";

/** Reads a safetensors file, see `readSafetensors`. @throws ModelError also if it can't be opened. */
export async function readSafetensorsFile(
  path: string,
  wanted: (name: string) => boolean = () => true,
): Promise<Map<string, Weight>> {
  const file = await FileSource.open(path);
  try {
    return await readSafetensors(file, path, wanted);
  } finally {
    await file.close();
  }
}

/**
 * Writes float32 tensors as a safetensors file, sorted by name so that equal weights give equal bytes.
 *
 * @throws OutputError if the file can't be written; nothing is left half-written.
 */
export async function writeSafetensorsFile(
  path: string,
  weights: ReadonlyMap<string, Weight>,
): Promise<void> {
  await writeFileAtomic(path, safetensorsPieces(weights));
}
