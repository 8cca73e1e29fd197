import { ModelError } from "../../errors.ts";
import { byteIds, readVocabulary, shown, switchSetting, textSetting, type WordModel } from "./vocabulary.ts";

/** Where a queue's entry keeps its place; the rank comes before it. */
const RANK_FACTOR = 2 ** 31;

/**
 * `BPE`: a word's characters, merged pair by pair, the pair that was learnt first before the others and of equals the
 * leftmost first.
 */
export class Bpe implements WordModel {
  readonly ids: ReadonlyMap<string, number>;
  readonly unknownId: number | undefined;
  readonly #unknown: string | undefined;
  readonly #prefix: string;
  readonly #suffix: string;
  readonly #fuseUnknown: boolean;
  readonly #byteFallback: boolean;
  readonly #ignoreMerges: boolean;
  /** The rank of each pair of ids, by `left · #base + right`. */
  readonly #ranks = new Map<number, number>();
  /** The id that the merge of a rank makes. */
  readonly #merged: Int32Array;
  readonly #base: number;

  /** @throws ModelError if the settings are damaged, or tokens are drawn at random. */
  constructor(json: Record<string, unknown>) {
    this.ids = readVocabulary(json.vocab);
    if ((json.dropout ?? 0) !== 0) {
      throw new ModelError(
        "the model's dropout would draw tokens at random: set dropout to null in tokenizer.json",
      );
    }
    this.#unknown = textSetting(json, "unk_token");
    this.unknownId = this.#unknown === undefined ? undefined : this.ids.get(this.#unknown);
    this.#prefix = textSetting(json, "continuing_subword_prefix") ?? "";
    this.#suffix = textSetting(json, "end_of_word_suffix") ?? "";
    this.#fuseUnknown = switchSetting(json, "fuse_unk");
    this.#byteFallback = switchSetting(json, "byte_fallback");
    this.#ignoreMerges = switchSetting(json, "ignore_merges");
    const merges = readMerges(json.merges);
    this.#merged = new Int32Array(merges.length);
    let highest = 0;
    for (const id of this.ids.values()) highest = Math.max(highest, id);
    this.#base = highest + 1;
    for (const [rank, [left, right]] of merges.entries()) {
      if (!right.startsWith(this.#prefix)) {
        throw new ModelError(
          `merge ${rank + 1} is damaged: ${shown(right)} does not begin with ${shown(this.#prefix)}`,
        );
      }
      this.#merged[rank] = this.#mergeToken(left + right.slice(this.#prefix.length), rank);
      const pair = this.#mergeToken(left, rank) * this.#base + this.#mergeToken(right, rank);
      this.#ranks.set(pair, rank);
    }
  }

  encode(word: string): number[] {
    if (this.#ignoreMerges) {
      const id = this.ids.get(word);
      if (id !== undefined) return [id];
    }
    return this.#merge(this.#characters(word));
  }

  #mergeToken(token: string, rank: number): number {
    const id = this.ids.get(token);
    if (id !== undefined) return id;
    throw new ModelError(`merge ${rank + 1} is damaged: the vocabulary lacks ${shown(token)}`);
  }

  #characters(word: string): number[] {
    const symbols: number[] = [];
    let unknown: number | undefined;
    for (let i = 0; i < word.length; ) {
      const end = i + (word.codePointAt(i)! > 0xffff ? 2 : 1);
      let character = word.slice(i, end);
      if (i > 0) character = this.#prefix + character;
      if (end === word.length) character += this.#suffix;
      i = end;
      const id = this.ids.get(character);
      if (id !== undefined) {
        if (unknown !== undefined) symbols.push(unknown);
        unknown = undefined;
        symbols.push(id);
        continue;
      }
      const bytes = this.#byteFallback ? byteIds(character, this.ids) : undefined;
      if (bytes) {
        // An unknown character before them comes after them: so does the original's.
        symbols.push(...bytes);
      } else if (this.#unknown !== undefined) {
        if (this.unknownId === undefined) {
          throw new ModelError(
            `the vocabulary has no token for ${shown(character)}, and lacks ${shown(this.#unknown)}, which stands for unknown ones`,
          );
        }
        if (unknown !== undefined && !this.#fuseUnknown) symbols.push(unknown);
        unknown = this.unknownId;
      }
    }
    if (unknown !== undefined) symbols.push(unknown);
    return symbols;
  }

  /** By a queue of pairs: n log n for a word of n characters, however long. */
  #merge(symbols: number[]): number[] {
    const length = symbols.length;
    if (length < 2) return symbols;
    const queue: number[] = [];
    const propose = (left: number, right: number) => {
      const rank = this.#ranks.get(symbols[left]! * this.#base + symbols[right]!);
      if (rank !== undefined) push(queue, rank * RANK_FACTOR + left);
    };
    for (let i = 1; i < length; i++) propose(i - 1, i);
    if (queue.length === 0) return symbols;

    // A symbol that was merged into the one before it is −1; neighbours skip it.
    const next = Int32Array.from(symbols, (_, i) => i + 1);
    const previous = Int32Array.from(symbols, (_, i) => i - 1);
    while (queue.length > 0) {
      const top = pop(queue);
      const left = top % RANK_FACTOR;
      const right = next[left]!;
      if (symbols[left] === -1 || right === length) continue;
      const merged = this.#merged[(top - left) / RANK_FACTOR]!;
      const rank = this.#ranks.get(symbols[left]! * this.#base + symbols[right]!);
      if (rank === undefined || this.#merged[rank] !== merged) continue;
      symbols[left] = merged;
      symbols[right] = -1;
      const following = next[right]!;
      next[left] = following;
      if (following < length) previous[following] = left;
      if (previous[left]! >= 0) propose(previous[left]!, left);
      if (following < length) propose(left, following);
    }
    return symbols.filter((id) => id !== -1);
  }
}

/** Pairs of tokens: of two each, or two tokens with a space between, as files were written until 2024. */
function readMerges(merges: unknown): (readonly [string, string])[] {
  if (!Array.isArray(merges)) {
    throw new ModelError("the model has no merges: merges must be a list of pairs of tokens");
  }
  return merges.map((merge: unknown, rank) => {
    const pair: unknown = typeof merge === "string" ? merge.split(" ") : merge;
    if (!Array.isArray(pair) || pair.length !== 2 || pair.some((token) => typeof token !== "string")) {
      throw new ModelError(`merge ${rank + 1} is damaged: it must be a pair of tokens`);
    }
    return pair as [string, string];
  });
}

/** Adds to a binary heap with the smallest on top. */
function push(heap: number[], value: number): void {
  let i = heap.length;
  heap.push(value);
  while (i > 0) {
    const parent = (i - 1) >> 1;
    if (heap[parent]! <= value) break;
    heap[i] = heap[parent]!;
    i = parent;
  }
  heap[i] = value;
}

function pop(heap: number[]): number {
  const top = heap[0]!;
  const value = heap.pop()!;
  const size = heap.length;
  if (size === 0) return top;
  let i = 0;
  for (;;) {
    let child = 2 * i + 1;
    if (child >= size) break;
    if (child + 1 < size && heap[child + 1]! < heap[child]!) child++;
    if (heap[child]! >= value) break;
    heap[i] = heap[child]!;
    i = child;
  }
  heap[i] = value;
  return top;
}
