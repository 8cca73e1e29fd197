import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { Dataset } from "../../src/core/data/dataset.ts";
import { DataError } from "../../src/core/errors.ts";
import { loadDataset } from "../../src/node/data/load-dataset.ts";
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
    ["an array in a file of lines", "a.jsonl", JSON.stringify(ROWS)],
    ["objects over several lines", "a.json", ROWS.map((row) => JSON.stringify(row, null, 2)).join("\n")],
    ["objects over several lines", "a.jsonl", ROWS.map((row) => JSON.stringify(row, null, 2)).join("\n")],
    ["gzip", "a.jsonl.gz", gzipSync(LINES)],
    ["gzip", "a.json.gz", gzipSync(JSON.stringify(ROWS))],
  ])("%s in %s", async (_, name, content) => {
    expect([...(await read(name, content))]).toEqual(ROWS);
  });

  test("one object is one row", async () => {
    const row = { text: "good", label: "pos", more: { data: [1] } };
    for (const name of ["a.json", "a.jsonl"]) {
      for (const indent of [0, 2]) {
        expect([...(await read(name, JSON.stringify(row, null, indent)))]).toEqual([row]);
      }
    }
  });

  test("rows under a key that is named", async () => {
    const path = join(folderWith({ "a.json": JSON.stringify({ n: [{}], rows: ROWS, z: "]" }) }), "a.json");
    expect([...(await loadDataset(path, { split: "train", field: "rows" }))]).toEqual(ROWS);
    await expect(loadDataset(path, { field: "row" })).rejects.toThrow('no object whose "row" is an array');
    const folder = folderWith({
      "a.json": JSON.stringify({ rows: ROWS }),
      "README.md": "---\nconfigs:\n- config_name: default\n  data_files: a.json\n  field: rows\n---\n",
    });
    expect([...(await loadDataset(folder)).train]).toEqual(ROWS);
  });

  test("whole numbers beyond 2⁵³ stay as they are, others are numbers", async () => {
    const line =
      '{"n": 9007199254740993, "s": "9007199254740993 \\" 1", "l": [-12345678901234567890, 1e30, 9007199254740991], "__proto__": 99999999999999999, "d": 0.1234567890123456}';
    for (const content of [line, `${line}\n${line}`, `[${line}]`]) {
      for (const name of ["a.json", "a.jsonl"]) {
        const row = (await read(name, content)).row(0);
        expect(row.n).toBe(9007199254740993n);
        expect(row.s).toBe('9007199254740993 " 1');
        expect(row.l).toEqual([-12345678901234567890n, 1e30, 9007199254740991]);
        expect(Object.entries(row)[3]).toEqual(["__proto__", 99999999999999999n]);
        expect(row.d).toBe(0.1234567890123456);
      }
    }
    const labels = await read("a.jsonl", '{"label":9007199254740993}\n{"label":9007199254740992}\n');
    expect(new Set(labels.labels)).toEqual(new Set(["9007199254740992", "9007199254740993"]));
  });

  test("NaN and infinity, as Python writes them", async () => {
    const rows = await read("a.jsonl", '{"x": NaN, "y": -Infinity, "s": "NaN"}\n{"x": 1, "y": Infinity}\n');
    expect(rows.column("x")).toEqual([Number.NaN, 1]);
    expect(rows.column("y")).toEqual([Number.NEGATIVE_INFINITY, Number.POSITIVE_INFINITY]);
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

test("an array on one line, in blocks that end anywhere", async () => {
  const rows = Array.from({ length: 8000 }, (_, i) => ({
    text: `é日本🙂 "${i}" [{,\\`,
    i,
    on: { a: [i, null] },
  }));
  for (const json of [rows, { version: [1, { data: [2] }], data: rows, more: "x" }].map((x) =>
    JSON.stringify(x),
  )) {
    expect([...(await read("a.json", json))]).toEqual(rows);
    expect([...(await read("a.json.gz", gzipSync(json)))]).toEqual(rows);
  }
});

test.each(["a.json", "a.jsonl"])("one field of 10 MB in %s", async (name) => {
  const row = { text: 'a "word", '.repeat(1_000_000), label: 1 };
  const line = JSON.stringify(row);
  expect((await read(name, name === "a.json" ? `[${line}]` : line)).row(0)).toEqual(row);
});

test("U+FEFF within a text, which elsewhere is a byte order mark", async () => {
  const rows = [{ text: "\uFEFFa\uFEFFb\uFEFF", "\uFEFFé": "\uFEFF" }];
  const escaped = JSON.stringify(rows).replaceAll("\uFEFF", "\\ufeff");
  for (const json of [JSON.stringify(rows), escaped]) {
    expect([...(await read("a.json", `\uFEFF${json}`))]).toEqual(rows);
  }
});

/** Whole numbers that are written in digits alone and are beyond 2⁵³ as what they are read as. */
function exactly(value: unknown): unknown {
  if (typeof value === "number" && /^-?\d+$/.test(String(value)) && !Number.isSafeInteger(value)) {
    return BigInt(String(value));
  }
  if (Array.isArray(value)) return value.map(exactly);
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, exactly(item)]));
}

test("any rows are read as JSON.parse reads them", async () => {
  const path = join(folderWith(), "a.json");
  const odd = fc.constantFrom(
    "\uFEFF",
    "\u2028",
    "\uD83D",
    "\uDE42",
    "🙂",
    "é",
    "\0",
    "\n",
    "\\",
    '"',
    "/",
    "a",
  );
  const cell = fc.oneof(fc.jsonValue({ maxDepth: 2, stringUnit: odd }), fc.string({ unit: "grapheme" }));
  const names = fc.uniqueArray(fc.string({ minLength: 1, maxLength: 4 }), { minLength: 1, maxLength: 3 });
  const tables = names.chain((names) => {
    const row = fc.record(Object.fromEntries(names.map((name) => [`${name}.`, cell])));
    return fc.record({
      rows: fc.array(row, { minLength: 1, maxLength: 5 }),
      indent: fc.nat(2),
      shape: fc.constantFrom("array", "data"),
    });
  });
  await fc.assert(
    fc.asyncProperty(tables, async ({ rows, indent, shape }) => {
      const text = JSON.stringify(shape === "data" ? { data: rows } : rows, null, indent);
      writeFileSync(path, text);
      const [expected, dataset] = [
        exactly(JSON.parse(JSON.stringify(rows))),
        await loadDataset(path, { split: "train" }),
      ];
      expect([...dataset]).toEqual(expected);
    }),
    { numRuns: 500 },
  );
});

test("a damaged file is read or refused with one line, and nothing else", async () => {
  const path = join(folderWith(), "a.json");
  const sound = Buffer.from(
    JSON.stringify([...ROWS, { text: "é日本🙂", label: -1.5e3 }, { n: [null, true] }], null, 1),
  );
  const damage = fc.record({
    at: fc.nat(sound.length),
    remove: fc.nat(9),
    insert: fc.oneof(
      fc.uint8Array({ maxLength: 4 }),
      fc.constantFrom(...['"', "{", "}", "[", "]", ",", "\n", "1"].map((c) => Buffer.from(c))),
    ),
  });
  let refused = 0;
  await fc.assert(
    fc.asyncProperty(damage, async ({ at, remove, insert }) => {
      const bytes = Buffer.concat([sound.subarray(0, at), insert, sound.subarray(at + remove)]);
      writeFileSync(path, bytes);
      const result = await loadDataset(path, { split: "train" }).catch((error) => error);
      let expected: unknown;
      try {
        expected = JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(bytes));
      } catch {
        refused++;
        expect(result, bytes.toString("latin1")).toBeInstanceOf(DataError);
      }
      if (!(result instanceof Error)) {
        expect(result.length).toBe((expected as unknown[]).length);
        return;
      }
      expect(result).toBeInstanceOf(DataError);
      expect(result.message).toMatch(/^.*a\.json( line \d|: item \d| holds no rows| is empty).*$/);
    }),
    { numRuns: 2000 },
  );
  expect(refused).toBeGreaterThan(1000);
});

describe("what is wrong with a file is said in one line", () => {
  test.each([
    ["a.jsonl", '{"a": 1}\n\n{"a": }\n', "a.jsonl line 3 is not valid JSON"],
    ["a.jsonl", '{"a": 1}\n{"a": 1', "a.jsonl line 2 is not valid JSON"],
    ["a.json", '[{"a": 1},\u2028{"a": 2}]', 'line 1 is not valid JSON: unexpected "\\u2028"'],
    ["a.json", "[1e]", 'line 1 is not valid JSON: unexpected "e"'],
    ["a.jsonl", '{"a": 1}\n[1]\n', "a.jsonl line 2 is not a JSON object"],
    ["a.jsonl", "", "a.jsonl holds no rows"],
    ["a.json", "", "a.json is empty"],
    ["a.json", " \n", "a.json is empty"],
    ["a.json", "[]", "a.json holds no rows"],
    ["a.json", '{"data": []}', "a.json holds no rows"],
    ["a.json", '{"rows": []}', 'holds one object; if its rows are in "rows", say so with --field (field)'],
    ["a.json", "3", "must hold objects, an array of objects, or an object with such an array"],
    ["a.jsonl", "3", "must hold objects, an array of objects, or an object with such an array"],
    [
      "a.json",
      `[${"[".repeat(9999)}`,
      "line 1 is not valid JSON: lists and objects lie within each other more",
    ],
    [
      "a.jsonl",
      `{"a":${"[".repeat(9999)}`,
      "line 1 is not valid JSON: lists and objects lie within each other",
    ],
    ["a.json", '[{"a": 1}, 2]', "item 1 (counting from 0) is not an object"],
    ["a.json", '[\n{"a": 1},\n{"a": nope}\n]', "a.json line 3 is not valid JSON"],
    ["a.json", '[\n{"a": 1}\n{"a": 2}\n]', "a.json line 3 is not valid JSON"],
    ["a.json", '[\n{"a": 1},\n{"a": "x', "a.json line 3 is not valid JSON"],
    ["a.json", '[\n{"a": 1},\n\n\n]', 'a.json line 5 is not valid JSON: unexpected "]"'],
    ["a.json", '[{"a": 1}]\n]', 'a.json line 2 is not valid JSON: unexpected "]"'],
    ["a.json", '[{"a": "x\ny"}]', 'a.json line 1 is not valid JSON: unexpected "\\n"'],
    ["a.json", `[{"a" "${"x".repeat(99)}"}]`, `line 1 is not valid JSON: unexpected "${"x".repeat(39)}…`],
    ["a.json", '{"a": 1}\n{"a": }', "a.json line 2 is not valid JSON"],
    ["a.json", '{"a": 1,\n "data": [{}', "a.json line 2 is not valid JSON: it ends too early"],
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
