import { readFile, stat } from "node:fs/promises";
import { join } from "node:path";
import { ModelError } from "../../core/errors.ts";
import { shardNames } from "../../core/models/weight-index.ts";
import type { WeightFile } from "../../core/models/weights.ts";
import { lfsPointerProblem } from "../lfs-pointer.ts";
import { readPytorchCheckpoint } from "./pytorch-checkpoint.ts";
import { readSafetensorsFile } from "./safetensors-file.ts";

/** Reads a JSON file of a model's folder. @throws ModelError */
export async function readModelJson(folder: string, file: string): Promise<unknown> {
  const path = join(folder, file);
  let text: string;
  try {
    text = await readFile(path, "utf8");
  } catch (cause) {
    throw new ModelError(`can't read ${path}: a model's folder needs ${file}`, { cause });
  }
  try {
    return JSON.parse(text);
  } catch (cause) {
    const pointer = await lfsPointerProblem(path);
    throw new ModelError(pointer ?? `${path} is not valid JSON; download or save it again`, { cause });
  }
}

/** Names of the files that an index of weights lists, sorted. @throws ModelError */
export async function shardsOf(folder: string, index: string): Promise<string[]> {
  return shardNames(await readModelJson(folder, index), join(folder, index));
}

/**
 * The files that hold a folder's weights: one, or the shards that an index lists. PyTorch's own files count where
 * there are no safetensors.
 *
 * @throws ModelError if there are none.
 */
export async function weightFilesOf(folder: string): Promise<WeightFile[]> {
  for (const name of ["model.safetensors", "pytorch_model.bin"]) {
    if (await isFile(join(folder, name))) return [weightFile(join(folder, name))];
    const index = `${name}.index.json`;
    if (!(await isFile(join(folder, index)))) continue;
    return (await shardsOf(folder, index)).map((file) => weightFile(join(folder, file)));
  }
  throw new ModelError(`${folder} has no weights: neither model.safetensors nor pytorch_model.bin`);
}

function weightFile(path: string): WeightFile {
  const read = path.endsWith(".safetensors") ? readSafetensorsFile : readPytorchCheckpoint;
  return { path, read: (wanted) => read(path, wanted) };
}

async function isFile(path: string): Promise<boolean> {
  return (await stat(path).catch(() => undefined))?.isFile() ?? false;
}
