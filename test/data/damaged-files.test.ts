import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import fc from "fast-check";
import { expect, test } from "vitest";
import { DataError } from "../../src/core/errors.ts";
import { loadDataset } from "../../src/node/data/load-dataset.ts";
import { folderWith } from "./folder.ts";

/** Cases of each format; more by hand. */
const CASES = Number(process.env.DAMAGED_FILES ?? 150);

const fixture = (name: string) =>
  readFileSync(fileURLToPath(new URL(`../fixtures/data/${name}`, import.meta.url)));
const rows = Array.from({ length: 6 }, (_, i) => ({
  text: `text "${i}", é日🙂`,
  label: 2 ** 53 + i * 1e9,
  more: { list: [i, null, { deep: [true] }] },
}));
const csv = `text,label,note\n${rows.map(({ label }, i) => `"a ""quoted"", text",${label},${i}`).join("\r\n")}\n`;

/** Whole files of each format. */
const SOUND: [name: string, content: Buffer][] = [
  ["a.csv", Buffer.from(csv)],
  ["a.tsv", Buffer.from(csv.replaceAll(",", "\t"))],
  ["a.json", Buffer.from(JSON.stringify(rows, null, 1))],
  ["a.json", Buffer.from(JSON.stringify({ version: 1, data: rows }))],
  ["a.jsonl", Buffer.from(rows.map((row) => JSON.stringify(row)).join("\n"))],
  ["a.parquet", fixture("datasets.parquet")],
  ["a.parquet", fixture("pyarrow-none.parquet")],
  ["a.parquet", fixture("parquet-values.parquet")],
];

/** What one may find in a file, and what makes readers stumble. */
const awkward = fc.constantFrom(
  ...["[".repeat(3000), '{"a":'.repeat(3000), "]".repeat(50), `${"a,".repeat(3000)}\n`, "\t".repeat(3000)],
  ...['"', "\\", "\\u12", "\0", "\x1b[2J", "\u2028", "\uFEFF", "__proto__", "1e999", "NaN", "9".repeat(400)],
  ...["\r", "\n\n", "undefined", "a".repeat(20_000)],
);

const change = fc.record({
  at: fc.double({ min: 0, max: 1, noNaN: true }),
  remove: fc.oneof(fc.constant(0), fc.nat(8), fc.nat(400)),
  insert: fc.oneof(
    awkward.map((text) => Buffer.from(text)),
    fc.uint8Array({ maxLength: 6 }).map((bytes) => Buffer.from(bytes)),
    fc.constant(Buffer.alloc(0)),
  ),
  /** Changes bytes in place, which leaves lengths and places that a binary file refers to as they are. */
  inPlace: fc.boolean(),
});

function damaged(
  sound: Buffer,
  changes: readonly (typeof change extends fc.Arbitrary<infer T> ? T : never)[],
) {
  let bytes = Buffer.from(sound);
  for (const { at, remove, insert, inPlace } of changes) {
    const place = Math.floor(at * bytes.length);
    const taken = inPlace ? insert.length : remove;
    bytes = Buffer.concat([bytes.subarray(0, place), insert, bytes.subarray(place + taken)]);
  }
  return bytes;
}

// The words of decoders and parsers, and of JavaScript itself.
const INNER =
  /undefined|\bNaN\b(?!")|object Object|TypeError|RangeError|Cannot |thrift|bigint|BigInt|call stack|offset|DataView|JSON at|Unexpected token|not iterable|is not a function/;

test.each(SOUND)(
  "%s, however it is damaged, is read or refused in one line of plain words",
  async (name, sound) => {
    const path = join(folderWith(), name);
    await fc.assert(
      fc.asyncProperty(fc.array(change, { minLength: 1, maxLength: 3 }), async (changes) => {
        writeFileSync(path, damaged(sound, changes));
        const result = await loadDataset(path, { split: "train" }).catch((error: unknown) => error);
        if (!(result instanceof Error)) return;
        expect(result).toBeInstanceOf(DataError);
        const message = result.message.replaceAll(path, name);
        expect(message).toMatch(/^a\.\w+[ :]/);
        // biome-ignore lint/suspicious/noControlCharactersInRegex: none may reach a terminal
        expect(message).not.toMatch(/[\x00-\x1f\x7f-\x9f\u2028]/);
        expect(message.length).toBeLessThan(500);
        expect(message.replaceAll(/"[^"]*("|…)/g, "")).not.toMatch(INNER);
      }),
      { numRuns: CASES },
    );
  },
  600_000,
);
