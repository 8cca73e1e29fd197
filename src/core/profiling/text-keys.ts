import { Hasher, hashKeys, hashTexts } from "./hash.ts";

/** What two texts are compared by, made once for each row. */
export interface TextKeys {
  /** Equal for equal texts. */
  exact: number;
  /** Equal for texts that differ in case, spacing and punctuation only. */
  normalized: number;
  /** Hash of every word of every text, in order. */
  words: Float64Array;
}

/** Keys of a row: one text or a pair. */
export function textKeys(texts: readonly string[]): TextKeys {
  const exact = hashTexts(texts);
  const [first, ...rest] = texts.map(wordKeys);
  const words = first!;
  // What has no words, such as ":-)", is equal to itself alone.
  if (rest.length === 0) return { exact, words, normalized: words.length === 0 ? exact : hashKeys(words) };
  const sides = [words, ...rest].map((keys, i) =>
    keys.length === 0 ? hashTexts([texts[i]!]) : hashKeys(keys),
  );
  return {
    exact,
    words: Float64Array.from([words, ...rest].flatMap((keys) => [...keys])),
    normalized: hashKeys(sides),
  };
}

/** A character that separates words, is part of one, or (in scripts written without spaces) is one. */
const SEPARATOR = 0;
const PART = 1;
const WHOLE = 2;
const UNSPACED = /[\p{sc=Han}\p{sc=Hiragana}\p{sc=Katakana}\p{sc=Thai}\p{sc=Lao}\p{sc=Khmer}\p{sc=Myanmar}]/u;

/** The kind of every UTF-16 code unit. Halves of surrogate pairs count as letters, so an emoji is a word. */
const kinds = Uint8Array.from({ length: 1 << 16 }, (_, unit) => {
  if (unit >= 0xd800 && unit <= 0xdfff) return PART;
  const character = String.fromCharCode(unit);
  if (UNSPACED.test(character)) return WHOLE;
  return /[\p{L}\p{N}\p{M}]/u.test(character) ? PART : SEPARATOR;
});

const hasher = new Hasher();
let buffer = new Float64Array(1 << 10);

/**
 * Hashes of a text's words: runs of letters and digits in lower case and Unicode's compatibility form (NFKC), and
 * single characters of scripts that put no spaces between words.
 */
function wordKeys(text: string): Float64Array {
  const plain = isAscii(text) ? text : text.normalize("NFKC").toLowerCase();
  if (buffer.length < plain.length + 1) buffer = new Float64Array(plain.length * 2);
  let words = 0;
  let inside = false;
  for (let i = 0; i <= plain.length; i++) {
    let unit = i < plain.length ? plain.charCodeAt(i) : 0;
    if (unit >= 0x41 && unit <= 0x5a) unit |= 0x20;
    const kind = kinds[unit];
    if (inside && kind !== PART) {
      buffer[words++] = hasher.take();
      inside = false;
    }
    if (kind === SEPARATOR) continue;
    hasher.add(unit);
    if (kind === WHOLE) buffer[words++] = hasher.take();
    else inside = true;
  }
  return buffer.slice(0, words);
}

function isAscii(text: string): boolean {
  for (let i = 0; i < text.length; i++) if (text.charCodeAt(i) > 0x7f) return false;
  return true;
}
