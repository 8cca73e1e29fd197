import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { type BertNormalizerOptions, bertNormalize, bertWords } from "../../src/core/text/bert-normalizer.ts";

interface Goldens {
  cased: string[];
  words: string[];
  uncased: { from: number; to: number; sha256: string }[];
}

const goldens = JSON.parse(
  readFileSync(new URL("../fixtures/text/bert-characters.json", import.meta.url), "utf8"),
) as Goldens;

const UNCASED: BertNormalizerOptions = {
  clean_text: true,
  handle_chinese_chars: true,
  strip_accents: null,
  lowercase: true,
};
const CASED: BertNormalizerOptions = { ...UNCASED, strip_accents: false, lowercase: false };

function digest(transform: (text: string) => string, from: number, to: number): string {
  const sha256 = createHash("sha256");
  for (let codePoint = from; codePoint < to; codePoint++) {
    if (codePoint >= 0xd800 && codePoint <= 0xdfff) continue;
    sha256.update(`${transform(`x${String.fromCodePoint(codePoint)}y`)}\n`);
  }
  return sha256.digest("hex");
}

const plane = (i: number): [number, number] => [i * 0x10000, (i + 1) * 0x10000];

describe("BERT normalizer", () => {
  it("treats every code point as Hugging Face's does", () => {
    const digests = goldens.cased.map((_, i) => digest((text) => bertNormalize(text, CASED), ...plane(i)));
    expect(digests).toEqual(goldens.cased);
  });

  it.each(goldens.uncased)("lowercases and strips accents from $from to $to", ({ from, to, sha256 }) => {
    expect(digest((text) => bertNormalize(text, UNCASED), from, to)).toBe(sha256);
  });

  it("keeps one form of sigma, whatever follows", () => {
    expect(bertNormalize("ΟΔΥΣΣΕΥΣ", UNCASED)).toBe("οδυσσευσ");
  });

  it("drops lone surrogates", () => {
    expect(bertNormalize("a\ud800b\udc00c", UNCASED)).toBe("abc");
  });

  it("leaves what its options leave", () => {
    const off = { clean_text: false, handle_chinese_chars: false, strip_accents: false, lowercase: false };
    const text = "A\u0000é\t中";
    expect(bertNormalize(text, off)).toBe(text);
    expect(bertNormalize("É中", { ...off, strip_accents: true })).toBe("E中");
  });
});

describe("BERT words", () => {
  it("splits at every code point where Hugging Face's pre-tokenizer splits", () => {
    const digests = goldens.words.map((_, i) => digest((text) => bertWords(text).join("|"), ...plane(i)));
    expect(digests).toEqual(goldens.words);
  });

  it("gives punctuation a word of its own and white space none", () => {
    expect(bertWords(" don't  stop…now ")).toEqual(["don", "'", "t", "stop", "…", "now"]);
    expect(bertWords("")).toEqual([]);
  });
});
