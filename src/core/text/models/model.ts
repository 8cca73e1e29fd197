import { ModelError } from "../../errors.ts";
import { Bpe } from "./bpe.ts";
import { Unigram } from "./unigram.ts";
import type { WordModel } from "./vocabulary.ts";
import { WordLevel } from "./word-level.ts";
import { WordPiece } from "./word-piece.ts";

/** Words remembered with their ids: frequent words come early, so the first ones met are the ones to keep. */
const MAX_KNOWN_WORDS = 100_000;
const MAX_KNOWN_LENGTH = 50;

const MODELS: Record<string, new (json: Record<string, unknown>) => WordModel> = {
  BPE: Bpe,
  Unigram,
  WordLevel,
  WordPiece,
};

/**
 * Reads `tokenizer.json`'s `model`.
 *
 * @throws ModelError if it is damaged or of an unknown type.
 */
export function buildModel(json: Record<string, unknown>): WordModel {
  const type = modelType(json);
  const Model = typeof type === "string" && Object.hasOwn(MODELS, type) ? MODELS[type] : undefined;
  if (!Model) {
    throw new ModelError(
      `model of type ${JSON.stringify(type) ?? "none"} is not supported: expected ${Object.keys(MODELS).join(", ")}`,
    );
  }
  return new Model(json);
}

/** The type of a model; files from before 2020 name none, and the first of these that fits is meant. */
export function modelType(json: Record<string, unknown>): unknown {
  if (json.type !== undefined && json.type !== null) return json.type;
  if ("merges" in json) return "BPE";
  if ("continuing_subword_prefix" in json) return "WordPiece";
  if (Array.isArray(json.vocab)) return "Unigram";
  return "vocab" in json && "unk_token" in json ? "WordLevel" : undefined;
}

/** Encodes each word once: a text's words are few, and repeat. */
export function rememberingEncoder(model: WordModel): (words: readonly string[]) => number[] {
  const known = new Map<string, number[]>();
  return (words) => {
    const ids: number[] = [];
    for (const word of words) {
      if (word === "") continue;
      let pieces = known.get(word);
      if (!pieces) {
        pieces = model.encode(word);
        if (known.size < MAX_KNOWN_WORDS && word.length <= MAX_KNOWN_LENGTH) known.set(word, pieces);
      }
      for (const piece of pieces) ids.push(piece);
    }
    return ids;
  };
}
