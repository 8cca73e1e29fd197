import { execFile } from "node:child_process";
import { copyFileSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { gzipSync } from "node:zlib";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { Value } from "../../src/core/data/values.ts";
import { DataError } from "../../src/core/errors.ts";
import { loadDataset } from "../../src/node/data/load-dataset.ts";
import { folderWith } from "./folder.ts";

type Golden = Record<string, { columns: Record<string, Value[]> | string }>;

const FIXTURES = fileURLToPath(new URL("../fixtures/data/", import.meta.url));
const golden = JSON.parse(readFileSync(join(FIXTURES, "parquet.json"), "utf8")) as Golden;

function columnsOf(name: string): Record<string, Value[]> {
  const { columns } = golden[name]!;
  return typeof columns === "string" ? columnsOf(columns) : columns;
}

/** A message about the file, without a word of the decoder's: what doesn't fit is said by textune's own checks. */
const inUserTerms =
  /^\S+\.parquet (is not a Parquet file, or is damaged or cut short( \([a-z0-9 ]+\))?|holds no rows|has a text that is not UTF-8; .*|holds [\w ]+, which can't be read; .*|has columns? .*)$/;

describe("files as Python writes them", () => {
  const names = Object.keys(golden).filter((name) => name.endsWith(".parquet"));

  test.each(names)("%s", async (name) => {
    const dataset = await loadDataset(join(FIXTURES, name), { split: "train" });
    for (const [column, expected] of Object.entries(columnsOf(name))) {
      const values = dataset
        .column(column)
        .map((value) => (typeof value === "bigint" ? String(value) : value));
      expect(values, column).toEqual(expected);
    }
  });

  test.each(["datasets.parquet", "datasets-zstd.parquet"])("class names and types in %s", async (name) => {
    const dataset = await loadDataset(join(FIXTURES, name), { split: "train" });
    expect(dataset.features).toEqual({
      text: { type: "string" },
      label: { type: "classLabel", names: ["World", "Sports", "Sci/Tech"] },
      score: { type: "float" },
      id: { type: "int" },
      checked: { type: "bool" },
      tags: { type: "list", items: { type: "string" } },
    });
    expect(dataset.labels).toEqual(["World", "Sports", "Sci/Tech"]);
    expect(dataset.column("id")[1]).toBe(2n ** 53n + 1n);
  });

  test("only the columns asked for", async () => {
    const path = join(FIXTURES, "datasets.parquet");
    const dataset = await loadDataset(path, { split: "train[:2]", columns: ["label", "text"] });
    expect(dataset.columns).toEqual(["label", "text"]);
    expect(dataset.row(1)).toEqual({ label: 1, text: "naïve café ☕" });
    await expect(loadDataset(path, { columns: ["txt"] })).rejects.toThrow(
      'no column "txt"; did you mean "text"?',
    );
  });

  test("categories and times of pandas", async () => {
    const dataset = await loadDataset(join(FIXTURES, "pandas-categories.parquet"), { split: "train" });
    expect(dataset.labels).toEqual(["neg", "pos"]);
    expect(dataset.column("day")).toEqual([
      "2024-01-01T00:00:00.000Z",
      "2024-02-29T00:00:00.000Z",
      null,
      "2023-12-31T00:00:00.000Z",
    ]);
  });

  test("gzipped as a whole", async () => {
    const bytes = gzipSync(readFileSync(join(FIXTURES, "pyarrow-snappy.parquet")));
    const folder = folderWith({ "train.parquet.gz": bytes });
    const dataset = await loadDataset(folder, { split: "train" });
    expect(dataset.column("label")).toEqual(columnsOf("pyarrow")!.label);
  });

  test("several files as one split", async () => {
    const folder = folderWith();
    for (const i of [0, 1])
      copyFileSync(join(FIXTURES, "datasets.parquet"), join(folder, `train-0000${i}-of-00002.parquet`));
    const { train } = await loadDataset(folder);
    expect(train.length).toBe(16);
    expect(train.labels).toEqual(["World", "Sports", "Sci/Tech"]);
  });
});

describe("values keep all of their digits", () => {
  const values = JSON.parse(readFileSync(join(FIXTURES, "parquet-values.json"), "utf8"));

  test.each(Object.keys(values))("%s", async (column) => {
    const dataset = await loadDataset(join(FIXTURES, "parquet-values.parquet"), { split: "train" });
    const text = (value: Value) => (value === null || typeof value === "string" ? value : String(value));
    expect(dataset.column(column).map(text)).toEqual(values[column]);
  });
});

test("a text that is not UTF-8 is told, not replaced", async () => {
  const path = join(FIXTURES, "parquet-not-utf8.parquet");
  const error = await loadDataset(path, { split: "train" }).catch((error) => error);
  expect(error).toBeInstanceOf(DataError);
  expect(error.message).toBe(`${path} has a text that is not UTF-8; write the file again from UTF-8 text`);
});

describe("damaged files", () => {
  const whole = readFileSync(join(FIXTURES, "datasets.parquet"));

  test.each([
    ["empty", Buffer.alloc(0)],
    ["something else", Buffer.from("text,label\na,0\n")],
    ["cut short", whole.subarray(0, whole.length - 100)],
    ["its beginning lost", whole.subarray(50)],
  ])("%s", async (_, bytes) => {
    const path = join(folderWith({ "train.parquet": bytes }), "train.parquet");
    const error = await loadDataset(path).catch((error) => error);
    expect(error).toBeInstanceOf(DataError);
    expect(error.message).toContain(`${path} is not a Parquet file, or is damaged or cut short`);
    expect(error.message).not.toContain("\n");
  });

  test.each([
    ["a page that ends before it begins", 10],
    ["a schema that counts backwards", 2518],
  ])("%s", async (_, at) => {
    const bytes = Buffer.from(whole);
    bytes[at]! |= 1;
    const path = join(folderWith({ "train.parquet": bytes }), "train.parquet");
    const error = await loadDataset(path).catch((error: unknown) => error);
    expect(error).toBeInstanceOf(DataError);
    expect((error as DataError).message).toMatch(inUserTerms);
  });

  test.each(["datasets.parquet", "pyarrow-zstd.parquet", "pyarrow-none.parquet"])(
    "%s with bytes changed anywhere is read or refused, and nothing else",
    async (name) => {
      const sound = readFileSync(join(FIXTURES, name));
      const path = join(folderWith(), "train.parquet");
      const change = fc.record({ at: fc.nat(sound.length - 1), byte: fc.nat(255) });
      await fc.assert(
        fc.asyncProperty(fc.array(change, { minLength: 1, maxLength: 4 }), async (changes) => {
          const bytes = Buffer.from(sound);
          for (const { at, byte } of changes) bytes[at] = byte;
          writeFileSync(path, bytes);
          const result = await loadDataset(path).catch((error) => error);
          if (result instanceof Error) {
            expect(result).toBeInstanceOf(DataError);
            expect(result.message).toMatch(inUserTerms);
          }
        }),
        { numRuns: 300 },
      );
    },
  );

  // Lengths of runs and texts inside the pages, too: without compression nothing else notices a wrong one.
  test.each([
    "pyarrow-none.parquet",
    "pyarrow-snappy.parquet",
    "datasets.parquet",
    "encodings-v1.parquet",
    "encodings-v2.parquet",
  ])("%s with any bit flipped keeps its rows or is refused, in little memory", async (name) => {
    const script = fileURLToPath(new URL("flip-bits.ts", import.meta.url));
    const { stdout } = await promisify(execFile)(process.execPath, [
      ...["--import", "tsx", "--max-old-space-size=128", script],
      ...[join(FIXTURES, name), join(folderWith(), "train.parquet"), "500"],
    ]);
    const { refused, wrong, maxRss } = JSON.parse(stdout);
    expect(wrong).toEqual([]);
    expect(refused).toBeGreaterThan(30);
    expect(maxRss).toBeLessThan(300e6);
  });
});
