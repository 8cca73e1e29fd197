import { expect, test } from "vitest";
import { NEAR_SIMILARITY, NearDuplicateIndex, shingles } from "../../src/core/profiling/near-duplicates.ts";
import { OverlapSearch } from "../../src/core/profiling/overlap.ts";
import { textKeys } from "../../src/core/profiling/text-keys.ts";
import { TorchGenerator } from "../../src/core/random/torch.ts";

const random = new TorchGenerator(11);
const below = (n: number) => Math.floor(random.rand(1)[0]! * n);
const words = (n: number) => Array.from({ length: n }, () => `w${below(3000)}`);
/** The same words with some replaced. */
const changed = (text: string[], share: number) =>
  text.map((word) => (random.rand(1)[0]! < share ? `x${below(3000)}` : word));
const shinglesOf = (text: string[]) => shingles(textKeys([text.join(" ")]).words);

function jaccard(a: string[], b: string[]): number {
  const sets = [a, b].map(
    (text) =>
      new Set(text.slice(0, Math.max(1, text.length - 2)).map((_, i) => text.slice(i, i + 3).join(" "))),
  );
  const common = [...sets[0]!].filter((shingle) => sets[1]!.has(shingle)).length;
  return common / (sets[0]!.size + sets[1]!.size - common);
}

test("finds the texts that share 70 % of their shingles, and no others", () => {
  const texts = Array.from({ length: 1500 }, () => words(10 + below(60)));
  const queries = texts.flatMap((text) => [changed(text, 0.03), changed(text, 0.12)]);
  const index = new NearDuplicateIndex();
  for (const text of texts) index.add(shinglesOf(text));
  let similar = 0;
  let found = 0;
  queries.forEach((query, i) => {
    const original = Math.floor(i / 2);
    const wanted = jaccard(query, texts[original]!) >= NEAR_SIMILARITY;
    const hits = index.find(shinglesOf(query), () => true);
    expect(hits.every((hit) => jaccard(query, texts[hit]!) >= NEAR_SIMILARITY)).toBe(true);
    if (wanted) similar++;
    if (hits.includes(original)) found++;
  });
  expect(similar).toBeGreaterThan(500);
  expect(similar).toBeLessThan(queries.length - 500);
  expect(found / similar).toBeGreaterThan(0.98);
});

test("takes as long where many thousands share a template as where thousands do", () => {
  const template = words(40);
  const timeOf2000 = (known: number) => {
    const index = new NearDuplicateIndex();
    for (let i = 0; i < known; i++) index.add(shinglesOf([...template, `n${i}`]));
    const started = performance.now();
    for (let i = 0; i < 2000; i++) {
      expect(index.find(shinglesOf([...template, `m${i}`]), () => true).length).toBeGreaterThan(0);
    }
    return performance.now() - started;
  };
  timeOf2000(500);
  // Comparing with all would take ten times as long.
  const ratio = timeOf2000(20_000) / timeOf2000(2000);
  expect(ratio).toBeLessThan(5);
});

const search = (test: string[][], train: string[][]) => {
  const found = new OverlapSearch(test[0]!.length > 1);
  for (const texts of test) found.add(textKeys(texts));
  train.forEach((texts, row) => {
    found.look(textKeys(texts), row, texts);
  });
  return found.result("test", "train");
};

test("every row counts once, under the closest kind, with examples", () => {
  const long = words(50);
  const near = [...long.slice(0, 49), "else"];
  const overlap = search(
    [["Only here"], ["The same"], ["the  same!"], [long.join(" ")], ["The same"], ["Alike, but."]],
    [["the same"], ["The same"], ["alike but"], [near.join(" ")], ["The same"]],
  );
  expect(overlap).toMatchObject({ rows: 6, exact: 2, normalized: 2, near: 1 });
  expect(overlap.examples.map(({ kind, row, like }) => [kind, row, like])).toContainEqual(["near", 3, 3]);
  expect(overlap.examples.find(({ row }) => row === 5)).toMatchObject({ kind: "normalized", like: 2 });
});

test("pairs that share one text only are not the same", () => {
  const premise = words(60).join(" ");
  const overlap = search(
    [
      [premise, "he runs"],
      [premise, "he sits"],
    ],
    [
      [premise, "he sleeps"],
      [premise, "He sits."],
    ],
  );
  expect(overlap).toMatchObject({ exact: 0, normalized: 1, near: 0 });
});

test("texts without words are like themselves alone", () => {
  expect(search([[":-)"], ["!?"], [""]], [[":-("], ["!?"]])).toMatchObject({
    exact: 1,
    normalized: 0,
    near: 0,
  });
});
