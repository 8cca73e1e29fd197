import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { ModelError } from "../../src/core/errors.ts";
import { buildModel } from "../../src/core/text/models/model.ts";
import { buildNormalizer } from "../../src/core/text/normalizers.ts";
import { RegularExpression } from "../../src/core/text/pattern/pattern.ts";
import { buildPipeline } from "../../src/core/text/pipeline.ts";
import { buildPreTokenizer } from "../../src/core/text/pre-tokenizers.ts";

/** The error's message, which is one line of sensible length. */
function refusal(action: () => unknown): string {
  try {
    action();
  } catch (error) {
    expect(error).toBeInstanceOf(ModelError);
    const { message } = error as ModelError;
    expect(message).not.toMatch(/\n|undefined|\[object/);
    expect(message.length).toBeLessThan(400);
    return message;
  }
  throw new Error("was not refused");
}

describe("regular expressions", () => {
  // In an engine that only tries one way after the other these take longer than anyone can wait.
  it.each([
    ["(a+)+$", 0],
    ["(a|a)*b", 0],
    ["(a|aa)+$", 0],
    ["(a*)*b", 0],
    ["([a-z]+)*=", 0],
    ["(.*)(.*)(.*)(.*)(.*)=", 0],
    ["a*a*a*a*a*a*b", 0],
    ["(?:(?:a?){20}){5}b", 0],
    ["(?=(a+)+$)b", 0],
    ["(?>(a+)+)b", 0],
    ["(\\w+\\s?)*!", 0],
    ["(?=.*=).", 0],
  ])("%s takes time in proportion to the text", (source, matches) => {
    const text = `${"a".repeat(5000)}#`;
    expect(new RegularExpression(source.replace("$", "\\z")).matches(text)).toHaveLength(matches);
  });

  it.each([
    ["(a)\\1", /\\1, which is not supported/],
    ["(?<=a+)b", /look-behind of varying length/],
    ["\\X", /\\X, which is not supported/],
    ["[[:alpha:]]", /\[:name:\]/],
    ["\\p{Odd}", /property \\p\{Odd\}/],
    ["(?i:ß)", /"ß" where case is ignored/],
    ["(?i:ss)", /ss, st, ff/],
    ["(?<n>a)", /group of the form \(\?<n/],
    ["a{2}?", /\{n\}\?/],
    ["(a", /a \( without its \)/],
    ["a)", /a \) without its \(/],
    ["[a", /no end|without its \]/],
    ["*a", /nothing before it/],
    ["((a{100}){100}){100}", /too large/],
    ["(".repeat(60) + ")".repeat(60), /nested too deeply/],
  ])("%s is refused by what it has", (source, message) => {
    expect(refusal(() => new RegularExpression(source, "pre-tokenizer Split"))).toMatch(message);
  });

  it("give JavaScript's matches where both mean the same", () => {
    const atom = fc.constantFrom(
      "a",
      "b",
      "[ab]",
      ".",
      "(?:ab)",
      "(?:a|ab)",
      "(?:b|)",
      "\\b",
      "(?=a)",
      "(?!b)",
    );
    const repeat = fc.constantFrom("", "", "*", "+", "?", "*?", "+?", "??", "{1,2}", "{2}");
    const piece = fc.tuple(atom, repeat).map(([a, r]) => (/^(\\b|\(\?[=!])/.test(a) ? a : a + r));
    const source = fc.array(fc.array(piece, { maxLength: 4 }), { minLength: 1, maxLength: 3 });
    fc.assert(
      fc.property(
        source,
        fc.string({ unit: fc.constantFrom("a", "b", "c"), maxLength: 12 }),
        (parts, text) => {
          const pattern = parts.map((part) => part.join("")).join("|");
          const first = new RegExp(pattern).exec(text);
          const [ours] = new RegularExpression(pattern).matches(text);
          expect(ours).toEqual(first ? [first.index, first.index + first[0].length] : undefined);
        },
      ),
      { seed: 8, numRuns: 3000 },
    );
  });
});

describe("normalizers that expand", () => {
  const prepend = { type: "Prepend", prepend: "x".repeat(100_000) };
  const double = { type: "Replace", pattern: { Regex: "." }, content: "aaaaaaaaaaaaaaaa" };

  it("are refused before they fill the memory", () => {
    const normalizers = Array.from({ length: 50_000 }, () => prepend);
    expect(refusal(() => buildNormalizer({ type: "Sequence", normalizers })("text"))).toMatch(
      /^the normalizers of a Sequence would make 200004 characters of 4, more than 64 times as many/,
    );
    const doubled = Array.from({ length: 50 }, () => double);
    expect(refusal(() => buildNormalizer({ type: "Sequence", normalizers: doubled })("text"))).toMatch(
      /64 times/,
    );
    const huge = { type: "Replace", pattern: { String: "" }, content: "x".repeat(1_000_000) };
    expect(refusal(() => buildNormalizer(huge)("some text"))).toMatch(
      /^normalizer Replace would make 10000009/,
    );
  });

  it("may do what Unicode's own forms do", () => {
    expect(buildNormalizer({ type: "NFKC" })("ﷺ".repeat(10_000))).toHaveLength(180_000);
  });
});

describe("damaged parts", () => {
  const wordPiece = (vocab: unknown) => ({ type: "WordPiece", unk_token: "[UNK]", vocab });

  it.each([
    ["huge ids", () => buildModel(wordPiece({ a: 4_000_000_000 })), /gives "a" the id 4000000000; ids up to/],
    ["an id that is a text", () => buildModel(wordPiece({ a: "1" })), /id of "a" is not a number/],
    ["a negative id", () => buildModel(wordPiece({ a: -1 })), /id of "a" is not a number/],
    ["a vocabulary that is a list", () => buildModel(wordPiece(["a"])), /has no vocabulary/],
    ["no type", () => buildModel({}), /model of type none is not supported/],
    ["an inherited type", () => buildModel({ type: "constructor" }), /model of type "constructor"/],
    ["dropout", () => buildModel({ type: "BPE", vocab: {}, merges: [], dropout: 0.1 }), /dropout/],
    ["a merge of one", () => buildModel({ type: "BPE", vocab: {}, merges: ["a"] }), /merge 1 is damaged/],
    ["an unknown merge", () => buildModel({ type: "BPE", vocab: {}, merges: ["a b"] }), /lacks "ab"/],
    [
      "scores that are no numbers",
      () => buildModel({ type: "Unigram", vocab: [["a", "b"]] }),
      /entry 0 must/,
    ],
    [
      "an unknown id outside",
      () => buildModel({ type: "Unigram", vocab: [], unk_id: 3 }),
      /unk_id is not an id/,
    ],
    [
      "a word without token",
      () => buildModel({ type: "Unigram", vocab: [["a", 0]] }).encode("b"),
      /no token for "b"/,
    ],
    ["an unknown word", () => buildModel(wordPiece({ a: 1 })).encode("b"), /lacks "\[UNK\]"/],
    ["no type of a part", () => buildNormalizer({}), /a normalizer is damaged: it has no type/],
    ["a part's text missing", () => buildNormalizer({ type: "Prepend" }), /Prepend is damaged: prepend must/],
    ["an inherited part", () => buildPreTokenizer({ type: "toString" }), /pre-tokenizer "toString" is not/],
    [
      "no length",
      () => buildPreTokenizer({ type: "FixedLength", length: 0 }),
      /length must be a whole number/,
    ],
    [
      "a map that is cut short",
      () => buildNormalizer({ type: "Precompiled", precompiled_charsmap: "/////w==" }),
      /cut short/,
    ],
    [
      "a map that points outside",
      () => buildNormalizer({ type: "Precompiled", precompiled_charsmap: "BAAAAAAAAAA=" })("text"),
      /points outside/,
    ],
    [
      "a map in another alphabet",
      () => buildNormalizer({ type: "Precompiled", precompiled_charsmap: "*" }),
      /base 64/,
    ],
  ])("%s", (_, action, message) => {
    expect(refusal(action)).toMatch(message);
  });

  it("parts that are nested deeply are refused", () => {
    let normalizer: unknown = { type: "NFC" };
    let pre_tokenizer: unknown = { type: "Whitespace" };
    for (let i = 0; i < 50_000; i++) {
      normalizer = { type: "Sequence", normalizers: [normalizer] };
      pre_tokenizer = { type: "Sequence", pretokenizers: [pre_tokenizer] };
    }
    expect(refusal(() => buildNormalizer(normalizer))).toMatch(/nested more than 20 deep/);
    expect(refusal(() => buildPreTokenizer(pre_tokenizer))).toMatch(/nested more than 20 deep/);
  });

  it("whatever stands where settings are expected is read or told of", () => {
    const types = ["Split", "Metaspace", "ByteLevel", "Punctuation", "Digits", "Sequence", "FixedLength"];
    const settings = fc.dictionary(
      fc.constantFrom(
        "pattern",
        "behavior",
        "invert",
        "replacement",
        "split",
        "length",
        "pretokenizers",
        "type",
      ),
      fc.oneof(fc.jsonValue(), fc.constantFrom("Removed", true, "▁", { Regex: "(a" }, { String: "b" })),
    );
    fc.assert(
      fc.property(fc.constantFrom(...types), settings, (type, json) => {
        try {
          buildPreTokenizer({ type, ...json })("some text", true);
        } catch (error) {
          expect(error).toBeInstanceOf(ModelError);
        }
      }),
      { seed: 8, numRuns: 2000 },
    );
  });
});

describe("long words", () => {
  const long = "ab".repeat(50_000);

  it.each([
    [
      "WordPiece",
      { type: "WordPiece", max_input_chars_per_word: 1e9, vocab: { "[UNK]": 0, a: 1, "##b": 2, "##a": 3 } },
    ],
    ["BPE", { type: "BPE", vocab: { a: 0, b: 1, ab: 2, abab: 3 }, merges: ["a b", "ab ab"] }],
    [
      "Unigram",
      {
        type: "Unigram",
        unk_id: 0,
        vocab: [
          ["<unk>", 0],
          ["a", -1],
          ["ab", -1.5],
          ["b", -1],
        ],
      },
    ],
  ])("%s takes time in proportion to them", (_, json) => {
    const pipeline = buildPipeline({ model: json, added_tokens: [] });
    expect(pipeline.tokenize(long).length).toBeGreaterThan(20_000);
  });
});

it("half a surrogate pair is U+FFFD", () => {
  const { tokenize } = buildPipeline({
    model: { type: "WordLevel", unk_token: "?", vocab: { "?": 0, "a\ufffdb": 1 } },
  });
  expect(tokenize("a\ud800b")).toEqual([1]);
});

describe("words that depend on where a character came from", () => {
  const first = { type: "Metaspace", replacement: "▁", prepend_scheme: "first", split: true };
  const behind = { type: "Sequence", pretokenizers: [{ type: "WhitespaceSplit" }, first] };
  const model = { type: "WordLevel", vocab: { "[UNK]": 0 }, unk_token: "[UNK]" };
  const build = (normalizer: object | null, pre_tokenizer: object) =>
    buildPipeline({ model, normalizer, pre_tokenizer } as unknown as Parameters<typeof buildPipeline>[0]);

  it.each([
    { type: "NFKC" },
    { type: "Prepend", prepend: " x" },
    { type: "Sequence", normalizers: [{ type: "NFC" }, { type: "NFKD" }] },
  ])("are refused by name under %o", (normalizer) => {
    expect(refusal(() => build(normalizer, behind))).toContain("Metaspace");
    expect(() => build(normalizer, first)).not.toThrow();
  });

  it("are given where nothing can put white space first", () => {
    for (const normalizer of [null, { type: "NFC" }, { type: "Prepend", prepend: "x" }]) {
      expect(() => build(normalizer, behind)).not.toThrow();
    }
  });
});
