/** The options of `tokenizer.json`'s `ByteLevel` pre-tokenizer, by the names they have there. */
export interface ByteLevelOptions {
  add_prefix_space?: boolean;
  use_regex?: boolean;
}

/** GPT-2's pattern, with Unicode's white space: JavaScript's `\s` counts U+FEFF and leaves out U+0085. */
const WORDS =
  /'s|'t|'re|'ve|'m|'ll|'d| ?\p{L}+| ?\p{N}+| ?[^\p{White_Space}\p{L}\p{N}]+|\p{White_Space}+(?!\P{White_Space})|\p{White_Space}+/gu;

/** What most words are: bytes that stand for themselves, perhaps behind a space. */
const PLAIN_WORD = /^ ?[!-~]+$/;

/** GPT-2's printable stand-in for each byte: itself where it is printable in Latin-1, else U+0100 and onwards. */
const STAND_INS = standIns();
const SPACE = STAND_INS[0x20]!;

const utf8 = new TextEncoder();

/** The words of a text as GPT-2's byte-level BPE sees them, each byte a printable character, spaces kept in front. */
export function byteLevelWords(text: string, options: ByteLevelOptions): string[] {
  const spaced = options.add_prefix_space && !text.startsWith(" ") ? ` ${text}` : text;
  const words = options.use_regex === false ? [spaced] : (spaced.match(WORDS) ?? []);
  return words.map((word) => {
    if (PLAIN_WORD.test(word)) return word.startsWith(" ") ? SPACE + word.slice(1) : word;
    let mapped = "";
    for (const byte of utf8.encode(word)) mapped += STAND_INS[byte]!;
    return mapped;
  });
}

function standIns(): string[] {
  let next = 0x100;
  return Array.from({ length: 256 }, (_, byte) => {
    const isPrintable = (byte > 0x20 && byte < 0x7f) || (byte > 0xa0 && byte !== 0xad);
    return String.fromCharCode(isPrintable ? byte : next++);
  });
}
