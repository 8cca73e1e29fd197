import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { learnWordPieces, trainWordPiece } from "../../src/core/text/wordpiece-trainer.ts";

/** The same algorithm, counting every pair anew for every merge. */
function learnNaively(counts: Map<string, number>, vocabularySize: number, minFrequency: number): string[] {
  const characters = [...new Set([...counts.keys()].flatMap((word) => [...word]))].sort();
  const later = new Set([...counts.keys()].flatMap((word) => [...word].slice(1)));
  const tokens = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", ...characters];
  tokens.push(...characters.filter((c) => later.has(c)).map((c) => `##${c}`));
  const words = Array.from(counts, ([word, count]) => ({
    symbols: [...word].map((c, i) => (i > 0 ? `##${c}` : c)),
    count,
  }));
  while (tokens.length < vocabularySize) {
    const pairs = new Map<string, number>();
    for (const { symbols, count } of words) {
      for (let i = 0; i + 1 < symbols.length; i++) {
        const pair = `${symbols[i]} ${symbols[i + 1]}`;
        pairs.set(pair, (pairs.get(pair) ?? 0) + count);
      }
    }
    const rank = (pair: string) => pair.split(" ").map((token) => tokens.indexOf(token));
    const [best] = [...pairs].sort(([a, countA], [b, countB]) => {
      const [[a0, a1], [b0, b1]] = [rank(a), rank(b)];
      return countB - countA || a0! - b0! || a1! - b1!;
    });
    if (!best || best[1] < minFrequency) break;
    const [left, right] = best[0].split(" ");
    const merged = left! + right!.slice(2);
    if (!tokens.includes(merged)) tokens.push(merged);
    for (const word of words) {
      for (let i = 0; i + 1 < word.symbols.length; i++) {
        if (word.symbols[i] === left && word.symbols[i + 1] === right) word.symbols.splice(i, 2, merged);
      }
    }
  }
  return tokens;
}

describe("learnWordPieces", () => {
  it("merges what a count from scratch would merge", () => {
    const word = fc.string({ unit: fc.constantFrom("a", "b", "c", "é", "𠀀"), minLength: 1, maxLength: 9 });
    const counted = fc.array(fc.tuple(word, fc.integer({ min: 1, max: 9 })), { maxLength: 25 });
    fc.assert(
      fc.property(
        counted,
        fc.integer({ min: 5, max: 60 }),
        fc.integer({ min: 1, max: 5 }),
        (list, size, minFrequency) => {
          const counts = new Map(list);
          const learned = learnWordPieces(counts, { vocabularySize: size, minFrequency });
          expect(learned).toEqual(learnNaively(counts, size, minFrequency));
        },
      ),
      { numRuns: 300 },
    );
  });

  it("keeps the most frequent characters", () => {
    const counts = new Map([
      ["ab", 3],
      ["ac", 2],
      ["d", 1],
    ]);
    expect(learnWordPieces(counts, { limitAlphabet: 2 })).toEqual([
      "[PAD]",
      "[UNK]",
      "[CLS]",
      "[SEP]",
      "[MASK]",
      "a",
      "b",
      "##b",
      "ab",
    ]);
  });
});

describe("trainWordPiece", () => {
  const texts = Array.from(
    { length: 40 },
    (_, i) => `Déjà vu: the ${["fox", "dog", "cat"][i % 3]} sleeps, again and again, until noon.`,
  );

  it("gives a tokenizer that knows its texts", () => {
    const tokenizer = trainWordPiece(texts, { vocabularySize: 200, modelMaxLength: 128 });
    expect(tokenizer.modelMaxLength).toBe(128);
    expect([tokenizer.padId, tokenizer.unknownId, tokenizer.clsId, tokenizer.sepId]).toEqual([0, 1, 2, 3]);
    const { ids, unknownTokens } = tokenizer.encode("DEJA VU, the dogs!");
    expect(tokenizer.tokens(ids)).toEqual([
      ...["[CLS]", "deja", "vu", ",", "the", "dog", "##s", "[UNK]", "[SEP]"],
    ]);
    expect(unknownTokens).toBe(1);
  });

  it("keeps case and accents if asked", () => {
    const tokenizer = trainWordPiece(texts, { lowercase: false });
    expect(tokenizer.tokens(tokenizer.encode("Déjà deja").ids).slice(1, 2)).toEqual(["Déjà"]);
  });

  it("gives the same vocabulary whatever the order of the texts", () => {
    const options = { vocabularySize: 80 };
    const [one, other] = [texts, texts.toReversed()].map((list) => trainWordPiece(list, options));
    const ids = Array.from({ length: one!.vocabularySize }, (_, i) => i);
    expect(other!.tokens(ids)).toEqual(one!.tokens(ids));
  });
});
