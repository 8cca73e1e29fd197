import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { describe, expect, onTestFinished, test } from "vitest";
import { describeDataset } from "../../src/app/profiling/describe-dataset.ts";
import { DataError, Interrupted } from "../../src/core/errors.ts";
import type { DatasetDescription, SplitDescription } from "../../src/core/profiling/description.ts";
import type { Progress } from "../../src/core/progress.ts";
import { loadDataset } from "../../src/node/data/load-dataset.ts";
import { loadTokenizer } from "../../src/node/text/tokenizer-folder.ts";
import { withOwnHubSettings } from "../hub/environment.ts";
import { startHub } from "../hub/hub-server.ts";
import {
  fixture,
  type GoldenComparison,
  type GoldenSplit,
  type GoldenSummary,
  golden,
  sharedData,
  sharedTokenizer,
  smallTokenizer,
} from "./fixtures.ts";

withOwnHubSettings();

const reviews = fixture("reviews");
const expected = golden<{
  reviews: { train: GoldenSplit; test: GoldenSplit; comparison: GoldenComparison };
}>("golden.json").reviews;

const splitOf = ({ splits }: DatasetDescription, name: string): SplitDescription =>
  splits.find((split) => split.name === name)!;

function expectSummary(actual: object, wanted: GoldenSummary) {
  for (const [name, value] of Object.entries(wanted)) {
    expect((actual as Record<string, number>)[name], name).toBeCloseTo(value, 8);
  }
}

function expectSplit(split: SplitDescription, wanted: GoldenSplit) {
  const { labels, texts, duplicates, tokens } = split;
  expect(split.rows).toBe(wanted.rows);
  expect(Object.fromEntries(labels!.names.map((name, i) => [name, labels!.counts[i]]))).toEqual(
    wanted.labels,
  );
  expect(labels!.missing).toBe(wanted.missingLabels);
  expectSummary(texts[0]!.characters.summary, wanted.characters);
  expectSummary(texts[0]!.words.summary, wanted.words);
  expect(split.emptyTexts).toBe(wanted.empty);
  expect(split.vocabulary).toBe(wanted.vocabulary);
  expect(duplicates.exact).toBe(wanted.duplicates);
  expect(duplicates.normalized).toBe(wanted.normalizedDuplicates);
  expect(duplicates.conflictingTexts).toBe(wanted.conflictingTexts);
  expect(duplicates.conflictingRows).toBe(wanted.conflictingRows);
  if (!wanted.tokens) return;
  expectSummary(tokens!.lengths.summary, wanted.tokens.summary);
  expect(tokens!.limit).toBe(wanted.tokens.limit);
  expect(tokens!.truncatedRows).toBe(wanted.tokens.truncatedRows);
  expect(tokens!.truncatedTokens).toBeCloseTo(wanted.tokens.truncatedTokens, 12);
  expect(tokens!.unknownTokens).toBeCloseTo(wanted.tokens.unknownTokens, 12);
  expect(tokens!.vocabulary).toBe(wanted.tokens.vocabulary);
  expect(tokens!.vocabularyUsed).toBe(wanted.tokens.vocabularyUsed);
  expect(tokens!.tokensPerWord).toBeCloseTo(wanted.tokens.tokensPerWord, 12);
}

function expectComparison({ comparisons }: DatasetDescription, wanted: GoldenComparison) {
  const { overlap, unseenWords } = comparisons[0]!;
  const { exact, normalized, near } = overlap;
  expect({ exact, normalized, near }).toEqual({
    exact: wanted.exact,
    normalized: wanted.normalized,
    near: wanted.near,
  });
  expect(unseenWords).toBeCloseTo(wanted.unseenWords, 12);
}

describe("equal to pandas and tokenizers", () => {
  test("a small dataset with gaps, repeats, contradictions and every script", async () => {
    const tokenizer = await smallTokenizer();
    const description = await describeDataset(reviews, { tokenizer, maxLength: 48 });
    expectSplit(splitOf(description, "train"), expected.train);
    expectSplit(splitOf(description, "test"), expected.test);
    expectComparison(description, expected.comparison);
  });

  describe.skipIf(sharedData === undefined)("real data (skipped where ../shared/data is absent)", () => {
    interface Shared {
      agNewsTest: GoldenSplit;
      agNewsOverlap: GoldenComparison;
      imdbTrain: GoldenSplit;
      imdbTest: GoldenSplit;
      imdbExactOverlap: number;
    }

    test("AG News: the official test split and its overlap with a training subset", async () => {
      const { agNewsTest, agNewsOverlap } = golden<Shared>("golden-shared.json");
      const tokenizer = await loadTokenizer(sharedTokenizer);
      const description = await describeDataset(`${sharedData}/ag_news`, { tokenizer, maxLength: 128 });
      expectSplit(splitOf(description, "test"), agNewsTest);
      expectComparison(description, agNewsOverlap);
    });

    test("IMDB: words of both splits", async () => {
      const { imdbTrain, imdbTest, imdbExactOverlap } = golden<Shared>("golden-shared.json");
      const description = await describeDataset(`${sharedData}/imdb`);
      expectSplit(splitOf(description, "train"), { ...imdbTrain, tokens: undefined });
      expectSplit(splitOf(description, "test"), imdbTest);
      expect(description.comparisons[0]!.overlap.exact).toBe(imdbExactOverlap);
      expect(splitOf(description, "train").labels!.grouped).toBe(true);
    });

    test("IMDB: tokens of train, cut at 400 as the study does", async () => {
      const { imdbTrain } = golden<Shared>("golden-shared.json");
      const tokenizer = await loadTokenizer(sharedTokenizer);
      const options = { split: "train", tokenizer, maxLength: 400 };
      const description = await describeDataset(`${sharedData}/imdb`, options);
      expectSplit(splitOf(description, "train"), imdbTrain);
    });
  });
});

describe("row by row and in memory", () => {
  const withoutSource = ({ source: _, ...split }: SplitDescription) => split;

  test.each(["train", "test[:25%]", "train[-20:]", "train[10:20]", "train[:3%]+test"])(
    "are the same for %s",
    async (split) => {
      const streamed = await describeDataset(reviews, { split, seed: 5 });
      const inMemory = await describeDataset(await loadDataset(reviews, { split }), { seed: 5 });
      expect(withoutSource({ ...streamed.splits[0]!, name: "train" })).toEqual(
        withoutSource(inMemory.splits[0]!),
      );
    },
  );

  test("are the same for all splits at once", async () => {
    const streamed = await describeDataset(reviews);
    const inMemory = await describeDataset(await loadDataset(reviews));
    expect(streamed.splits).toEqual(inMemory.splits);
    expect(streamed.comparisons).toEqual(inMemory.comparisons);
  });

  test("are the same for every format", async () => {
    const folder = temporaryFolder();
    const csv = readFileSync(join(reviews, "train.csv"));
    const rows = [...(await loadDataset(join(reviews, "train.csv"), { split: "train" }))];
    writeFileSync(join(folder, "a.csv.gz"), gzipSync(csv));
    writeFileSync(join(folder, "b.jsonl"), rows.map((row) => `${JSON.stringify(row)}\n`).join(""));
    writeFileSync(join(folder, "c.json"), JSON.stringify(rows));
    const { splits } = await describeDataset(join(reviews, "train.csv"));
    for (const file of ["a.csv.gz", "b.jsonl", "c.json"]) {
      const other = await describeDataset(join(folder, file));
      expect(withoutSource(other.splits[0]!), file).toEqual(withoutSource(splits[0]!));
    }
  });

  test("a Parquet row group longer than a block", async () => {
    const { splits } = await describeDataset(fixture("long.parquet"));
    const [split] = splits;
    expect(split!.rows).toBe(140_000);
    expect(split!.columns).toEqual([
      { name: "id", type: "int", missing: 0 },
      { name: "text", type: "string", missing: 0 },
    ]);
    expect(split!.duplicates.exact).toBe(140_000 - 140);
    const dataset = await loadDataset(fixture("long.parquet"), { split: "train" });
    expect(dataset.column("id").every((id, row) => id === row)).toBe(true);
    expect(dataset.column("text").every((text, row) => text === `text ${Math.floor(row / 1000)}`)).toBe(true);
  });
});

describe("slices", () => {
  test("know the rows that they were cut from", async () => {
    const folder = temporaryFolder();
    const sorted = Array.from({ length: 200 }, (_, i) => `text number ${i},${i < 100 ? "neg" : "pos"}\n`);
    writeFileSync(join(folder, "train.csv"), `text,label\n${sorted.join("")}`);
    const { splits } = await describeDataset(folder, { split: "train[:5%]" });
    expect(splits[0]!.rows).toBe(10);
    expect(splits[0]!.labels).toEqual({ names: ["neg"], counts: [10], missing: 0, grouped: false });
    expect(splits[0]!.cutFrom).toEqual({
      rows: 200,
      labels: { names: ["neg", "pos"], counts: [100, 100], missing: 0, grouped: true },
    });
    const whole = await describeDataset(folder);
    expect(whole.splits[0]!.cutFrom).toBeUndefined();
  });

  test("without a row are refused", async () => {
    await expect(describeDataset(reviews, { split: "train[5:5]" })).rejects.toThrow(
      new DataError(`${reviews} train[5:5] (train[5:5]) holds no rows`),
    );
  });
});

describe("names of the hub", () => {
  test("are downloaded and read, with the class names of the Parquet files", async () => {
    const file = readFileSync(new URL("../fixtures/data/datasets.parquet", import.meta.url));
    const files = {
      "data/train-00000-of-00002.parquet": file,
      "data/train-00001-of-00002.parquet": file,
      "data/test-00000-of-00001.parquet": file,
    };
    const repo = {
      type: "dataset" as const,
      name: "some/news",
      revisions: { main: files },
      large: Object.keys(files),
    };
    const hub = await startHub([repo]);
    const seen: Progress[] = [];
    const onProgress = (progress: Progress) => seen.push(progress);
    const description = await describeDataset("some/news", { endpoint: hub.url, onProgress });
    expect(description.splits.map(({ name, rows, labels }) => [name, rows, labels!.names])).toEqual([
      ["train", 16, ["World", "Sports", "Sci/Tech"]],
      ["test", 8, ["World", "Sports", "Sci/Tech"]],
    ]);
    expect(description.comparisons[0]!.overlap.exact).toBe(8);
    expect(new Set(seen.map(({ stage }) => stage))).toEqual(new Set(["download", "describe"]));
    const inMemory = await describeDataset(await loadDataset("some/news", { offline: true }));
    expect(inMemory.splits.map(({ labels }) => labels)).toEqual(
      description.splits.map(({ labels }) => labels),
    );
  });
});

test("a split in several files of which the first is empty", async () => {
  const folder = temporaryFolder();
  writeFileSync(join(folder, "train-1.csv"), "text,label\n");
  writeFileSync(join(folder, "train-2.csv"), "text,label\na text,x\n");
  const { splits } = await describeDataset(folder);
  expect(splits.map(({ name, rows }) => [name, rows])).toEqual([["train", 1]]);
  writeFileSync(join(folder, "train-2.csv"), "text,label\n");
  await expect(describeDataset(folder)).rejects.toThrow(new DataError(`${folder} train holds no rows`));
});

describe("work", () => {
  test("tells how far it is, up to the end", async () => {
    const seen: Progress[] = [];
    await describeDataset(fixture("long.parquet"), { onProgress: (progress) => seen.push(progress) });
    expect(seen.length).toBeGreaterThan(1);
    expect(seen.every(({ stage, subject }) => stage === "describe" && subject === "train")).toBe(true);
    expect(seen.map(({ done }) => done)).toEqual(seen.map(({ done }) => done).sort((a, b) => a - b));
    expect(seen.at(-1)).toEqual({ stage: "describe", subject: "train", done: 140_000, total: 140_000 });
  });

  test("stops when it is told to", async () => {
    const controller = new AbortController();
    const work = describeDataset(fixture("long.parquet"), {
      signal: controller.signal,
      onProgress: () => controller.abort(),
    });
    await expect(work).rejects.toThrow(Interrupted);
  });
});

describe("columns", () => {
  test("can be named, and classes are not needed", async () => {
    const folder = temporaryFolder();
    writeFileSync(join(folder, "a.csv"), "headline,body,stars,kind\nA,the text,3.5,x\nB,other text,4,y\n");
    const path = join(folder, "a.csv");
    const plain = await describeDataset(path, { textColumns: ["headline"] });
    expect(plain.splits[0]!.labelColumns).toBeUndefined();
    expect(plain.splits[0]!.samples).toEqual([{ label: undefined, rows: expect.any(Array) }]);
    const named = await describeDataset(path, { labelColumn: "kind" });
    expect(named.splits[0]!.textColumns).toEqual(["body"]);
    expect(named.splits[0]!.labels!.names).toEqual(["x", "y"]);
    const decimals = await describeDataset(path, { labelColumn: "stars" });
    expect(decimals.splits[0]!.labels).toBeUndefined();
    expect(decimals.splits[0]!.labelProblem).toContain("decimals such as 3.5");
  });

  test("of pairs are described one by one", async () => {
    const folder = temporaryFolder();
    writeFileSync(join(folder, "a.csv"), "premise,hypothesis,label\na b c,d,0\na b c,e f,1\na b c,e f,0\n");
    const { splits } = await describeDataset(join(folder, "a.csv"), { tokenizer: await smallTokenizer() });
    const [{ texts, duplicates, tokens }] = splits as [SplitDescription];
    expect(texts.map(({ column, words }) => [column, words.summary.mean])).toEqual([
      ["premise", 3],
      ["hypothesis", 5 / 3],
    ]);
    expect(duplicates).toMatchObject({ exact: 1, conflictingTexts: 1, conflictingRows: 2 });
    expect(tokens!.lengths.summary.min).toBeGreaterThanOrEqual(3 + 4);
  });

  test("a missing text column is one clear line", async () => {
    await expect(describeDataset(reviews, { textColumns: ["txt"] })).rejects.toThrow(
      /has no column "txt"; did you mean "text"\?/,
    );
  });
});

function temporaryFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), "textune-explore-"));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}
