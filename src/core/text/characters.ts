import { PUNCTUATION as BERT_PUNCTUATION, WHITESPACE } from "./bert-ranges.ts";
import * as ranges from "./unicode-ranges.ts";

/** Whether a set has a code point. */
export type CharacterSet = (codePoint: number) => boolean;

/** The set that ranges such as `"9-d 20 85"` name, in hexadecimal. */
export function setOf(hexRanges: string): CharacterSet {
  const bits = new Uint8Array(0x110000 / 8);
  for (const range of hexRanges.split(" ")) {
    const [first, last] = range.split("-").map((code) => Number.parseInt(code, 16));
    for (let code = first!; code <= (last ?? first!); code++) bits[code >> 3]! |= 1 << (code & 7);
  }
  return (code) => (bits[code >> 3]! & (1 << (code & 7))) !== 0;
}

/** Made at its first use: most tokenizers need none. */
function lazily(hexRanges: string): CharacterSet {
  let set: CharacterSet | undefined;
  return (code) => {
    set ??= setOf(hexRanges);
    return set(code);
  };
}

/** Rust's `char::is_whitespace`: unlike JavaScript's `\s` with U+0085, without U+FEFF. */
export function isWhiteSpace(code: number): boolean {
  if (code <= 0x20) return code === 0x20 || (code >= 0x09 && code <= 0x0d);
  if (code < 0x85) return false;
  return isOtherWhiteSpace(code);
}
const isOtherWhiteSpace = lazily(WHITESPACE);

export const isWord = lazily(ranges.WORD);
export const isPatternWord = lazily(ranges.PATTERN_WORD);
export const isNumeric = lazily(ranges.NUMERIC);
export const isPunctuation = lazily(BERT_PUNCTUATION);
export const isCombiningMark = lazily(ranges.COMBINING_MARKS);
export const isUnassigned = lazily(ranges.UNASSIGNED);

/** The next character's first unit. */
export function nextIndex(text: string, index: number): number {
  return index + (text.codePointAt(index)! > 0xffff ? 2 : 1);
}
