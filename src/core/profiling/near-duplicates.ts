import { mix32 } from "./hash.ts";

/** Words in a shingle: the sequences of words that two texts are compared by. */
const SHINGLE_WORDS = 3;
/** Share of all their shingles that two near-duplicates have in common (Jaccard similarity). */
export const NEAR_SIMILARITY = 0.7;

/**
 * Bands of minima: texts that agree in all rows of a band are compared. Of texts as similar as `NEAR_SIMILARITY`
 * 98.8 % meet in one of the bands, 1 − (1 − 0.7⁴)¹⁶; of more similar ones nearly all.
 */
const BANDS = 16;
const BAND_ROWS = 4;
const HASHES = BANDS * BAND_ROWS;

/** Texts compared for one search at most: without it, a phrase that thousands share would make searches slow. */
const MOST_COMPARED = 64;

const multipliers = Int32Array.from({ length: HASHES }, (_, i) => mix32(2 * i + 1) | 1);
const offsets = Int32Array.from({ length: HASHES }, (_, i) => mix32(2 * i + 2));

/** Hashes of the shingles of a text, [n]; a text of fewer words is one shingle. */
export function shingles(words: Float64Array): Uint32Array {
  if (words.length === 0) return new Uint32Array(0);
  const last = Math.max(0, words.length - SHINGLE_WORDS);
  const all = new Uint32Array(last + 1);
  for (let i = 0; i <= last; i++) {
    let hash = 0;
    for (let j = i; j < Math.min(words.length, i + SHINGLE_WORDS); j++) {
      hash = mix32(Math.imul(hash, 31) ^ words[j]!);
    }
    all[i] = hash;
  }
  return all;
}

/** Numbers in ascending order, each once. */
function distinct(numbers: Uint32Array): Uint32Array {
  const sorted = numbers.slice().sort();
  return sorted.filter((number, i) => i === 0 || number !== sorted[i - 1]);
}

/** Jaccard similarity of two sets, each ascending: how many elements they share of all that they have. */
function similarity(a: Uint32Array, b: Uint32Array): number {
  let common = 0;
  for (let i = 0, j = 0; i < a.length && j < b.length; ) {
    const [left, right] = [a[i]!, b[j]!];
    if (left === right) common++;
    if (left <= right) i++;
    if (right <= left) j++;
  }
  return common / (a.length + b.length - common);
}

/**
 * Texts in which those similar to another are found without comparing it to all: MinHash signatures in bands
 * (Broder 1997, https://doi.org/10.1109/SEQUEN.1997.666900; Leskovec, Rajaraman and Ullman, Mining of Massive
 * Datasets, section 3.4). Candidates are compared by their shingles, so what is found is as similar as promised.
 */
export class NearDuplicateIndex {
  readonly #texts: Uint32Array[] = [];
  /** Chains of entries by band: the first of each chain, then for every entry the next. Entry = text · BANDS + band. */
  #heads = new Int32Array(1 << 12).fill(-1);
  #next = new Int32Array(1 << 11);
  #bands = new Int32Array(1 << 11);
  readonly #signature = new Uint32Array(HASHES);
  readonly #found = new Int32Array(BANDS);
  /** The last search that compared each text. */
  #compared = new Int32Array(1 << 8);
  #search = 0;

  get size(): number {
    return this.#texts.length;
  }

  /** Adds the shingles of a text; its number is the count of texts before it. */
  add(text: Uint32Array): void {
    const number = this.#texts.push(distinct(text)) - 1;
    if ((number + 1) * BANDS > this.#next.length) this.#grow();
    this.#hashBands(text);
    for (let band = 0; band < BANDS; band++) this.#link(number * BANDS + band, this.#found[band]!);
  }

  /**
   * Numbers of the texts that are at least `NEAR_SIMILARITY` alike.
   *
   * @param text shingles of the text to look for
   * @param isWanted Texts to compare with; others are passed over.
   */
  find(text: Uint32Array, isWanted: (number: number) => boolean): number[] {
    const similar: number[] = [];
    if (text.length === 0) return similar;
    this.#hashBands(text);
    this.#search++;
    let compared = 0;
    let own: Uint32Array | undefined;
    for (let band = 0; band < BANDS; band++) {
      const hash = this.#found[band]!;
      let entry = this.#heads[hash & (this.#heads.length - 1)]!;
      for (; entry >= 0 && compared < MOST_COMPARED; entry = this.#next[entry]!) {
        const number = Math.floor(entry / BANDS);
        if (this.#bands[entry] !== hash || this.#compared[number] === this.#search) continue;
        this.#compared[number] = this.#search;
        if (!isWanted(number)) continue;
        compared++;
        own ??= distinct(text);
        if (similarity(own, this.#texts[number]!) >= NEAR_SIMILARITY) similar.push(number);
      }
    }
    return similar;
  }

  /** Hashes of the signature's bands, into `#found`. */
  #hashBands(text: Uint32Array): void {
    const signature = this.#signature.fill(0xffffffff);
    for (let i = 0; i < text.length; i++) {
      const shingle = text[i]!;
      for (let h = 0; h < HASHES; h++) {
        const hash = Math.imul(shingle ^ offsets[h]!, multipliers[h]!) >>> 0;
        if (hash < signature[h]!) signature[h] = hash;
      }
    }
    for (let band = 0; band < BANDS; band++) {
      let hash = band;
      for (let row = 0; row < BAND_ROWS; row++) {
        hash = mix32(Math.imul(hash, 31) ^ signature[band * BAND_ROWS + row]!);
      }
      this.#found[band] = hash;
    }
  }

  #link(entry: number, hash: number): void {
    const chain = hash & (this.#heads.length - 1);
    this.#bands[entry] = hash;
    this.#next[entry] = this.#heads[chain]!;
    this.#heads[chain] = entry;
  }

  #grow(): void {
    const entries = this.#next.length;
    const bands = this.#bands;
    this.#next = new Int32Array(entries * 2);
    this.#bands = new Int32Array(entries * 2);
    this.#heads = new Int32Array(entries * 4).fill(-1);
    const compared = new Int32Array((entries * 2) / BANDS);
    compared.set(this.#compared);
    this.#compared = compared;
    for (let entry = 0; entry < entries; entry++) this.#link(entry, bands[entry]!);
  }
}
