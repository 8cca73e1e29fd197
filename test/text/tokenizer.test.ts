import { mkdtemp, readFile, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import { ConfigError, ModelError } from "../../src/errors.ts";
import { Tokenizer } from "../../src/text/tokenizer.ts";

interface GoldenRow {
  text: string;
  pair?: string;
  maxLength?: number;
  ids: number[];
  typeIds: number[];
  decoded?: string;
}

const fixtures = fileURLToPath(new URL("../fixtures/text/", import.meta.url));
const { encodings } = JSON.parse(await readFile(join(fixtures, "encodings.json"), "utf8")) as {
  encodings: Record<string, GoldenRow[]>;
};
const folder = (kind: string) => join(fixtures, kind);

function encodeAs(tokenizer: Tokenizer, row: GoldenRow) {
  const { ids, typeIds } = tokenizer.encode(row.text, row.pair, { maxLength: row.maxLength });
  return { text: row.text, pair: row.pair, maxLength: row.maxLength, ids, typeIds };
}
const withoutDecoded = ({ text, pair, maxLength, ids, typeIds }: GoldenRow) => ({
  text,
  pair,
  maxLength,
  ids,
  typeIds,
});

describe("encoding equals Hugging Face tokenizers'", () => {
  it.each([
    ["bert-uncased", "bert-uncased"],
    ["bert-cased", "bert-cased"],
    ["roberta", "roberta"],
    ["deberta", "deberta"],
    ["deberta-v3", "deberta-v3"],
    ["bert-uncased-vocab", "bert-uncased"],
    ["bert-cased-vocab", "bert-cased"],
    ["roberta-vocab", "roberta"],
    ["deberta-vocab", "deberta"],
  ])("%s: single texts, pairs, truncation", async (kind, golden) => {
    const tokenizer = await Tokenizer.fromFolder(folder(kind));
    const rows = encodings[golden]!;
    expect(rows.map((row) => encodeAs(tokenizer, row))).toEqual(rows.map(withoutDecoded));
  });
});
