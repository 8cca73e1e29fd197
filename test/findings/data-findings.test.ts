import { describe, expect, test } from "vitest";
import { Dataset } from "../../src/core/data/dataset.ts";
import { Interrupted } from "../../src/core/errors.ts";
import { type CheckedSplit, dataFindings } from "../../src/core/findings/data-findings.ts";
import type { WorkOptions } from "../../src/core/progress.ts";
import { tokenizeRows } from "../../src/core/text/tokenize-rows.ts";
import { smallTokenizer } from "../profiling/fixtures.ts";

const names = ["neg", "pos"];
const tokenizer = await smallTokenizer();
const subjects = ["film", "story", "cast", "ending", "music", "picture", "plot", "scene"];
const verdicts = { neg: ["dull", "weak", "slow"], pos: ["fine", "warm", "bright"] };

/** Row i of a well-made dataset: alternating classes, no two texts alike. */
const goodRow = (i: number) => {
  const label = i % 2 === 0 ? "neg" : "pos";
  const pick = (list: readonly string[], k: number) => list[Math.floor(i / k) % list.length]!;
  const words = [1, 3, 7, 11, 13].map((k) => `${pick(subjects, k)} ${pick(verdicts[label], k + 1)}`);
  return { text: `number ${i} ${words.join(" and ")}`, label };
};
const rowsFrom = (from: number, to: number) => Array.from({ length: to - from }, (_, i) => goodRow(from + i));

async function splitOf(name: string, dataset: Dataset, maxLength?: number): Promise<CheckedSplit> {
  const [texts] = dataset.texts();
  return {
    name,
    dataset,
    texts: texts!.map((text) => [text]),
    rows: await tokenizeRows(tokenizer, texts!, { maxLength }),
    targets: dataset.targets(names, dataset.task),
  };
}

interface Options extends WorkOptions {
  maxLength?: number;
  embeddings?: number;
}

async function check(train: Dataset, test: Dataset, { maxLength = 128, embeddings, ...work }: Options = {}) {
  const { vocabularySize, padId } = tokenizer;
  const data = {
    labels: names,
    train: await splitOf("train", train, maxLength),
    evaluated: [await splitOf("test", test, maxLength)],
    maxLength,
    tokenizer: { vocabularySize, padId },
    model: { vocabularySize: embeddings ?? vocabularySize },
  };
  return dataFindings(data, work);
}

const codes = async (...args: Parameters<typeof check>) => (await check(...args)).map(({ code }) => code);
const train = Dataset.fromRows(rowsFrom(0, 300));
const held = Dataset.fromRows(rowsFrom(300, 400));

describe("before training", () => {
  test("good data has no findings", async () => {
    expect(await check(train, held)).toEqual([]);
  });

  test("the study's trap: a slice of a file sorted by class", async () => {
    const sorted = Dataset.fromRows([...rowsFrom(0, 300)].sort((a, b) => (a.label < b.label ? -1 : 1)));
    const [finding, ...rest] = await check(sorted.slice(0, 15), held);
    expect(finding).toMatchObject({ code: "one-class-split", severity: "warning" });
    expect(finding!.found).toContain("a slice of 300 rows that are sorted by class");
    expect(rest.map(({ severity }) => severity)).not.toContain("warning");
    expect(await codes(sorted.slice(0, 200), held)).toEqual(["unshuffled-slice"]);
    expect(await codes(sorted.shuffle({ seed: 42 }).take(0.5), held)).toEqual([]);
    expect(await codes(sorted, held)).toEqual(["sorted-by-label"]);
  });

  test("test rows in train", async () => {
    const [finding, ...rest] = await check(train, Dataset.fromRows([...held, goodRow(5)]));
    expect(finding).toMatchObject({ code: "train-test-overlap", severity: "note" });
    expect(finding!.found).toContain("row 100 of test is like row 5 of train");
    expect(rest).toEqual([]);
  });

  test("one text with both labels", async () => {
    const twice = { ...goodRow(3), label: "neg" };
    expect(await codes(Dataset.fromRows([...train, twice]), held)).toEqual(["conflicting-labels"]);
  });

  test("truncation, unknown tokens, imbalance, other words, other lengths", async () => {
    expect(await codes(train, held, { maxLength: 12 })).toEqual(["truncation"]);
    const large = Dataset.fromRows(rowsFrom(1000, 2200));
    const chinese = Dataset.fromRows(
      rowsFrom(300, 400).map(({ label }, i) => ({ text: `電影 𠀀 很好 ${"看".repeat(20)} ${i}`, label })),
    );
    expect(await codes(large, chinese)).toContain("unknown-tokens");
    expect(await codes(large, chinese)).toContain("vocabulary-shift");
    expect(
      await codes(
        train.filter(({ label }, i) => label === "pos" || i % 30 === 0),
        held,
      ),
    ).toEqual(["imbalance"]);
    const short = held.map(({ text }) => ({ text: String(text).split(" ").slice(0, 4).join(" ") }));
    expect(await codes(train, short)).toContain("length-shift");
  });

  test("truncation at the model's own limit, which need not be named", async () => {
    const cut = { train: await splitOf("train", train, 12), evaluated: [await splitOf("test", held, 12)] };
    const { vocabularySize, padId } = tokenizer;
    const model = { vocabularySize };
    const found = await dataFindings({ labels: names, ...cut, tokenizer: { vocabularySize, padId }, model });
    expect(found.map(({ found }) => found)).toEqual([
      expect.stringMatching(
        /^Cut at 12 tokens, train loses .* in 300 rows \(100.0%\); test .* rows \(100.0%\)\.$/,
      ),
    ]);
  });

  test("another model's tokenizer", async () => {
    expect(await codes(train, held, { embeddings: 30_522 })).toEqual(["tokenizer-mismatch"]);
  });

  test("warnings come before notes", async () => {
    const positive = rowsFrom(300, 700).filter(({ label }) => label === "pos");
    const found = await check(train, Dataset.fromRows([goodRow(5), ...positive]));
    expect(found.map(({ code, severity }) => [code, severity])).toEqual([
      ["one-class-split", "warning"],
      ["train-test-overlap", "note"],
    ]);
  });

  test("stops when it is told to", async () => {
    const many = Dataset.fromRows(rowsFrom(0, 20_000));
    const controller = new AbortController();
    const work = { signal: controller.signal, onProgress: () => controller.abort() };
    await expect(check(many, held, work)).rejects.toThrow(Interrupted);
  });
});
