import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { Dataset } from "../../src/core/data/dataset.ts";
import { DataError } from "../../src/core/errors.ts";
import { type LoadDatasetOptions, loadDataset } from "../../src/node/data/load-dataset.ts";
import { folderWith } from "./folder.ts";

async function read(content: string | Uint8Array, name = "data.csv"): Promise<Dataset> {
  return loadDataset(join(folderWith({ [name]: content }), name), { split: "train" });
}

/** The message for a broken file, less the folder it lies in. */
async function problem(content: string | Uint8Array, name = "data.csv"): Promise<string> {
  const path = join(folderWith({ [name]: content }), name);
  const error = await loadDataset(path, { split: "train" }).catch((error) => error);
  expect(error).toBeInstanceOf(DataError);
  expect(error.message).not.toContain("\n");
  return error.message.replaceAll(path, name);
}

describe("what a file may look like", () => {
  test.each([
    ["LF", "text,label\na,x\nb,y\n"],
    ["no line break at the end", "text,label\na,x\nb,y"],
    ["CRLF", "text,label\r\na,x\r\nb,y\r\n"],
    ["a byte order mark", "\uFEFFtext,label\na,x\nb,y\n"],
    ["empty lines", "\ntext,label\n\na,x\n\nb,y\n\n"],
    ["quotes", '"text","label"\n"a",x\nb,"y"\n'],
    ["spaces around column names", " text , label\na,x\nb,y\n"],
  ])("%s", async (_, content) => {
    const dataset = await read(content);
    expect([...dataset]).toEqual([
      { text: "a", label: "x" },
      { text: "b", label: "y" },
    ]);
  });

  test("separators, line breaks and quotes inside quotes", async () => {
    const dataset = await read('text,label\n"a, ""b""\r\nc",0\n');
    expect(dataset.row(0)).toEqual({ text: 'a, "b"\r\nc', label: 0 });
  });

  test("tabs, by the file's name", async () => {
    const dataset = await read("text\tlabel\na, b\t1\n", "data.tsv");
    expect(dataset.row(0)).toEqual({ text: "a, b", label: 1 });
  });

  test("gzip, also in several members", async () => {
    const parts = Buffer.concat([gzipSync("text,label\na,0\n"), gzipSync("b,1\n")]);
    expect((await read(parts, "data.csv.gz")).column("text")).toEqual(["a", "b"]);
  });

  test("a column without a name, as pandas writes its index", async () => {
    expect((await read(",text\n0,a\n")).columns).toEqual(["Unnamed: 0", "text"]);
  });

  test("one field of 10 MB", async () => {
    const long = "word, ".repeat(1_750_000);
    const dataset = await read(`text,label\n"${long}",1\n`);
    expect(dataset.row(0)).toEqual({ text: long, label: 1 });
  });

  test("characters of several bytes wherever the reading stops in between", async () => {
    const text = "é日本🙂".repeat(60_000);
    expect((await read(`text,label\n${text},0\nü,1\n`)).column("text")).toEqual([text, "ü"]);
  });
});

describe("as pandas reads it", () => {
  test("a quote inside a cell is text, and what follows a closing quote belongs to its cell", async () => {
    const csv = 'text,label\na 5" pipe "broke",neg\n"a"b,pos\n';
    expect((await read(csv)).column("text")).toEqual(['a 5" pipe "broke"', "ab"]);
    expect((await read(csv.replaceAll(",", "\t"), "data.tsv")).column("text")).toEqual([
      'a 5" pipe "broke"',
      "ab",
    ]);
  });

  test("every line may have an end of its own", async () => {
    const dataset = await read("text,label\na,1\r\nb,1\nc,2\rd,2\n\re,1");
    expect(dataset.column("label")).toEqual([1, 1, 2, 2, 1]);
  });

  test("columns may have names that every object has", async () => {
    const names = ["constructor", "__proto__", "toString", "text"];
    const dataset = await read(`${names}\na,b,c,d\n,,,\n`);
    expect(dataset.columns).toEqual(names);
    expect(dataset.column("__proto__")).toEqual(["b", ""]);
    expect(Object.entries(dataset.row(0))).toEqual(names.map((name, i) => [name, "abcd"[i]]));
    expect(dataset.features.constructor).toEqual({ type: "string" });
  });

  test("many columns take time that grows with their number alone", async () => {
    const names = Array.from({ length: 100_000 }, (_, i) => `c${i}`);
    const dataset = await read(`${names}\n${names}\n`);
    expect(dataset.column("c99999")).toEqual(["c99999"]);
  });
});

describe("what a user says of the file", () => {
  const open = (content: string, options: LoadDatasetOptions, name = "data.csv") =>
    loadDataset(join(folderWith({ [name]: content }), name), { ...options, split: "train" });

  test("its separator", async () => {
    const dataset = await open("text;label\ngood, indeed;pos\n", { separator: ";" });
    expect([...dataset]).toEqual([{ text: "good, indeed", label: "pos" }]);
    expect((await open("text\tlabel\na,b\t1\n", { separator: "\\t" })).column("text")).toEqual(["a,b"]);
    await expect(open("a\n", { separator: "::" })).rejects.toThrow('separator "::" is not one character');
  });

  test("the names of its columns, where no line has them", async () => {
    const rows = '"3","Wall St. up"\n"4","Chip"\n';
    const dataset = await open(rows, { columnNames: ["label", "text"] });
    expect([...dataset]).toEqual([
      { label: 3, text: "Wall St. up" },
      { label: 4, text: "Chip" },
    ]);
    await expect(open(rows, { columnNames: ["label"] })).rejects.toThrow(
      "line 1 has 2 cells, and 1 columns are named: label",
    );
    await expect(open(`label,text\n${rows}`, { columnNames: ["label", "text"] })).rejects.toThrow(
      "line 1 names the columns itself",
    );
    await expect(open(rows, { columnNames: ["a", "a"] })).rejects.toThrow('two columns are named "a"');
  });

  test("what doesn't go with its format is refused", async () => {
    await expect(open("{}", { separator: ";" }, "data.jsonl")).rejects.toThrow("data.jsonl is no CSV file");
    await expect(open("a\n", { field: "rows" })).rejects.toThrow("data.csv is no JSON file");
  });
});

describe("what a file looks like is said where a column is lacking", () => {
  test.each([
    ["text;label\ngood;pos\n", /no label column.*looks separated by ";"/],
    ['"3","Wall St. up"\n"4","Chip"\n', /no label column.*its first line looks like a row/],
  ])("%j", async (content, message) => {
    const dataset = await read(content);
    expect(() => dataset.labels).toThrow(message);
    expect(() => dataset.column("label")).toThrow(/no column "label".*its first line/);
  });
});

describe("numbers", () => {
  const column = async (...cells: string[]) => {
    const dataset = await read(`text,n\n${cells.map((cell) => `t,${cell}`).join("\n")}\n`);
    return { type: dataset.features.n!.type, values: dataset.column("n") };
  };

  test("make a column numeric where every cell is one; empty cells are missing", async () => {
    expect(await column("0", "12", "-1", "")).toEqual({ type: "int", values: [0, 12, -1, null] });
    expect(await column("0.5", "1e3", "2")).toEqual({ type: "float", values: [0.5, 1000, 2] });
  });

  test("stay text where anything else is among them or digits would be lost", async () => {
    for (const cells of [
      ["1", "NA"],
      ["007", "8"],
      ["9007199254740993"],
      ["1", "x"],
      ["0x10"],
      ["Infinity", "1"],
      ["true", "false"],
    ]) {
      expect(await column(...cells)).toEqual({ type: "string", values: cells });
    }
  });

  test("empty cells of a text column are empty texts", async () => {
    expect(await column("a", "")).toEqual({ type: "string", values: ["a", ""] });
  });
});

describe("what is wrong with a file is said in one line", () => {
  test.each([
    ["a quote never closed", 'text,label\na,0\n"b,1\nc,2\n', "line 3: a quote opened here is never closed"],
    ["too many cells", "text,label\na,0\nb,c,1\n", "line 3 has 3 cells where the header has 2; quote cells"],
    [
      "too few cells",
      "text,label\na,0\n\nb\n",
      "line 4 has 1 cells where the header has 2; cells are missing",
    ],
    ["another separator", "text;label\na, b;x\n", 'looks separated by ";"; if it is, give --separator ";"'],
    ["no names", '"3","Wall St. up"\n"4","Chip","x"\n', "its first line looks like a row"],
    ["columns without end", `${"a,".repeat(200_000)}\n1\n`, "line 1 has 200001 cells, which is no table"],
    ["a column named twice", "text,label,text\na,0,b\n", 'line 1 names two columns "text"'],
    ["nothing", "", "data.csv is empty"],
    ["no rows", "text,label\n", "data.csv holds no rows"],
  ])("%s", async (_, content, message) => {
    expect(await problem(content)).toMatch(message);
  });

  test("bytes that are not UTF-8, with their line", async () => {
    const latin1 = Buffer.concat([Buffer.from("text,label\nfine,0\n"), Buffer.from("caf\xe9,1\n", "latin1")]);
    expect(await problem(latin1)).toBe("data.csv line 3 is not UTF-8 text; save the file as UTF-8");
    expect(await problem(Buffer.from("\uFEFFtext,label\na,0\n", "utf16le"))).toContain("UTF-16");
    expect(await problem(Buffer.from([0xff]))).toContain("line 1 is not UTF-8");
  });

  test("the line is right far into a long file", async () => {
    const rows = Array.from({ length: 40_000 }, (_, i) => `text number ${i},${i % 4}`);
    rows[31_234] = "one,two,three";
    expect(await problem(`text,label\n${rows.join("\n")}`)).toContain("line 31236 has 3 cells");
    rows[31_234] = "bad byte \xff,1";
    const bytes = Buffer.from(`text,label\n${rows.join("\n")}`, "latin1");
    expect(await problem(bytes)).toContain("line 31236 is not UTF-8");
  });

  test("gzip cut short, damaged, or not gzip at all", async () => {
    const whole = gzipSync(`text,label\n${"some text,0\n".repeat(5000)}`);
    expect(await problem(whole.subarray(0, whole.length - 20), "a.csv.gz")).toContain(
      "damaged or cut short (gzip",
    );
    expect(await problem(Buffer.from("text,label\n"), "a.csv.gz")).toContain("damaged or cut short (gzip");
  });
});

/** Any text that UTF-8 can hold: no lone surrogates. */
const cell = fc.oneof(
  fc.string({ unit: "grapheme", maxLength: 12 }),
  fc.string({
    unit: fc.constantFrom('"', ",", "\n", "\r", "\t", "\0", " ", "a", "é", "1", "\uFEFF"),
    maxLength: 8,
  }),
);

const letters = fc.constantFrom("a", "b", "c", "_", "T", "1");
const columnName = fc.string({ unit: letters, minLength: 1, maxLength: 8 });

const tables = fc.integer({ min: 1, max: 4 }).chain((width) =>
  fc.record({
    names: fc.uniqueArray(columnName, { minLength: width, maxLength: width }),
    rows: fc.array(fc.array(cell, { minLength: width, maxLength: width }), { minLength: 1, maxLength: 8 }),
    newline: fc.constantFrom("\n", "\r\n"),
    delimiter: fc.constantFrom(",", "\t"),
    mark: fc.constantFrom("", "\uFEFF"),
    gzip: fc.boolean(),
  }),
);

function write(table: typeof tables extends fc.Arbitrary<infer T> ? T : never): Buffer {
  const quote = (text: string) => `"${text.replaceAll('"', '""')}"`;
  const lines = [table.names, ...table.rows].map((cells) => cells.map(quote).join(table.delimiter));
  const bytes = Buffer.from(table.mark + lines.join(table.newline) + table.newline);
  return table.gzip ? gzipSync(bytes) : bytes;
}

function nameOf({ delimiter, gzip }: { delimiter: string; gzip: boolean }): string {
  return `data.${delimiter === "," ? "csv" : "tsv"}${gzip ? ".gz" : ""}`;
}

test("any table that is written is read back", async () => {
  const folder = folderWith();
  await fc.assert(
    fc.asyncProperty(tables, async (table) => {
      const path = join(folder, nameOf(table));
      writeFileSync(path, write(table));
      const dataset = await loadDataset(path, { split: "train" });
      expect(dataset.columns).toEqual(table.names);
      for (const [i, name] of table.names.entries()) {
        const written = table.rows.map((cells) => cells[i]!);
        const numeric = ["int", "float"].includes(dataset.features[name]!.type);
        const expected = numeric ? written.map((text) => (text === "" ? null : Number(text))) : written;
        expect(dataset.column(name)).toEqual(expected);
      }
    }),
    { numRuns: 1000 },
  );
});

test("a damaged file is read or refused with one line, and nothing else", async () => {
  const folder = folderWith();
  const damage = fc.record({
    at: fc.double({ min: 0, max: 1, noNaN: true }),
    remove: fc.integer({ min: 0, max: 9 }),
    insert: fc.uint8Array({ maxLength: 6 }),
  });
  let refused = 0;
  await fc.assert(
    fc.asyncProperty(tables, damage, async (table, { at, remove, insert }) => {
      const path = join(folder, nameOf(table));
      const bytes = write(table);
      const position = Math.floor(at * bytes.length);
      writeFileSync(
        path,
        Buffer.concat([bytes.subarray(0, position), insert, bytes.subarray(position + remove)]),
      );
      try {
        expect((await loadDataset(path, { split: "train" })).length).toBeGreaterThan(0);
      } catch (error) {
        refused++;
        expect(error, readFileSync(path).toString("latin1")).toBeInstanceOf(DataError);
        expect((error as Error).message).toContain("data.");
        expect((error as Error).message).not.toContain("\n");
      }
    }),
    { numRuns: 2000 },
  );
  expect(refused).toBeGreaterThan(500);
});
