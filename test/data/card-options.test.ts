import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { DataError } from "../../src/core/errors.ts";
import { loadDataset } from "../../src/node/data/load-dataset.ts";
import { folderWith } from "./folder.ts";

const FIXTURE = process.env.CSV_CASES ?? new URL("../fixtures/data/csv.json", import.meta.url);
const { cases } = JSON.parse(readFileSync(FIXTURE, "utf8")) as {
  cases: { options: Record<string, unknown>; text: string; columns: string[]; rows: string[][] }[];
};

function folderOf(options: Record<string, unknown>, files: Record<string, string | Uint8Array>): string {
  // JSON is YAML as well.
  const configs = [{ config_name: "default", data_files: Object.keys(files), ...options }];
  return folderWith({ ...files, "README.md": `---\nconfigs: ${JSON.stringify(configs)}\n---\n` });
}

test("random text with random options of a card is read as pandas reads it", async () => {
  let refused = 0;
  for (const { options, text, columns, rows } of cases) {
    const folder = folderOf(options, { "data.csv": text });
    const result = await loadDataset(folder, { split: "train" }).catch((error: Error) => error);
    const what = JSON.stringify({ options, text });
    if (result instanceof Error) {
      // Cells that are lacking at the end of a row are empty to pandas.
      expect(result.message, what).toMatch(/has \d cells (where|, and)|cells are missing|columns are named/);
      refused++;
      continue;
    }
    expect(result.columns, what).toEqual(columns);
    const read = [...result].map((row) => columns.map((name) => String(row[name] ?? "")));
    expect(read, what).toEqual(rows);
  }
  expect(refused).toBeLessThan(cases.length / 3);
});

describe("options of a card", () => {
  const read = (options: Record<string, unknown>, content: string | Uint8Array, name = "data.csv") =>
    loadDataset(folderOf(options, { [name]: content }), { split: "train" });

  test("the row of names, and columns to keep", async () => {
    const csv = "made by hand\n\na;b;c\n1;x;2\n";
    const dataset = await read({ sep: ";", header: 1, usecols: ["c", "a"] }, csv.replace("hand", "hand;;"));
    expect([...dataset]).toEqual([{ a: 1, c: 2 }]);
    const numbered = await read({ header: null, usecols: [1] }, "x,y\n");
    expect([...numbered]).toEqual([{ 1: "y" }]);
    await expect(read({ usecols: ["q"] }, "a,b\n1,2\n")).rejects.toThrow("has no column q (columns: a, b)");
  });

  test("encodings by Python's names", async () => {
    const latin = Buffer.from("text\ncaf\xe9 \x93\n", "latin1");
    expect((await read({ encoding: "latin-1" }, latin)).column("text")).toEqual(["café \x93"]);
    expect((await read({ encoding: "cp1252" }, latin)).column("text")).toEqual(["café “"]);
    const wide = Buffer.from("\uFEFFtext\nä\n", "utf16le");
    expect((await read({ encoding: "utf-16-le" }, wide)).column("text")).toEqual(["ä"]);
    await expect(read({ encoding: "utf-17" }, "text\na\n")).rejects.toThrow('"utf-17" is no known encoding');
    await expect(read({ encoding: "shift_jis" }, Buffer.from("text\n\xff\xff\n", "latin1"))).rejects.toThrow(
      "is not shift_jis text",
    );
  });

  test("cells that stand for nothing", async () => {
    expect((await read({ na_values: ["-"] }, "n,text\n1,a\n-,b\n")).column("n")).toEqual([1, null]);
  });

  test.each([
    [
      { delimeter: ";" },
      `has a key "delimeter" that can't be followed for CSV files; did you mean "delimiter"?`,
    ],
    [{ constructor: 1 }, 'has a key "constructor"'],
    [{ index_col: 0 }, "index_col can't be followed"],
    [{ decimal: "," }, 'decimal can\'t be followed: only "." can be followed'],
    [{ quoting: 2 }, "quoting can't be followed: only 0, 1 and 3"],
    [{ sep: "\\s+" }, "sep can't be followed: separator"],
  ])("%j is refused by its name", async (options, message) => {
    const error = await read(options, "text\na\n").catch((error) => error);
    expect(error).toBeInstanceOf(DataError);
    expect(error.message).toContain(`configuration "default" in README.md of`);
    expect(error.message).toContain(message);
  });

  test("keys of other formats are none of this one", async () => {
    await expect(read({ sep: ";" }, '{"a": 1}\n', "data.jsonl")).rejects.toThrow('key "sep" that can\'t');
    await expect(read({ field: "rows" }, "a\n1\n")).rejects.toThrow('key "field" that can\'t');
  });
});
