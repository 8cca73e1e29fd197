// Hashes to tell texts apart without keeping them: whole numbers below 2⁵³, which a `number` holds exactly. Among a
// million texts two share one by chance once in 18,000 times.

const rotate = (x: number, bits: number): number => (x << bits) | (x >>> (32 - bits));

/** The finaliser of MurmurHash3: every bit of the input changes about half of the bits. */
export function mix32(x: number): number {
  let h = x;
  h = Math.imul(h ^ (h >>> 16), 0x85ebca6b);
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35);
  return h ^ (h >>> 16);
}

/** Two 32-bit states that a sequence is fed to, one after the other. */
export class Hasher {
  #a = 0x243f6a88;
  #b = 0x85a308d3;

  /** @param x its lower 32 bits count */
  add(x: number): void {
    this.#a = Math.imul(rotate(this.#a, 5) ^ x, 0x9e3779b1);
    this.#b = Math.imul(rotate(this.#b, 17) ^ x, 0xc2b2ae3d) + this.#a;
  }

  /** The hash of what was added; the hasher is as new afterwards. */
  take(): number {
    const low = mix32(this.#b ^ rotate(this.#a, 16)) >>> 0;
    const high = mix32(this.#a + Math.imul(this.#b, 0x27d4eb2f)) >>> 11;
    this.#a = 0x243f6a88;
    this.#b = 0x85a308d3;
    return high * 2 ** 32 + low;
  }
}

const hasher = new Hasher();

/** Hash of texts one after the other: their number and their borders count. */
export function hashTexts(texts: readonly string[]): number {
  for (const text of texts) {
    for (let i = 0; i < text.length; i++) hasher.add(text.charCodeAt(i));
    hasher.add(-1);
  }
  return hasher.take();
}

/** Hash of a sequence of hashes. */
export function hashKeys(keys: ArrayLike<number>): number {
  for (let i = 0; i < keys.length; i++) {
    const key = keys[i]!;
    hasher.add(key);
    hasher.add(key / 2 ** 32);
  }
  return hasher.take();
}
