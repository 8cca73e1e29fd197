import { ModelError } from "../errors.ts";
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

/** Steps that may take white space away in front of the steps after them. */
const DROPS_SPACE = new Set([
  "WhitespaceSplit",
  "Whitespace",
  "BertPreTokenizer",
  "CharDelimiterSplit",
  "Split",
]);
/** Normalizers that may make of a row's first character white space and more, as NFKC does of a diaeresis. */
const MAKES_SPACE = new Set(["BertNormalizer", "NFKC", "NFKD", "Precompiled", "Replace", "Prepend"]);

/**
 * Refuses the one arrangement whose words depend on which character of the raw text each normalized one came from,
 * which is not kept here: `Metaspace` that marks the row's first word alone, behind a step that drops white space, where
 * the normalizer can put white space first.
 *
 * @throws ModelError
 */
export function refuseUnaligned(normalizer: unknown, preTokenizer: unknown): void {
  const steps = partsOf(preTokenizer, "pretokenizers");
  const marks = steps.findIndex((step) => step.type === "Metaspace" && step.prepend_scheme === "first");
  const drops = steps.slice(0, Math.max(marks, 0)).find(({ type }) => DROPS_SPACE.has(String(type)));
  const makes = partsOf(normalizer, "normalizers").find(makesSpace);
  if (!drops || !makes) return;
  throw new ModelError(
    `pre_tokenizer Metaspace with prepend_scheme "first" behind ${drops.type} can't be followed exactly under the normalizer ${makes.type}; save the tokenizer with prepend_scheme "always" or "never"`,
  );
}

function makesSpace({ type, content, prepend }: Record<string, unknown>): boolean {
  if (type === "Replace") return /^\s/.test(String(content));
  if (type === "Prepend") return /^\s/.test(String(prepend));
  return MAKES_SPACE.has(String(type));
}

/** A part, or those of a sequence, in order. */
function partsOf(json: unknown, key: string): Record<string, unknown>[] {
  const part = (json ?? {}) as Record<string, unknown>;
  const steps = part[key];
  return Array.isArray(steps) ? steps.flatMap((step) => partsOf(step, key)) : [part];
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
