import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { looksLikeList, plainSpelling, similarNames } from "../../src/core/data/label-spelling.ts";
import { listLikeLabels, similarLabels } from "../../src/core/findings/spelling-checks.ts";
import { checkSplits } from "../../src/core/findings/split-checks.ts";
import { labels, split } from "./facts.ts";

describe("classes that differ only in how they are spelled", () => {
  test.each<[string, string, string]>([
    ["pos", "Pos", "case"],
    ["ΟΔΟΣ", "οδος", "case"],
    ["pos", " pos ", "spaces"],
    ["not good", "not \t good", "spaces"],
    ["caf\u00e9", "cafe\u0301", "Unicode form"],
    ["a b", "a\u00a0b", "Unicode form"],
    ["ok", "o\u200bk", "Unicode form"],
    ["１", "1", "Unicode form"],
    ["null", "none", "how they are written down"],
    ["1", "1.0", "how they are written down"],
    ["joy", "'joy'", "how they are written down"],
    ["True", "true", "case"],
  ])("%j and %j: %s", (a, b, difference) => {
    const found = similarLabels([split({ labels: labels({ [a]: 4, other: 3, [b]: 1 }) })])!;
    expect(found).toMatchObject({ code: "similar-labels", severity: "warning" });
    expect(found.found).toContain("(4 rows)");
    expect(found.found).toContain("(1 row)");
    expect(found.found).toContain(`differ in ${difference}`);
  });

  test("any mixture of spellings of one class is one group, and says every difference", () => {
    const word = fc.stringMatching(/^[a-zäöüéñ]{3,8}$/).filter((text) => plainSpelling(text) === text);
    const change = fc.subarray(["case", "spaces", "Unicode form"], { minLength: 1 });
    const spelled = (text: string, changes: readonly string[]) => {
      let other = text;
      if (changes.includes("case")) other = `${other[0]!.toUpperCase()}${other.slice(1)}`;
      if (changes.includes("Unicode form")) other = `${other.normalize("NFD")}\u200b`;
      return changes.includes("spaces") ? ` ${other}` : other;
    };
    fc.assert(
      fc.property(fc.uniqueArray(word, { minLength: 1, maxLength: 6 }), change, (words, changes) => {
        const [first] = words;
        const [group, ...others] = similarNames([...words, spelled(first!, changes)]);
        expect(others).toEqual([]);
        expect(group!.names).toEqual([first, spelled(first!, changes)]);
        expect([...group!.differences].sort()).toEqual([...changes].sort());
      }),
      { seed: 3, numRuns: 200 },
    );
  });

  test("are found between splits, and among the classes of lists", () => {
    const train = split({ labels: labels({ pos: 5, neg: 5 }) });
    const other = split({ name: "test", labels: labels({ Pos: 5, neg: 5 }) });
    expect(similarLabels([train, other])!.found).toBe(
      "Classes that are probably one and the same: “pos” (5 rows), “Pos” (5 rows) differ in case.",
    );
    const sets = { rowsBySize: [0, 10], together: [] };
    expect(similarLabels([split({ labels: { ...labels({ joy: 5, Joy: 5 }), sets } })])).toBeDefined();
  });

  test("are shown by what can't be seen", () => {
    const { found } = similarLabels([
      split({ labels: labels({ "caf\u00e9": 5, "cafe\u0301": 5, "a\nb": 1, "a b": 1 }) }),
    ])!;
    expect(found).toContain("“caf\u00e9” = U+00E9 (5 rows), “cafe\u0301” = U+0301 (5 rows)");
    expect(found).toContain("“a\\nb” (1 row)");
  });

  test("are none where nothing is alike, or no row has one of them", () => {
    expect(similarLabels([split({ labels: labels({ pos: 5, neg: 5, "pos/neg": 1 }) })])).toBeUndefined();
    expect(similarLabels([split({ labels: labels({ 1: 5, 10: 5, "1.5": 4, "-1": 2 }) })])).toBeUndefined();
    expect(similarLabels([split({ labels: labels({ pos: 5, neg: 5, Pos: 0 }) })])).toBeUndefined();
    expect(similarLabels([split({ labels: undefined })])).toBeUndefined();
  });

  test("many groups are cut off", () => {
    const many = Object.fromEntries(
      Array.from({ length: 20 }, (_, i) => [`c${i}`, `C${i}`])
        .flat()
        .map((name) => [name, 1]),
    );
    expect(similarLabels([split({ labels: labels(many) })])!.found).toContain("; and 17 more groups.");
  });
});

describe("lists that are written as text", () => {
  test.each([
    ...["['joy']", "['joy', 'fear']", '["joy","fear"]', "[]", "[0]", "[0, 3]", "[0 3]", "[1.0, 0.0]"],
    ...["{'joy'}", "('joy', 'fear')", "('joy',)", "[joy, fear]", " ['joy'] ", "[True, False]"],
  ])("%s is one", (text) => {
    expect(looksLikeList(text)).toBe(true);
    const finding = listLikeLabels([split({ labels: labels({ [text]: 3, other: 2 }) })])!;
    expect(finding).toMatchObject({ code: "list-like-labels", severity: "warning" });
    expect(finding.found).toContain("1 of the classes, in 3 rows");
    expect(finding.advice).toContain("labelSeparator");
  });

  test.each(["joy", "[UNK]", "(other)", "{x}", "(1)", "", "[", "]", "[a][b]", "joy, fear", "[[1, 2]]"])(
    "%j is none",
    (text) => expect(looksLikeList(text)).toBe(false),
  );

  test("a long text of brackets and commas takes no time", () => {
    const long = `[${",a".repeat(100_000)}[]`;
    const digits = `[${"1 ".repeat(50_000)}x]`;
    expect([looksLikeList(long), looksLikeList(digits)]).toEqual([false, false]);
  });
});

test("both are said once, whatever the number of splits", () => {
  const one = split({ labels: labels({ "['a']": 50, A: 50, a: 50 }) });
  const codes = checkSplits([one, { ...one, name: "test" }]).map(({ code }) => code);
  expect(codes.filter((code) => /similar|list-like/.test(code))).toEqual([
    "similar-labels",
    "list-like-labels",
  ]);
});
