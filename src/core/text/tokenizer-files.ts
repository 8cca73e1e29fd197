import { z } from "zod";
import { ModelError } from "../errors.ts";
import { sentencePieceJson } from "./sentencepiece.ts";
import { withClass } from "./tokenizer-classes.ts";
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

/** Files of which one makes a tokenizer; where there are several, the first counts. */
export const VOCABULARY_FILES = [
  TOKENIZER_FILE,
  "vocab.txt",
  "vocab.json",
  "spm.model",
  "sentencepiece.bpe.model",
  "spiece.model",
] as const;

/** Files that are read beside it where they are there. */
export const TOKENIZER_SIDE_FILES = [
  TOKENIZER_CONFIG_FILE,
  "merges.txt",
  "special_tokens_map.json",
  "added_tokens.json",
  // Names the tokenizer's class where tokenizer_config.json doesn't.
  "config.json",
] as const;

/** What the files of a model's tokenizer hold, by their names in the folder. Others are not looked at. */
export type TokenizerFiles = Readonly<Record<string, string | Uint8Array>>;

const objectFile = z.record(z.string(), z.unknown());
const vocabularyFile = z.record(z.string(), z.int().nonnegative());

/**
 * Reads a tokenizer: `tokenizer.json`, or where there is none what transformers' converters would make of `vocab.txt`
 * (BERT), of `vocab.json` with `merges.txt` (RoBERTa, DeBERTa v1) or of a SentencePiece model (DeBERTa v2 and v3, XLM-R,
 * CamemBERT, ALBERT).
 *
 * @param folder Where they lie, for the error's message.
 * @throws ModelError if there is none of these, or a file is damaged.
 */
export function readTokenizerFiles(
  files: TokenizerFiles,
  folder = "",
): { json: TokenizerJson; config: TokenizerConfig; source: string } {
  const pathOf = (name: string) => (folder === "" ? name : `${folder}/${name}`);
  const readText = (name: string): string | undefined => {
    const content = files[name];
    return content instanceof Uint8Array ? new TextDecoder().decode(content) : content;
  };
  const readJson = <T>(name: string, schema: z.ZodType<T>): T | undefined => {
    const text = readText(name);
    return text === undefined ? undefined : parseJson(text, schema, pathOf(name));
  };
  const json = readJson(TOKENIZER_FILE, objectFile);
  const ownConfig = readJson(TOKENIZER_CONFIG_FILE, objectFile) ?? {};
  const config = withLegacyFiles(withClass(ownConfig, readJson("config.json", objectFile)), {
    specialTokensMap: readJson("special_tokens_map.json", objectFile),
    addedTokens: readJson("added_tokens.json", objectFile),
    tokenizerJson: json,
  });
  if (json) return { json: json as TokenizerJson, config, source: pathOf(TOKENIZER_FILE) };

  const wordPieces = readText("vocab.txt");
  if (wordPieces !== undefined) {
    const source = pathOf("vocab.txt");
    return { json: bertTokenizerJson(vocabularyLines(wordPieces), config, source), config, source };
  }

  const vocabulary = readJson("vocab.json", vocabularyFile);
  const merges = readText("merges.txt");
  if (vocabulary && merges !== undefined) {
    const source = pathOf("vocab.json");
    return {
      json: byteLevelTokenizerJson(vocabulary, vocabularyLines(merges), config, source),
      config,
      source,
    };
  }

  const model = VOCABULARY_FILES.find((name) => name.endsWith(".model") && files[name] !== undefined);
  const bytes = model && files[model];
  if (bytes) {
    const source = pathOf(model);
    const content = typeof bytes === "string" ? new TextEncoder().encode(bytes) : bytes;
    return { ...sentencePieceJson(content, config, source), source };
  }
  throw new ModelError(
    `${folder === "" ? "there is" : `${folder} holds`} no tokenizer: expected tokenizer.json, vocab.txt, vocab.json with merges.txt, or a SentencePiece model (spm.model, sentencepiece.bpe.model, spiece.model)`,
  );
}

function parseJson<T>(text: string, schema: z.ZodType<T>, path: string): T {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (cause) {
    const reason = (cause as Error).message.replace(/\s+/g, " ");
    throw new ModelError(`${path} is damaged: ${reason}; fetch it again`, { cause });
  }
  const parsed = schema.safeParse(value);
  if (!parsed.success) {
    throw new ModelError(`${path} is damaged: ${parsed.error.issues[0]!.message}; fetch it again`);
  }
  return parsed.data;
}
