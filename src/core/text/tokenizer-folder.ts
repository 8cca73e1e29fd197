import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { z } from "zod";
import { ModelError } from "../errors.ts";
import { withLegacyFiles } from "./tokenizer-config.ts";
import {
  bertTokenizerJson,
  byteLevelTokenizerJson,
  type TokenizerConfig,
  type TokenizerJson,
  vocabularyLines,
} from "./vocabulary-files.ts";

export const TOKENIZER_FILE = "tokenizer.json";
export const TOKENIZER_CONFIG_FILE = "tokenizer_config.json";

/** Every file that a tokenizer may be read from, for whoever has to fetch them; none is there in every model. */
export const TOKENIZER_FILES = [
  TOKENIZER_FILE,
  TOKENIZER_CONFIG_FILE,
  "vocab.txt",
  "vocab.json",
  "merges.txt",
  "special_tokens_map.json",
  "added_tokens.json",
] as const;

const objectFile = z.record(z.string(), z.unknown());
const vocabularyFile = z.record(z.string(), z.int().nonnegative());

/**
 * Reads a model folder's tokenizer: `tokenizer.json`, or where there is none what transformers' converters would make
 * of `vocab.txt` (BERT) or of `vocab.json` with `merges.txt` (RoBERTa, DeBERTa v1).
 *
 * @throws ModelError if the folder has none of these, or a file is damaged.
 */
export async function readTokenizerFolder(
  folder: string,
): Promise<{ json: TokenizerJson; config: TokenizerConfig }> {
  const config = withLegacyFiles((await readJson(folder, TOKENIZER_CONFIG_FILE, objectFile)) ?? {}, {
    specialTokensMap: await readJson(folder, "special_tokens_map.json", objectFile),
    addedTokens: await readJson(folder, "added_tokens.json", objectFile),
  });
  const json = await readJson(folder, TOKENIZER_FILE, objectFile);
  if (json) return { json: json as TokenizerJson, config };

  const wordPieces = await readText(folder, "vocab.txt");
  if (wordPieces !== undefined) {
    const tokens = vocabularyLines(wordPieces);
    return { json: bertTokenizerJson(tokens, config, join(folder, "vocab.txt")), config };
  }

  const vocabulary = await readJson(folder, "vocab.json", vocabularyFile);
  const merges = await readText(folder, "merges.txt");
  if (vocabulary && merges !== undefined) {
    const lines = vocabularyLines(merges);
    return { json: byteLevelTokenizerJson(vocabulary, lines, config, join(folder, "vocab.json")), config };
  }
  throw new ModelError(
    `${folder} holds no tokenizer: expected tokenizer.json, vocab.txt, or vocab.json with merges.txt ` +
      "(a SentencePiece model must first be saved as tokenizer.json)",
  );
}

async function readText(folder: string, name: string): Promise<string | undefined> {
  try {
    return await readFile(join(folder, name), "utf8");
  } catch (cause) {
    const { code, message } = cause as NodeJS.ErrnoException;
    if (code === "ENOENT" || code === "ENOTDIR") return undefined;
    throw new ModelError(`${join(folder, name)} can't be read: ${message}`, { cause });
  }
}

async function readJson<T>(folder: string, name: string, schema: z.ZodType<T>): Promise<T | undefined> {
  const text = await readText(folder, name);
  if (text === undefined) return undefined;
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (cause) {
    const reason = (cause as Error).message.replace(/\s+/g, " ");
    throw new ModelError(`${join(folder, name)} is damaged: ${reason}; fetch it again`, { cause });
  }
  const parsed = schema.safeParse(value);
  if (!parsed.success) {
    throw new ModelError(
      `${join(folder, name)} is damaged: ${parsed.error.issues[0]!.message}; fetch it again`,
    );
  }
  return parsed.data;
}
