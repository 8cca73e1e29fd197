import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { ModelError } from "../../core/errors.ts";
import { Tokenizer } from "../../core/text/tokenizer.ts";
import { TOKENIZER_SIDE_FILES, VOCABULARY_FILES } from "../../core/text/tokenizer-files.ts";
import { writeFileAtomic } from "../files.ts";
import { type ModelFiles, resolveModel } from "../hub/model.ts";
import type { HubOptions } from "../hub/settings.ts";
import { lfsPointerProblem } from "../lfs-pointer.ts";

/** The files of a tokenizer, for whoever has to fetch them. */
export const tokenizerFiles = {
  required: [VOCABULARY_FILES],
  optional: TOKENIZER_SIDE_FILES,
} satisfies ModelFiles;

/**
 * Loads a model's tokenizer: `tokenizer.json` and `tokenizer_config.json`, or the older files that stand for them
 * (`vocab.txt`; `vocab.json` and `merges.txt`; a SentencePiece model; `special_tokens_map.json` and
 * `added_tokens.json`).
 *
 * @param nameOrFolder A name on the Hugging Face hub or a local folder; a tokenizer alone will do.
 * @throws ModelError if there is no tokenizer in the folder or its files are damaged.
 * @throws HubError if the hub can't be reached.
 *
 * @example
 * const tokenizer = await loadTokenizer("distilbert-base-uncased");
 * tokenizer.encode("Wall St. Bears Claw Back").ids; // [101, 2813, 2358, 1012, ...]
 */
export async function loadTokenizer(nameOrFolder: string, options: HubOptions = {}): Promise<Tokenizer> {
  return readTokenizer(await resolveModel(nameOrFolder, { ...options, files: tokenizerFiles }));
}

/** Reads the tokenizer of a local folder. @throws ModelError */
export async function readTokenizer(folder: string): Promise<Tokenizer> {
  const files: Record<string, Uint8Array> = {};
  for (const name of [...VOCABULARY_FILES, ...TOKENIZER_SIDE_FILES]) {
    const path = join(folder, name);
    const bytes = await read(path);
    if (bytes === undefined) continue;
    const pointer = await lfsPointerProblem(path);
    if (pointer !== undefined) throw new ModelError(pointer);
    files[name] = bytes;
  }
  return Tokenizer.fromFiles(files, folder);
}

/**
 * Writes a tokenizer as `tokenizer.json` and `tokenizer_config.json`, which transformers' AutoTokenizer loads.
 *
 * @throws OutputError if the folder can't be written to.
 */
export async function saveTokenizer(
  tokenizer: Tokenizer,
  folder: string,
  options: Parameters<Tokenizer["files"]>[0] = {},
): Promise<void> {
  for (const [name, text] of Object.entries(tokenizer.files(options))) {
    await writeFileAtomic(join(folder, name), text);
  }
}

async function read(path: string): Promise<Uint8Array | undefined> {
  try {
    return await readFile(path);
  } catch (cause) {
    const { code, message } = cause as NodeJS.ErrnoException;
    if (code === "ENOENT" || code === "ENOTDIR") return undefined;
    throw new ModelError(`${path} can't be read: ${message}`, { cause });
  }
}
