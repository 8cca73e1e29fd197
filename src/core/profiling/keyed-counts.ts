/** Keys kept at most; with more, the counts become estimates from a sample of the keys. */
const MOST_KEYS = 1 << 23;

/**
 * Numbers kept under hashed keys, in about 20 bytes a key: how often each came, and what else its user writes into
 * its fields. Above a limit it halves itself, keeping the keys whose hash ends in 0, then in 00 and so on: a random
 * sample of all keys, so memory is bounded and shares stay right.
 */
export class KeyedCounts {
  readonly #fields: number;
  readonly #limit: number;
  #size = 0;
  #keys = new Float64Array(1 << 10);
  #cells: Int32Array;
  /** Where each key lies: entry + 1, or 0 for a free place. Twice as many places as keys at least. */
  #places = new Int32Array(1 << 11);
  /** A key is in the sample if these bits of it are 0. */
  #sampleMask = 0;

  /** @param fields numbers kept for a key, each from −2³¹ to 2³¹ − 1; all 0 at first */
  constructor(fields: number, limit = MOST_KEYS) {
    this.#fields = fields;
    this.#limit = limit;
    this.#cells = new Int32Array(fields * this.#keys.length);
  }

  /** Keys kept. */
  get size(): number {
    return this.#size;
  }

  /** One in so many keys is kept: what sums over the entries are to be multiplied with. */
  get scale(): number {
    return this.#sampleMask + 1;
  }

  /** Whether a key is in the sample; true of all while there are few. */
  keeps(key: number): boolean {
    // The upper bits: the lower ones choose the place.
    return ((key / 2 ** 32) & this.#sampleMask) === 0;
  }

  /** The entry of a key, from 0; −1 if there is none. */
  find(key: number): number {
    return this.#places[this.#placeOf(key)]! - 1;
  }

  /** The entry of a key, made where there is none; −1 for a key outside the sample. */
  entry(key: number): number {
    if (!this.keeps(key)) return -1;
    let place = this.#placeOf(key);
    if (this.#places[place] === 0) {
      if (this.#size === this.#limit) {
        this.#halve();
        return this.entry(key);
      }
      if (this.#size === this.#keys.length) {
        this.#grow();
        place = this.#placeOf(key);
      }
      this.#keys[this.#size] = key;
      this.#places[place] = ++this.#size;
    }
    return this.#places[place]! - 1;
  }

  get(entry: number, field: number): number {
    return this.#cells[entry * this.#fields + field]!;
  }

  set(entry: number, field: number, value: number): void {
    this.#cells[entry * this.#fields + field] = value;
  }

  /** The key of an entry. */
  key(entry: number): number {
    return this.#keys[entry]!;
  }

  /** Where a key lies, or the free place where it would. */
  #placeOf(key: number): number {
    const last = this.#places.length - 1;
    let place = (key >>> 0) & last;
    for (let at = this.#places[place]!; at !== 0; at = this.#places[place]!) {
      if (this.#keys[at - 1] === key) break;
      place = (place + 1) & last;
    }
    return place;
  }

  #grow(): void {
    const keys = new Float64Array(this.#keys.length * 2);
    keys.set(this.#keys);
    const cells = new Int32Array(this.#fields * keys.length);
    cells.set(this.#cells);
    this.#keys = keys;
    this.#cells = cells;
    this.#places = new Int32Array(keys.length * 2);
    this.#placeAll();
  }

  #halve(): void {
    this.#sampleMask = this.#sampleMask * 2 + 1;
    let kept = 0;
    for (let entry = 0; entry < this.#size; entry++) {
      if (!this.keeps(this.#keys[entry]!)) continue;
      this.#keys[kept] = this.#keys[entry]!;
      this.#cells.copyWithin(kept * this.#fields, entry * this.#fields, (entry + 1) * this.#fields);
      kept++;
    }
    this.#cells.fill(0, kept * this.#fields);
    this.#size = kept;
    this.#places.fill(0);
    this.#placeAll();
  }

  #placeAll(): void {
    for (let entry = 0; entry < this.#size; entry++) {
      this.#places[this.#placeOf(this.#keys[entry]!)] = entry + 1;
    }
  }
}
