import { UNASSIGNED } from "./unicode-ranges.ts";

/** The options of `tokenizer.json`'s `ByteLevel` pre-tokenizer, by the names they have there. */
export interface ByteLevelOptions {
  add_prefix_space?: boolean;
  use_regex?: boolean;
}

/**
 * GPT-2's pattern as Oniguruma understands it: with Unicode's white space (JavaScript's `\\s` counts U+FEFF and leaves
 * out U+0085), and without letters and numbers newer than its tables.
 */
const WORDS = new RegExp(
  "'s|'t|'re|'ve|'m|'ll|'d| ?L+| ?N+| ?[^\\p{White_Space}LN]+|\\p{White_Space}+(?!\\P{White_Space})|\\p{White_Space}+"
    .replaceAll("L", assigned("L"))
    .replaceAll("N", assigned("N")),
  "gv",
);

function assigned(category: string): string {
  const unassigned = UNASSIGNED.replaceAll(/[0-9a-f]+/g, (code) => `\\u{${code}}`).replaceAll(" ", "");
  return `[\\p{${category}}--[${unassigned}]]`;
}

/** What most words are: bytes that stand for themselves, perhaps behind a space. */
const PLAIN_WORD = /^ ?[!-~]+$/;

/** GPT-2's printable stand-in for each byte: itself where it is printable in Latin-1, else U+0100 and onwards. */
const STAND_INS = standIns();
const SPACE = STAND_INS[0x20]!;
const BYTES: ReadonlyMap<string, number> = new Map(STAND_INS.map((character, byte) => [character, byte]));

const utf8 = new TextEncoder();

/** The words of a text as GPT-2's byte-level BPE sees them, each byte a printable character, spaces kept in front. */
export function byteLevelWords(text: string, options: ByteLevelOptions): string[] {
  const spaced = options.add_prefix_space && !text.startsWith(" ") ? ` ${text}` : text;
  const words = options.use_regex === false ? [spaced] : (spaced.match(WORDS) ?? []);
  return words.map(byteLevelText);
}

/** A text's bytes in UTF-8, each a printable character. */
export function byteLevelText(text: string): string {
  if (PLAIN_WORD.test(text)) return text.startsWith(" ") ? SPACE + text.slice(1) : text;
  let mapped = "";
  for (const byte of utf8.encode(text)) mapped += STAND_INS[byte]!;
  return mapped;
}

/** The bytes that a token's characters stand for; undefined if one of them stands for none. */
export function byteLevelBytes(token: string): number[] | undefined {
  const bytes: number[] = [];
  for (const character of token) {
    const byte = BYTES.get(character);
    if (byte === undefined) return undefined;
    bytes.push(byte);
  }
  return bytes;
}

function standIns(): string[] {
  let next = 0x100;
  return Array.from({ length: 256 }, (_, byte) => {
    const isPrintable = (byte > 0x20 && byte < 0x7f) || (byte > 0xa0 && byte !== 0xad);
    return String.fromCharCode(isPrintable ? byte : next++);
  });
}
