import { CHINESE, NONSPACING_MARKS, PUNCTUATION, REMOVED, WHITESPACE } from "./bert-ranges.ts";
import { lowercase, normalForm } from "./unicode-forms.ts";

/** The options of `tokenizer.json`'s `BertNormalizer`, by the names they have there. */
export interface BertNormalizerOptions {
  /** Drop control characters and turn every kind of white space into a space. */
  clean_text: boolean;
  /** Put spaces around ideographs. */
  handle_chinese_chars: boolean;
  /** Drop accents; null means: when lowercasing. */
  strip_accents: boolean | null;
  lowercase: boolean;
}

const IS_REMOVED = 1;
const IS_WHITESPACE = 2;
const IS_CHINESE = 4;
const IS_MARK = 8;
const IS_PUNCTUATION = 16;

/** A set of the bits above for every code point. */
const CLASSES = characterClasses();

/** Only characters that normalization leaves alone, but for case and the kind of white space. */
const PLAIN = /^[\t\n\r -~]*$/;

/**
 * What Hugging Face's `BertNormalizer` makes of a text, character for character: clean, space out ideographs, strip
 * accents, lowercase.
 */
export function bertNormalize(text: string, options: BertNormalizerOptions): string {
  const stripAccents = options.strip_accents ?? options.lowercase;
  let normalized = text;
  if (PLAIN.test(text)) {
    if (options.clean_text) normalized = normalized.replace(/[\t\n\r]/g, " ");
  } else {
    normalized = cleanAndSpace(text, options.clean_text, options.handle_chinese_chars);
    if (stripAccents) normalized = withoutMarks(normalForm(normalized, "NFD"));
  }
  return options.lowercase ? lowercase(normalized) : normalized;
}

/** The words of a normalized text: runs between white space, every punctuation character a word of its own. */
export function bertWords(text: string): string[] {
  const words: string[] = [];
  let start = 0;
  for (let i = 0; i < text.length; ) {
    const codePoint = text.codePointAt(i)!;
    const next = i + (codePoint > 0xffff ? 2 : 1);
    const separates = CLASSES[codePoint]! & (IS_WHITESPACE | IS_PUNCTUATION);
    if (separates) {
      if (start < i) words.push(text.slice(start, i));
      if (separates & IS_PUNCTUATION) words.push(text.slice(i, next));
      start = next;
    }
    i = next;
  }
  if (start < text.length) words.push(text.slice(start));
  return words;
}

function cleanAndSpace(text: string, clean: boolean, spaceChinese: boolean): string {
  let result = "";
  for (const character of text) {
    const classes = CLASSES[character.codePointAt(0)!]!;
    if (clean && classes & IS_REMOVED) continue;
    if (clean && classes & IS_WHITESPACE) result += " ";
    else if (spaceChinese && classes & IS_CHINESE) result += ` ${character} `;
    else result += character;
  }
  return result;
}

function withoutMarks(text: string): string {
  let result = "";
  for (const character of text) {
    if (!(CLASSES[character.codePointAt(0)!]! & IS_MARK)) result += character;
  }
  return result;
}

function characterClasses(): Uint8Array {
  const classes = new Uint8Array(0x110000);
  const mark = (ranges: string, bit: number) => {
    for (const range of ranges.split(" ")) {
      const [first, last] = range.split("-").map((code) => Number.parseInt(code, 16));
      for (let codePoint = first!; codePoint <= (last ?? first!); codePoint++) classes[codePoint]! |= bit;
    }
  };
  mark(REMOVED, IS_REMOVED);
  // A lone surrogate is not a character; Python and Rust could not even hold it.
  mark("d800-dfff", IS_REMOVED);
  mark(WHITESPACE, IS_WHITESPACE);
  mark(CHINESE, IS_CHINESE);
  mark(NONSPACING_MARKS, IS_MARK);
  mark(PUNCTUATION, IS_PUNCTUATION);
  return classes;
}
