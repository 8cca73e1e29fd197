import { ModelError } from "../errors.ts";
import { type BertNormalizerOptions, bertNormalize } from "./bert-normalizer.ts";
import { byteLevelText } from "./byte-level.ts";
import { isCombiningMark, isWhiteSpace, setOf } from "./characters.ts";
import { readPattern } from "./pattern/pattern.ts";
import { CharacterMap } from "./precompiled.ts";
import { type PartJson, readPart, readSteps, readSwitch, readText, refusedType } from "./settings.ts";
import { lowercase, normalForm } from "./unicode-forms.ts";

/** Changes a text before it is split into words. */
export interface Normalizer {
  (text: string): string;
  /**
   * Whether what begins the result is what began the text: where a beginning was dropped, Metaspace's scheme `first`
   * does not take the rest for the first word. Without it, always. One case is not followed: a first character that
   * becomes white space and more (¨ in NFKC), split there before Metaspace's turn.
   */
  keepsStart?: (text: string) => boolean;
}

/** How much longer a text may get: the longest replacement of Unicode's own (NFKC of U+FDFA) is 18 characters. */
const MAX_GROWTH = 64;
/** For short texts. */
const MAX_ADDED = 100_000;

const NORMALIZERS: Record<string, (json: PartJson, depth: number) => Normalizer> = {
  BertNormalizer: (json) => {
    const options: BertNormalizerOptions = {
      clean_text: readSwitch(json, "clean_text"),
      handle_chinese_chars: readSwitch(json, "handle_chinese_chars"),
      strip_accents: json.strip_accents == null ? null : readSwitch(json, "strip_accents"),
      lowercase: readSwitch(json, "lowercase"),
    };
    const stripsAccents = options.strip_accents ?? options.lowercase;
    return keepingStart(
      (text) => bertNormalize(text, options),
      (text) => {
        const cleaned = bertNormalize(first(text), { ...options, strip_accents: false, lowercase: false });
        if (cleaned === "") return false;
        return !stripsAccents || bertNormalize(first(text), options) !== "";
      },
    );
  },
  ByteLevel: () => byteLevelText,
  Lowercase: () => lowercase,
  NFC: () => (text) => normalForm(text, "NFC"),
  NFD: () => (text) => normalForm(text, "NFD"),
  NFKC: () => (text) => normalForm(text, "NFKC"),
  NFKD: () => (text) => normalForm(text, "NFKD"),
  Nmt: () => keepingStart(nmt, (text) => nmt(first(text)) !== ""),
  Precompiled: (json) => {
    const map = new CharacterMap(readText(json, "precompiled_charsmap"));
    return (text) => map.normalize(text);
  },
  Prepend: (json) => {
    const prefix = readText(json, "prepend");
    return (text) => (text === "" ? "" : prefix + text);
  },
  Replace: readReplace,
  Sequence: (json, depth) => {
    const steps = readSteps(json, "normalizers").map((step) => buildNormalizer(step, depth + 1));
    const run = (text: string, each?: (step: Normalizer, before: string) => void) => {
      let result = text;
      for (const step of steps) {
        each?.(step, result);
        result = step(result);
        checkLength(result.length, text.length, "the normalizers of a Sequence");
      }
      return result;
    };
    return keepingStart(
      (text) => run(text),
      (text) => {
        let keeps = true;
        run(text, (step, before) => {
          keeps &&= step.keepsStart?.(before) ?? true;
        });
        return keeps;
      },
    );
  },
  Strip: (json) => {
    const left = readSwitch(json, "strip_left");
    const right = readSwitch(json, "strip_right");
    return keepingStart(
      (text) => strip(text, left, right),
      (text) => !(left && isWhiteSpace(text.charCodeAt(0))),
    );
  },
  StripAccents: () =>
    keepingStart(
      (text) => filter(text, (code) => !isCombiningMark(code)),
      (text) => !isCombiningMark(text.codePointAt(0) ?? 0),
    ),
};
// What files called it at first.
NORMALIZERS.StripNormalizer = NORMALIZERS.Strip!;

/**
 * Reads `tokenizer.json`'s `normalizer`; null is none.
 *
 * The normalizer throws ModelError where a text would get more than 64 times as long.
 *
 * @throws ModelError if it is damaged or of an unknown type.
 */
export function buildNormalizer(json: unknown, depth = 0): Normalizer {
  if (json === null || json === undefined) return (text) => text;
  const part = readPart(json, "normalizer", depth);
  const build = Object.hasOwn(NORMALIZERS, part.type) ? NORMALIZERS[part.type]! : undefined;
  if (!build) return refusedType(part, "normalizer", Object.keys(NORMALIZERS));
  return build(part, depth);
}

function keepingStart(
  normalize: (text: string) => string,
  keepsStart: (text: string) => boolean,
): Normalizer {
  // A function of its own: what is shared must not be changed.
  return Object.assign((text: string) => normalize(text), { keepsStart });
}

/** The first character. */
function first(text: string): string {
  return text === "" ? "" : String.fromCodePoint(text.codePointAt(0)!);
}

function readReplace(json: PartJson): Normalizer {
  const pattern = readPattern(json.pattern, "normalizer Replace");
  const content = readText(json, "content");
  const keepsStart = (text: string) => {
    const [match] = pattern.matches(text);
    if (!match || match[0] > 0 || match[1] === 0) return true;
    // What replaces several characters stands in the place of the last.
    return content !== "" && match[1] === first(text).length;
  };
  return keepingStart((text) => {
    const matches = pattern.matches(text);
    if (matches.length === 0) return text;
    checkLength(text.length + matches.length * content.length, text.length, "normalizer Replace");
    let result = "";
    let last = 0;
    for (const [start, end] of matches) {
      result += text.slice(last, start) + content;
      last = end;
    }
    return result + text.slice(last);
  }, keepsStart);
}

function checkLength(length: number, before: number, what: string): void {
  if (length > before * MAX_GROWTH + MAX_ADDED) {
    throw new ModelError(
      `${what} would make ${length} characters of ${before}, more than ${MAX_GROWTH} times as many: tokenizer.json is damaged`,
    );
  }
}

const isDroppedByNmt = setOf("1-8 b e-1f 7f 8f 9f");
const isSpaceToNmt = setOf("9 a c d 1680 200b-200f 2028-2029 2581 feff fffd");

/** What neural machine translation's rules drop and make spaces of, as in SentencePiece's `nmt_nfkc`. */
function nmt(text: string): string {
  let result = "";
  for (const character of text) {
    const code = character.codePointAt(0)!;
    if (!isDroppedByNmt(code)) result += isSpaceToNmt(code) ? " " : character;
  }
  return result;
}

function strip(text: string, left: boolean, right: boolean): string {
  let start = 0;
  let end = text.length;
  // White space has one unit each.
  if (left) while (start < end && isWhiteSpace(text.charCodeAt(start))) start++;
  if (right) while (end > start && isWhiteSpace(text.charCodeAt(end - 1))) end--;
  return text.slice(start, end);
}

function filter(text: string, keeps: (code: number) => boolean): string {
  let result = "";
  for (const character of text) if (keeps(character.codePointAt(0)!)) result += character;
  return result;
}
