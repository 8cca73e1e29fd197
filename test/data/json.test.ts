import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { describe, expect, test } from "vitest";
import type { Dataset } from "../../src/data/dataset.ts";
import { loadDataset } from "../../src/data/load-dataset.ts";
import { DataError } from "../../src/errors.ts";
import { folderWith } from "./folder.ts";

async function read(name: string, content: string | Uint8Array): Promise<Dataset> {
  return loadDataset(join(folderWith({ [name]: content }), name), { split: "train" });
}

async function problem(name: string, content: string | Uint8Array): Promise<string> {
  const path = join(folderWith({ [name]: content }), name);
  const error = await loadDataset(path, { split: "train" }).catch((error) => error);
  expect(error).toBeInstanceOf(DataError);
  expect(error.message).not.toContain("\n");
  return error.message.replaceAll(path, name);
}

const ROWS = [
  { text: "a", label: 0 },
  { text: "b\nc", label: 1 },
];
const LINES = ROWS.map((row) => JSON.stringify(row)).join("\n");

describe("shapes", () => {
  test.each([
    ["an array", "a.json", JSON.stringify(ROWS)],
    ["an array over several lines", "a.json", `\uFEFF${JSON.stringify(ROWS, null, 2)}\r\n`],
    ['an object with "data"', "a.json", JSON.stringify({ version: 1, data: ROWS }, null, 1)],
    ['an object with "data" on one line', "a.json", JSON.stringify({ data: ROWS })],
    ["JSON Lines under the name .json", "a.json", LINES],
    ["JSON Lines", "a.jsonl", `${LINES}\n`],
    ["JSON Lines with CRLF and empty lines", "a.ndjson", `\r\n${LINES.replace("}\n", "}\r\n\r\n")}\r\n`],
    ["gzip", "a.jsonl.gz", gzipSync(LINES)],
    ["gzip", "a.json.gz", gzipSync(JSON.stringify(ROWS))],
  ])("%s in %s", async (_, name, content) => {
    expect([...(await read(name, content))]).toEqual(ROWS);
  });

  test("types come from the values; a key that is lacking is missing", async () => {
    const lines = [
      '{"s": "1", "i": 1, "f": 1, "b": true, "l": ["x"], "o": {"k": 1}, "m": 1}',
      '{"s": "2", "i": -2, "f": 0.5, "b": false, "l": [], "m": "x", "late": 3}',
      "{}",
    ];
    const dataset = await read("a.jsonl", lines.join("\n"));
    const types = Object.entries(dataset.features).map(([name, { type }]) => `${name} ${type}`);
    expect(types).toEqual([
      "s string",
      "i int",
      "f float",
      "b bool",
      "l list",
      "o json",
      "m json",
      "late int",
    ]);
    expect(dataset.column("late")).toEqual([null, 3, null]);
    expect(dataset.row(2).s).toBeNull();
  });
});

describe("what is wrong with a file is said in one line", () => {
  test.each([
    ["a.jsonl", '{"a": 1}\n\n{"a": }\n', "a.jsonl line 3 is not valid JSON"],
    ["a.jsonl", '{"a": 1}\n{"a": 1', "a.jsonl line 2 is not valid JSON"],
    ["a.jsonl", '{"a": 1}\n[1]\n', "a.jsonl line 2 is not a JSON object"],
    ["a.jsonl", "", "a.jsonl holds no rows"],
    ["a.json", "", "a.json is empty"],
    ["a.json", "[]", "a.json holds no rows"],
    ["a.json", '{"rows": []}', 'must hold an array of objects, or an object with such an array as "data"'],
    ["a.json", "3", "must hold an array of objects"],
    ["a.json", '[{"a": 1}, 2]', "item 1 (counting from 0) is not an object"],
    ["a.json", '[\n{"a": 1},\n{"a": nope}\n]', "a.json line 3 is not valid JSON"],
    ["a.json", '[\n{"a": 1}\n{"a": 2}\n]', "a.json line 3 is not valid JSON"],
    ["a.json", '[\n{"a": 1},\n{"a": "x', "a.json line 3 is not valid JSON"],
    ["a.json", '[\n{"a": 1},\n\n\n]', "a.json line 5 is not valid JSON"],
  ])("%s: %j", async (name, content, message) => {
    expect(await problem(name, content)).toContain(message);
  });

  test("a mistake deep in a large array", async () => {
    const items = Array.from({ length: 20_000 }, (_, i) => JSON.stringify({ text: `text "${i}"`, i }));
    items[12_345] = '{"text": "broken}';
    expect(await problem("a.json", `[\n${items.join(",\n")}\n]`)).toContain(
      "a.json line 12347 is not valid JSON",
    );
  });

  test("bytes that are not UTF-8, and gzip cut short", async () => {
    const bad = Buffer.from('{"a": "ok"}\n{"a": "caf\xe9"}\n', "latin1");
    expect(await problem("a.jsonl", bad)).toContain("line 2 is not UTF-8");
    expect(await problem("a.json.gz", gzipSync(JSON.stringify(ROWS)).subarray(0, 30))).toContain("cut short");
  });
});
