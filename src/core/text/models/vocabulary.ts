import { ModelError } from "../../errors.ts";

/**
 * The highest id that a vocabulary may give: every id is a row of the embedding, and the largest vocabularies in use
 * have about a million.
 */
export const MAX_ID = 9_999_999;

/** Turns the words of a text into ids. */
export interface WordModel {
  /** The id of each token. */
  readonly ids: ReadonlyMap<string, number>;
  readonly unknownId: number | undefined;
  /** @throws ModelError if the word is unknown and the model has no token for such words. */
  encode(word: string): number[];
}

/** @throws ModelError if it is no id, or so high that no embedding has such a row. */
export function checkedId(id: unknown, token: string): number {
  if (typeof id !== "number" || !Number.isInteger(id) || id < 0) {
    throw new ModelError(`the vocabulary is damaged: the id of ${shown(token)} is not a number from 0 up`);
  }
  if (id > MAX_ID) {
    throw new ModelError(
      `the vocabulary gives ${shown(token)} the id ${id}; ids up to ${MAX_ID} are supported, as an embedding has a row for each`,
    );
  }
  return id;
}

/**
 * The vocabulary of a WordPiece, BPE or WordLevel model: token to id.
 *
 * @throws ModelError
 */
export function readVocabulary(vocab: unknown): Map<string, number> {
  if (typeof vocab !== "object" || vocab === null || Array.isArray(vocab)) {
    throw new ModelError("the model has no vocabulary: vocab must be an object with an id for every token");
  }
  const ids = new Map<string, number>();
  for (const [token, id] of Object.entries(vocab)) ids.set(token, checkedId(id, token));
  return ids;
}

/** The longest token in UTF-16 units. */
export function longestToken(ids: ReadonlyMap<string, number>): number {
  let longest = 0;
  for (const token of ids.keys()) longest = Math.max(longest, token.length);
  return longest;
}

/** An optional text of the model's settings; null counts as not given. @throws ModelError */
export function textSetting(json: Record<string, unknown>, name: string): string | undefined {
  const value = json[name] ?? undefined;
  if (value !== undefined && typeof value !== "string") {
    throw new ModelError(`the model is damaged: ${name} must be a text`);
  }
  return value;
}

/** An optional switch of the model's settings. @throws ModelError */
export function switchSetting(json: Record<string, unknown>, name: string): boolean {
  const value = json[name] ?? false;
  if (typeof value !== "boolean") throw new ModelError(`the model is damaged: ${name} must be true or false`);
  return value;
}

/** The ids of the tokens `<0x00>` … `<0xFF>` that stand for a text's bytes; undefined if one is missing. */
export function byteIds(text: string, ids: ReadonlyMap<string, number>): number[] | undefined {
  const found: number[] = [];
  for (const byte of utf8.encode(text)) {
    const id = ids.get(`<0x${byte.toString(16).toUpperCase().padStart(2, "0")}>`);
    if (id === undefined) return undefined;
    found.push(id);
  }
  return found;
}

const utf8 = new TextEncoder();

/** A token in an error's message. */
export function shown(token: string): string {
  return JSON.stringify(token.length > 40 ? `${token.slice(0, 40)}…` : token);
}
