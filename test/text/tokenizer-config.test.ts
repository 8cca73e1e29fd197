import { mkdtemp, readFile, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { Tokenizer } from "../../src/core/text/tokenizer.ts";
import { loadTokenizer, saveTokenizer } from "../../src/node/text/tokenizer-folder.ts";

interface Golden {
  base: { normalizer: object; added_tokens: object[] };
  folders: Record<
    string,
    {
      files: Record<string, unknown>;
      rows: { text: string; pair?: string; maxLength?: number; ids: number[] }[];
    }
  >;
  added: { lowercase: boolean; tokens: object[]; rows: [string, number[]][] }[];
}
const golden = JSON.parse(
  await readFile(new URL("../fixtures/text/tokenizer-configs.json", import.meta.url), "utf8"),
) as Golden;

async function folderOf(files: Record<string, unknown>): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), "tokenizer-config-"));
  for (const [name, content] of Object.entries(files)) {
    await writeFile(join(folder, name), typeof content === "string" ? content : JSON.stringify(content));
  }
  return folder;
}

describe("a folder's config and older files are read as transformers reads them", () => {
  it.each(Object.keys(golden.folders))("%s; saved and read again, too", async (name) => {
    const { files, rows } = golden.folders[name]!;
    const folder = await folderOf(files);
    const tokenizer = await loadTokenizer(folder);
    const ids = (from: Tokenizer) =>
      rows.map(({ text, pair, maxLength }) => from.encode(text, pair, { maxLength }).ids);
    const expected = rows.map((row) => row.ids);
    expect(ids(tokenizer)).toEqual(expected);
    await saveTokenizer(tokenizer, folder);
    expect(ids(await loadTokenizer(folder))).toEqual(expected);
  });
});

it("finds added tokens of any flags as Hugging Face's library does", () => {
  for (const { lowercase, tokens, rows } of golden.added) {
    const { base } = golden;
    const tokenizer = Tokenizer.fromJson({
      ...base,
      normalizer: { ...base.normalizer, lowercase },
      added_tokens: [...base.added_tokens, ...tokens],
    });
    const found = rows.map(([text]) => [text, tokenizer.encode(text).ids]);
    expect(found, JSON.stringify(tokens)).toEqual(rows);
  }
});
