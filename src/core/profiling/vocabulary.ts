import { KeyedCounts } from "./keyed-counts.ts";

const COUNT = 0;

/** How often each word of a split comes. */
export class Vocabulary {
  readonly #counts = new KeyedCounts(1);

  /** @param words hashes of words */
  add(words: Float64Array): void {
    for (let i = 0; i < words.length; i++) {
      const entry = this.#counts.entry(words[i]!);
      if (entry >= 0) this.#counts.set(entry, COUNT, this.#counts.get(entry, COUNT) + 1);
    }
  }

  /** Distinct words. */
  get size(): number {
    return this.#counts.size * this.#counts.scale;
  }

  /** Share of the words, each as often as it comes, that `other` doesn't have; 0 to 1. */
  unseenIn(other: Vocabulary): number {
    let all = 0;
    let unseen = 0;
    for (let entry = 0; entry < this.#counts.size; entry++) {
      const key = this.#counts.key(entry);
      if (!other.#counts.keeps(key)) continue;
      const count = this.#counts.get(entry, COUNT);
      all += count;
      if (other.#counts.find(key) < 0) unseen += count;
    }
    return all === 0 ? 0 : unseen / all;
  }
}
