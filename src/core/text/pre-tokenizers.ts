import { bertWords } from "./bert-normalizer.ts";
import { byteLevelWords } from "./byte-level.ts";
import { isNumeric, isPunctuation, isWhiteSpace, isWord } from "./characters.ts";
import { metaspaceWords } from "./metaspace.ts";
import { readPattern } from "./pattern/pattern.ts";
import {
  type PartJson,
  readCharacter,
  readChoice,
  readCount,
  readPart,
  readSteps,
  readSwitch,
  refusedType,
} from "./settings.ts";
import { BEHAVIORS, splitAtCharacters, splitAtMatches } from "./splits.ts";
import { splitAtScripts } from "./unicode-scripts.ts";

/**
 * Splits a normalized text into words. An empty one counts for none; as the first it says that something before the
 * next word was dropped, which therefore does not begin the row.
 *
 * @param isFirst whether the text begins the row, no added token before it.
 */
export type PreTokenizer = (text: string, isFirst: boolean) => string[];

const PRE_TOKENIZERS: Record<string, (json: PartJson, depth: number) => PreTokenizer> = {
  BertPreTokenizer: () => (text) =>
    isWhiteSpace(text.charCodeAt(0)) ? ["", ...bertWords(text)] : bertWords(text),
  ByteLevel: (json) => {
    const options = {
      add_prefix_space: readSwitch(json, "add_prefix_space"),
      use_regex: readSwitch(json, "use_regex", true),
    };
    return (text) => byteLevelWords(text, options);
  },
  CharDelimiterSplit: (json) => {
    const delimiter = readCharacter(json, "delimiter").codePointAt(0)!;
    return (text) => splitAtCharacters(text, (code) => code === delimiter, "Removed");
  },
  Digits: (json) => {
    const behavior = readSwitch(json, "individual_digits") ? "Isolated" : "Contiguous";
    return (text) => splitAtCharacters(text, isNumeric, behavior);
  },
  FixedLength: (json) => {
    const length = readCount(json, "length", 1, 5);
    return (text) => fixedLengthWords(text, length);
  },
  Metaspace: readMetaspace,
  Punctuation: (json) => {
    const behavior = readChoice(json, "behavior", BEHAVIORS, "Isolated");
    return (text) => splitAtCharacters(text, isPunctuation, behavior);
  },
  Sequence: (json, depth) => {
    const steps = readSteps(json, "pretokenizers").map((step) => buildPreTokenizer(step, depth + 1));
    return (text, isFirst) =>
      steps.reduce(
        (words, step) =>
          words.flatMap((word, i) => {
            if (word === "") return i === 0 ? [""] : [];
            const parts = step(word, isFirst && i === 0);
            return i === 0 ? parts : parts.filter((part) => part !== "");
          }),
        [text],
      );
  },
  Split: (json) => {
    const pattern = readPattern(json.pattern, "pre-tokenizer Split");
    const behavior = readChoice(json, "behavior", BEHAVIORS);
    const inverts = readSwitch(json, "invert");
    return (text) => splitAtMatches(text, pattern.matches(text), behavior, inverts);
  },
  UnicodeScripts: () => splitAtScripts,
  Whitespace: () => wordsAndSymbols,
  WhitespaceSplit: () => (text) => splitAtCharacters(text, isWhiteSpace, "Removed"),
};

/**
 * Reads `tokenizer.json`'s `pre_tokenizer`; null is none, which leaves a text one word.
 *
 * @throws ModelError if it is damaged or of an unknown type.
 */
export function buildPreTokenizer(json: unknown, depth = 0): PreTokenizer {
  if (json === null || json === undefined) return (text) => [text];
  const part = readPart(json, "pre-tokenizer", depth);
  const build = Object.hasOwn(PRE_TOKENIZERS, part.type) ? PRE_TOKENIZERS[part.type]! : undefined;
  if (!build) return refusedType(part, "pre-tokenizer", Object.keys(PRE_TOKENIZERS));
  return build(part, depth);
}

/** Whether a pre-tokenizer, which was built, treats the row's first word in its own way. */
export function knowsFirst(json: unknown): boolean {
  const { prepend_scheme: scheme, pretokenizers: steps } = (json ?? {}) as Record<string, unknown>;
  return scheme === "first" || (Array.isArray(steps) && steps.some(knowsFirst));
}

function readMetaspace(json: PartJson): PreTokenizer {
  const addsSpace = readSwitch(json, "add_prefix_space", true);
  const scheme = readChoice(
    json,
    "prepend_scheme",
    ["first", "never", "always"] as const,
    addsSpace ? "always" : "never",
  );
  if (!addsSpace && scheme !== "never") readChoice(json, "prepend_scheme", ["never"] as const);
  const options = {
    replacement: readCharacter(json, "replacement"),
    prepend_scheme: scheme,
    split: readSwitch(json, "split", true),
  };
  return (text, isFirst) => metaspaceWords(text, options, isFirst);
}

/** `\w+|[^\w\s]+`: runs of word characters, and runs of others that are no white space. */
function wordsAndSymbols(text: string): string[] {
  const words: string[] = [];
  let start = 0;
  // 0 is white space.
  let kind = 0;
  if (text !== "" && isWhiteSpace(text.charCodeAt(0))) words.push("");
  for (let i = 0; i < text.length; ) {
    const code = text.codePointAt(i)!;
    const next = isWord(code) ? 1 : isWhiteSpace(code) ? 0 : 2;
    if (next !== kind) {
      if (kind !== 0) words.push(text.slice(start, i));
      start = i;
      kind = next;
    }
    i += code > 0xffff ? 2 : 1;
  }
  if (kind !== 0) words.push(text.slice(start));
  return words;
}

function fixedLengthWords(text: string, length: number): string[] {
  const characters = Array.from(text);
  const words: string[] = [];
  for (let i = 0; i < characters.length; i += length) words.push(characters.slice(i, i + length).join(""));
  return words;
}
