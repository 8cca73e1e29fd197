/** Words per shingle. */
const SHINGLE = 4;
/** Smallest hashes kept of each text. */
const SKETCH = 48;
/** Share of shingles in common from which two texts count as the same. */
const SAME = 0.6;

/** Texts to leave out, by index. */
export interface Duplicates {
  /** The words of an earlier text, in the same order. */
  exact: Set<number>;
  /** Most of an earlier text's phrases: the same message with another name, number or greeting. */
  near: Set<number>;
}

/**
 * Finds texts that repeat an earlier one. Only letters count: case, numbers, punctuation and quote marks do not.
 * Resemblance is the Jaccard index of the texts' four-word shingles, estimated from bottom-k sketches (Broder, 1997).
 */
export function findDuplicates(texts: readonly string[]): Duplicates {
  const exact = new Set<number>();
  const near = new Set<number>();
  const seen = new Set<string>();
  const sketches: Uint32Array[] = [];
  const byHash = new Map<number, number[]>();

  texts.forEach((text, index) => {
    const words = text.toLowerCase().match(/\p{L}+/gu) ?? [];
    const normalized = words.join(" ");
    const sketch = bottomSketch(words);
    sketches.push(sketch);
    if (seen.has(normalized)) {
      exact.add(index);
      return;
    }
    seen.add(normalized);
    if (candidates(sketch, byHash).some((earlier) => resemblance(sketch, sketches[earlier]!) >= SAME)) {
      near.add(index);
      return;
    }
    for (const hash of sketch) {
      const owners = byHash.get(hash);
      if (owners) owners.push(index);
      else byHash.set(hash, [index]);
    }
  });
  return { exact, near };
}

/** The smallest hashes of a text's shingles, ascending. A text shorter than a shingle is one. */
function bottomSketch(words: readonly string[]): Uint32Array {
  const hashes = words.map(hashWord);
  const shingles = new Set<number>();
  for (let i = 0; i === 0 || i + SHINGLE <= hashes.length; i++) {
    let hash = 0;
    for (const word of hashes.slice(i, i + SHINGLE)) hash = scramble(Math.imul(hash, 31) + word);
    shingles.add(hash);
  }
  return Uint32Array.from(shingles).sort().slice(0, SKETCH);
}

/** FNV-1a. */
function hashWord(word: string): number {
  let hash = 0x811c9dc5;
  for (let i = 0; i < word.length; i++) hash = Math.imul(hash ^ word.charCodeAt(i), 0x01000193);
  return hash;
}

/** MurmurHash3's finalizer: every bit of the result depends on every bit of the value. */
function scramble(value: number): number {
  let hash = Math.imul(value ^ (value >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return (hash ^ (hash >>> 16)) >>> 0;
}

/** Earlier texts that share at least half as many hashes as it takes to be the same. */
function candidates(sketch: Uint32Array, byHash: ReadonlyMap<number, number[]>): number[] {
  const shared = new Map<number, number>();
  for (const hash of sketch) {
    for (const index of byHash.get(hash) ?? []) shared.set(index, (shared.get(index) ?? 0) + 1);
  }
  return [...shared].filter(([, count]) => count >= (SAME * sketch.length) / 2).map(([index]) => index);
}

/** Share of the smallest hashes of both sketches together that are in each of them. */
function resemblance(a: Uint32Array, b: Uint32Array): number {
  let [i, j, inBoth, inEither] = [0, 0, 0, 0];
  while (inEither < SKETCH && (i < a.length || j < b.length)) {
    const [x, y] = [a[i] ?? Number.POSITIVE_INFINITY, b[j] ?? Number.POSITIVE_INFINITY];
    if (x === y) inBoth++;
    if (x <= y) i++;
    if (y <= x) j++;
    inEither++;
  }
  return inBoth / inEither;
}
