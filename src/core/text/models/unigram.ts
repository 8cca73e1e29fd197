import { ModelError } from "../../errors.ts";
import { byteIds, MAX_ID, shown, switchSetting, type WordModel } from "./vocabulary.ts";

/** How much less likely than the least likely token an unknown character is, in log probability. */
const UNKNOWN_PENALTY = 10;

/**
 * `Unigram`: of all ways to cut a word into tokens the most likely one, the sum of their log probabilities in 64-bit
 * floats; of equally likely ways the one that is met first, going from left to right and from short tokens to long.
 */
export class Unigram implements WordModel {
  readonly ids: ReadonlyMap<string, number>;
  readonly unknownId: number | undefined;
  readonly #byteFallback: boolean;
  readonly #scores: Float64Array;
  readonly #unknownScore: number;
  /** The tokens in the order of their UTF-16 units: those with a common beginning lie side by side. */
  readonly #sorted: readonly string[];
  readonly #sortedIds: Int32Array;

  /** @throws ModelError if the settings are damaged. */
  constructor(json: Record<string, unknown>) {
    const entries = readEntries(json.vocab);
    const ids = new Map<string, number>();
    this.#scores = new Float64Array(entries.length);
    let least = Number.POSITIVE_INFINITY;
    for (const [id, [token, score]] of entries.entries()) {
      ids.set(token, id);
      this.#scores[id] = score;
      if (score < least) least = score;
    }
    this.ids = ids;
    const unknownId = json.unk_id ?? undefined;
    if (unknownId !== undefined && (typeof unknownId !== "number" || !(unknownId in entries))) {
      throw new ModelError("the model is damaged: unk_id is not an id of its vocabulary");
    }
    this.unknownId = unknownId;
    this.#unknownScore = least - UNKNOWN_PENALTY;
    this.#byteFallback = switchSetting(json, "byte_fallback");
    this.#sorted = [...ids.keys()].filter((token) => token !== "").sort();
    this.#sortedIds = Int32Array.from(this.#sorted, (token) => ids.get(token)!);
  }

  encode(word: string): number[] {
    const size = word.length;
    const scores = new Float64Array(size + 1);
    /** Where the last token of the best way to each place begins; −1: none was found yet. */
    const starts = new Int32Array(size + 1).fill(-1);
    const tokens = new Int32Array(size + 1);
    const offer = (start: number, end: number, score: number, id: number) => {
      const total = score + scores[start]!;
      if (starts[end] !== -1 && !(total > scores[end]!)) return;
      scores[end] = total;
      starts[end] = start;
      tokens[end] = id;
    };
    for (let start = 0; start < size; ) {
      const next = start + (word.codePointAt(start)! > 0xffff ? 2 : 1);
      if (!this.#offerTokens(word, start, next, offer)) {
        if (this.unknownId === undefined) {
          throw new ModelError(
            `the vocabulary has no token for ${shown(word.slice(start, next))}, and unk_id names none for unknown characters`,
          );
        }
        offer(start, next, this.#unknownScore, this.unknownId);
      }
      start = next;
    }
    return this.#idsOnPath(word, starts, tokens);
  }

  /** Offers each token that the word has at `start`; says whether one of them is the single character. */
  #offerTokens(
    word: string,
    start: number,
    next: number,
    offer: (start: number, end: number, score: number, id: number) => void,
  ): boolean {
    const sorted = this.#sorted;
    let isKnown = false;
    // From `low` to `high` lie the tokens that begin with the word's units from `start` to `end`.
    let low = 0;
    let high = sorted.length;
    for (let end = start; end < word.length && low < high; ) {
      const unit = word.charCodeAt(end);
      const depth = end - start;
      low = this.#firstFrom(unit, depth, low, high);
      high = this.#firstFrom(unit + 1, depth, low, high);
      end++;
      if (low < high && sorted[low]!.length === end - start) {
        const id = this.#sortedIds[low]!;
        offer(start, end, this.#scores[id]!, id);
        if (end === next) isKnown = true;
        low++;
      }
    }
    return isKnown;
  }

  /** The first of some tokens whose unit at `depth` is `unit` or more. */
  #firstFrom(unit: number, depth: number, low: number, high: number): number {
    let first = low;
    let last = high;
    while (first < last) {
      const middle = (first + last) >> 1;
      if (this.#sorted[middle]!.charCodeAt(depth) < unit) first = middle + 1;
      else last = middle;
    }
    return first;
  }

  /** A run of unknown characters is one token, or its bytes. */
  #idsOnPath(word: string, starts: Int32Array, tokens: Int32Array): number[] {
    const reversed: number[] = [];
    for (let end = word.length; end > 0; ) {
      let start = starts[end]!;
      const id = tokens[end]!;
      if (id !== this.unknownId) {
        reversed.push(id);
        end = start;
        continue;
      }
      while (start > 0 && tokens[start] === id) start = starts[start]!;
      const run = word.slice(start, end);
      const known = this.ids.get(run);
      const bytes = known === undefined && this.#byteFallback ? byteIds(run, this.ids)?.reverse() : undefined;
      for (const piece of bytes ?? [known ?? id]) reversed.push(piece);
      end = start;
    }
    return reversed.reverse();
  }
}

function readEntries(vocab: unknown): (readonly [string, number])[] {
  if (!Array.isArray(vocab)) {
    throw new ModelError("the model has no vocabulary: vocab must be a list of tokens and scores");
  }
  if (vocab.length > MAX_ID) {
    throw new ModelError(`the vocabulary has ${vocab.length} tokens; up to ${MAX_ID} are supported`);
  }
  return vocab.map((entry: unknown, id) => {
    const [token, score] = Array.isArray(entry) ? (entry as unknown[]) : [];
    if (typeof token !== "string" || typeof score !== "number") {
      throw new ModelError(`the vocabulary is damaged: entry ${id} must be a token and its score`);
    }
    return [token, score] as const;
  });
}
