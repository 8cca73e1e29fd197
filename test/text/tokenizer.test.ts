import { mkdtemp, readFile, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import { ConfigError, ModelError } from "../../src/core/errors.ts";
import type { Tokenizer } from "../../src/core/text/tokenizer.ts";
import { loadTokenizer, saveTokenizer } from "../../src/node/text/tokenizer-folder.ts";

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
const bert = await readFile(join(fixtures, "bert-uncased/tokenizer.json"), "utf8");
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
    const tokenizer = await loadTokenizer(folder(kind));
    const rows = encodings[golden]!;
    expect(rows.map((row) => encodeAs(tokenizer, row))).toEqual(rows.map(withoutDecoded));
  });
});

describe("decoding", () => {
  it.each(Object.keys(encodings))("%s: gives Hugging Face's text back", async (kind) => {
    const tokenizer = await loadTokenizer(folder(kind));
    const rows = encodings[kind]!.filter((row) => row.decoded !== undefined);
    expect(rows.map((row) => tokenizer.decode(row.ids))).toEqual(rows.map((row) => row.decoded));
  });

  it("names tokens, and keeps special ones if asked", async () => {
    const tokenizer = await loadTokenizer(folder("bert-uncased"));
    const { ids } = tokenizer.encode("the cells", "of");
    expect(tokenizer.tokens(ids)).toEqual(["[CLS]", "the", "cell", "##s", "[SEP]", "of", "[SEP]"]);
    expect(tokenizer.decode(ids, { skipSpecialTokens: false })).toBe("[CLS] the cells [SEP] of [SEP]");
    expect(tokenizer.decode([])).toBe("");
    expect(tokenizer.tokens([1_000_000])).toEqual(["[UNK]"]);
  });
});

describe("what a tokenizer says of itself", () => {
  it("knows its special tokens and limits", async () => {
    const uncased = await loadTokenizer(folder("bert-uncased"));
    const { vocabularySize, padId, unknownId, clsId, sepId, modelMaxLength } = uncased;
    expect({ padId, unknownId, clsId, sepId, modelMaxLength }).toEqual({
      padId: 0,
      unknownId: 1,
      clsId: 2,
      sepId: 3,
      modelMaxLength: 512,
    });
    expect(vocabularySize).toBe(400);
    const roberta = await loadTokenizer(folder("roberta-vocab"));
    expect([roberta.clsId, roberta.padId, roberta.sepId, roberta.unknownId]).toEqual([0, 1, 2, 3]);
    expect(roberta.modelMaxLength).toBeUndefined();
  });

  it("counts tokens before truncation and unknown ones", async () => {
    const tokenizer = await loadTokenizer(folder("bert-uncased"));
    const { ids, fullLength, unknownTokens } = tokenizer.encode("the 😀 of 🇨🇭 the", undefined, {
      maxLength: 4,
    });
    expect(tokenizer.tokens(ids)).toEqual(["[CLS]", "the", "[UNK]", "[SEP]"]);
    expect([fullLength, unknownTokens]).toEqual([7, 2]);
  });
});

describe("saving", () => {
  it.each(["bert-cased-vocab", "roberta-vocab", "deberta-v3"])("%s: is read back the same", async (kind) => {
    const target = await mkdtemp(join(tmpdir(), "textune-"));
    const original = await loadTokenizer(folder(kind));
    await saveTokenizer(original, join(target, "new"), { modelInputNames: ["input_ids", "attention_mask"] });
    const copy = await loadTokenizer(join(target, "new"));
    for (const row of encodings[kind.replace("-vocab", "")]!) {
      expect(encodeAs(copy, row)).toEqual(encodeAs(original, row));
    }
    const config = JSON.parse(await readFile(join(target, "new/tokenizer_config.json"), "utf8"));
    expect(config).toMatchObject({
      tokenizer_class: "PreTrainedTokenizerFast",
      pad_token: kind === "roberta-vocab" ? "<pad>" : "[PAD]",
      model_input_names: ["input_ids", "attention_mask"],
    });
  });
});

describe("bad input", () => {
  async function folderWith(files: Record<string, string>): Promise<string> {
    const target = await mkdtemp(join(tmpdir(), "textune-"));
    for (const [name, content] of Object.entries(files)) await writeFile(join(target, name), content);
    return target;
  }
  const changed = (change: object) => JSON.stringify({ ...JSON.parse(bert), ...change });

  it.each([
    ["no file at all", {}, /has no tokenizer\.json or vocab\.txt or vocab\.json/],
    ["merges missing", { "vocab.json": "{}" }, /holds no tokenizer/],
    ["cut short", { "tokenizer.json": bert.slice(0, 5000) }, /tokenizer\.json is damaged: .*fetch it again$/],
    ["not an object", { "tokenizer.json": "[]" }, /tokenizer\.json is damaged/],
    ["no model", { "tokenizer.json": "{}" }, /tokenizer\.json is damaged: model/],
    [
      "no vocabulary",
      { "tokenizer.json": changed({ model: { type: "WordPiece" } }) },
      /the model has no vocabulary/,
    ],
    [
      "unknown normalizer",
      { "tokenizer.json": changed({ normalizer: { type: "Odd" } }) },
      /normalizer "Odd" is not supported: expected/,
    ],
    [
      "unknown template",
      { "tokenizer.json": changed({ post_processor: { type: "Odd" } }) },
      /post_processor of type "Odd"/,
    ],
    [
      "damaged config",
      { "tokenizer.json": bert, "tokenizer_config.json": "{" },
      /tokenizer_config\.json is damaged/,
    ],
    ["damaged vocabulary", { "vocab.json": '{"a": "b"}', "merges.txt": "" }, /vocab\.json is damaged/],
    [
      "no padding token",
      { "vocab.txt": "a\nb\n[UNK]\n[CLS]\n[SEP]\n" },
      /vocab\.txt lacks \[PAD\]: name its pad_token/,
    ],
  ])("%s: one line that says where", async (_, files, message) => {
    const target = await folderWith(files as Record<string, string>);
    const error = await loadTokenizer(target).catch((caught: unknown) => caught);
    expect(error).toBeInstanceOf(ModelError);
    const { message: line } = error as ModelError;
    expect(line).toMatch(message);
    expect(line).toContain(target);
    expect(line).not.toContain("\n");
  });

  it("refuses a maximum length without room for text", async () => {
    const tokenizer = await loadTokenizer(folder("bert-uncased"));
    expect(() => tokenizer.encode("the dog", undefined, { maxLength: 2 })).toThrow(ConfigError);
    expect(() => tokenizer.encode("the dog", "a fox", { maxLength: 3 })).toThrow(/leaves no room/);
  });
});
