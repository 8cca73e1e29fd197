import { describe, expect, test } from "vitest";
import { trainTestOverlap } from "../../src/core/findings/overlap-check.ts";
import {
  emptyTexts,
  lengthShift,
  oneWordTexts,
  truncatedText,
  unknownTokens,
  vocabularyShift,
} from "../../src/core/findings/text-checks.ts";
import { tokenizerMismatch } from "../../src/core/findings/tokenizer-check.ts";
import type { Overlap } from "../../src/core/profiling/overlap.ts";
import { lengths, split } from "./facts.ts";

test("empty texts", () => {
  expect(emptyTexts(split({ emptyTexts: 1 }))).toMatchObject({
    code: "empty-texts",
    severity: "warning",
    found: "train has 1 row without a text, of 1,000.",
  });
  expect(emptyTexts(split({}))).toBeUndefined();
});

test("texts of one word: many warn, few are noted", () => {
  expect(oneWordTexts(split({ oneWordTexts: 50 }))).toMatchObject({
    code: "one-word-texts",
    severity: "warning",
  });
  expect(oneWordTexts(split({ oneWordTexts: 49 }))).toMatchObject({ severity: "note" });
  expect(oneWordTexts(split({}))).toBeUndefined();
});

test.each([
  [200, 0.2, "warning"],
  [500, 0.05, "warning"],
  [199, 0.19, "note"],
  [10, 0.001, "note"],
])("truncation of %i rows of 1,000 that loses %f of the tokens is a %s", (rows, tokens, severity) => {
  expect(truncatedText([split({ truncation: { limit: 400, rows, tokens } })])).toMatchObject({
    code: "truncation",
    severity,
  });
});

test("truncation of hardly any row is not worth a word", () => {
  expect(truncatedText([split({ truncation: { limit: 400, rows: 9, tokens: 0.001 } })])).toBeUndefined();
  expect(truncatedText([split({ truncation: undefined })])).toBeUndefined();
});

test("truncation of several splits is said once, of those that lose by it", () => {
  const train = split({ truncation: { limit: 400, rows: 217, tokens: 0.1897 } });
  const test = split({ name: "test", truncation: { limit: 400, rows: 500, tokens: 0.05 } });
  const whole = split({ name: "validation" });
  expect(truncatedText([train])!.found).toBe(
    "Cut at 400 tokens, train loses 19.0% of its tokens, in 217 rows (21.7%).",
  );
  expect(truncatedText([train])!.severity).toBe("note");
  expect(truncatedText([train, whole, test])).toMatchObject({
    severity: "warning",
    found:
      "Cut at 400 tokens, train loses 19.0% of its tokens, in 217 rows (21.7%); test 5.0%, in 500 rows (50.0%).",
  });
});

test("unknown tokens", () => {
  expect(unknownTokens(split({ unknownTokens: 0.05 }))).toMatchObject({
    code: "unknown-tokens",
    severity: "warning",
  });
  expect(unknownTokens(split({ unknownTokens: 0.049 }))).toBeUndefined();
  expect(unknownTokens(split({ unknownTokens: undefined }))).toBeUndefined();
});

describe("splits of different length", () => {
  const of = (...medians: number[]) =>
    split({ lengths: medians.map((median, i) => ({ unit: `words of ${i}`, summary: lengths(median) })) });

  test("are found from twice the median on, either way, in any column", () => {
    expect(lengthShift(of(50), of(100))).toMatchObject({ code: "length-shift", severity: "warning" });
    expect(lengthShift(of(100), of(50))).toBeDefined();
    expect(lengthShift(of(50, 10), of(50, 30))!.found).toContain("30 words of 1 in the median");
    expect(lengthShift(of(0), of(5))).toBeDefined();
  });

  test("are not found below", () => {
    expect(lengthShift(of(50), of(99))).toBeUndefined();
    expect(lengthShift(of(0), of(0))).toBeUndefined();
  });
});

test("splits in different words", () => {
  const shift = (unseen: number, rows = 1000) =>
    vocabularyShift({ name: "train", rows }, { name: "test" }, unseen);
  expect(shift(0.25)).toMatchObject({
    code: "vocabulary-shift",
    severity: "warning",
    found: "25.0% of the words of test never occur in train.",
  });
  expect(shift(0.24)).toBeUndefined();
  expect(shift(0.9, 999), "a few rows hold few words anyway").toBeUndefined();
});

describe("rows of the test split in training", () => {
  const overlap = (found: Partial<Overlap>): Overlap => ({
    split: "test",
    in: "train",
    rows: 1000,
    exact: 0,
    normalized: 0,
    near: 0,
    examples: [],
    ...found,
  });

  test.each([
    [{ exact: 10 }, "warning"],
    [{ exact: 5, normalized: 5 }, "warning"],
    [{ near: 50 }, "warning"],
    [{ near: 49 }, "note"],
    [{ exact: 1 }, "note"],
  ])("%o of 1,000 is a %s", (found, severity) => {
    expect(trainTestOverlap(overlap(found))).toMatchObject({ code: "train-test-overlap", severity });
  });

  test("says of which kinds, with an example", () => {
    const examples: Overlap["examples"] = [{ kind: "exact", row: 7, like: 3, text: "same" }];
    expect(trainTestOverlap(overlap({ exact: 2, near: 1, examples }))!.found).toBe(
      "test shares 3 of its 1,000 rows (0.3%) with train: 2 word for word, 1 with few words changed; row 7 of test is like row 3 of train: “same”.",
    );
  });

  test("none is none", () => {
    expect(trainTestOverlap(overlap({}))).toBeUndefined();
  });
});

describe("tokenizer and model", () => {
  const check = (tokens: number, embeddings: number, padId = 0, modelPadId?: number) =>
    tokenizerMismatch({
      tokenizer: { vocabularySize: tokens, padId },
      model: { vocabularySize: embeddings, padId: modelPadId },
    });

  test("of different sizes or padding don't fit", () => {
    expect(check(30_522, 50_265)).toMatchObject({ code: "tokenizer-mismatch", severity: "warning" });
    expect(check(50_265, 30_522)).toBeDefined();
    expect(check(30_522, 30_522, 0, 1)!.found).toContain("pads with id 0");
  });

  test("of the same size, or with a few rows to spare, fit", () => {
    expect(check(30_522, 30_522, 0, 0)).toBeUndefined();
    expect(check(30_522, 30_522)).toBeUndefined();
    // deberta-v3-base
    expect(check(128_001, 128_100, 0, 0)).toBeUndefined();
  });
});
