import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { ModelError } from "../../src/core/errors.ts";
import { Tokenizer } from "../../src/core/text/tokenizer.ts";

interface GoldenRow {
  text: string;
  pair?: string;
  maxLength?: number;
  ids: number[];
  typeIds: number[];
}
type Content = string | Record<string, unknown>;
const golden = JSON.parse(
  readFileSync(new URL("../fixtures/text/tokenizer-classes.json", import.meta.url), "utf8"),
) as { shared: Record<string, Content>; folders: { files: Record<string, Content>; rows: GoldenRow[] }[] };

function contentOf(content: Content): string | Uint8Array {
  if (typeof content === "string") return content;
  if (typeof content.shared === "string") return contentOf(golden.shared[content.shared]!);
  if (typeof content.base64 === "string") return Buffer.from(content.base64, "base64");
  return JSON.stringify(content);
}
const read = (files: Record<string, Content>) =>
  Tokenizer.fromFiles(
    Object.fromEntries(Object.entries(files).map(([name, content]) => [name, contentOf(content)])),
  );
const encoded = (tokenizer: Tokenizer, rows: readonly GoldenRow[]) =>
  rows.map(({ text, pair, maxLength }) => {
    const { ids, typeIds } = tokenizer.encode(text, pair, { maxLength });
    return { text, pair, maxLength, ids, typeIds };
  });
const expected = (rows: readonly GoldenRow[]) =>
  rows.map(({ text, pair, maxLength, ids, typeIds }) => ({ text, pair, maxLength, ids, typeIds }));

describe("every class of tokenizer encodes as transformers does", () => {
  it.each(
    golden.folders.map(({ files, rows }, i) => {
      const short = JSON.stringify(files["tokenizer_config.json"]).slice(0, 100);
      return [`${i} ${Object.keys(files)[0]} ${short}`, files, rows] as const;
    }),
  )("%s", (_, files, rows) => {
    const tokenizer = read(files);
    expect(encoded(tokenizer, rows)).toEqual(expected(rows));
    const saved = { ...tokenizer.files(), "config.json": contentOf(files["config.json"]!) };
    expect(encoded(Tokenizer.fromFiles(saved), rows)).toEqual(expected(rows));
  });
});

describe("a SentencePiece model that can't be read is refused in a line", () => {
  const model = contentOf(golden.shared.deberta!) as Uint8Array;
  const deberta = JSON.stringify({ model_type: "deberta-v2" });
  const bpe = Uint8Array.from([...model, 0x12, 2, 0x18, 2]);
  it.each([
    [
      "no class",
      { "spm.model": model },
      /spm\.model: a tokenizer without a class can't be made .*DebertaV2Tokenizer/,
    ],
    [
      "another class",
      { "spm.model": model, "tokenizer_config.json": '{"tokenizer_class": "T5Tokenizer"}' },
      /class T5Tokenizer can't be made of a SentencePiece model/,
    ],
    ["a BPE model", { "spm.model": bpe, "config.json": deberta }, /SentencePiece model of type BPE/],
    [
      "cut short",
      { "spm.model": model.subarray(0, 900), "config.json": deberta },
      /damaged, or no SentencePiece/,
    ],
    ["empty", { "spm.model": new Uint8Array(), "config.json": deberta }, /it has no pieces/],
    ["a text", { "spm.model": "version https://…", "config.json": deberta }, /damaged, or no SentencePiece/],
  ] as [string, Record<string, string | Uint8Array>, RegExp][])("%s", (_, files, message) => {
    let error: unknown;
    try {
      Tokenizer.fromFiles(files, "folder");
    } catch (caught) {
      error = caught;
    }
    expect(error).toBeInstanceOf(ModelError);
    expect((error as Error).message).toMatch(message);
    expect((error as Error).message).not.toContain("\n");
  });
});
