import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { buildPipeline } from "../../src/core/text/pipeline.ts";
import { applyTokenizerConfig } from "../../src/core/text/tokenizer-config.ts";
import type { TokenizerJson } from "../../src/core/text/vocabulary-files.ts";

const golden = JSON.parse(
  readFileSync(new URL("../fixtures/text/added-tokens.json", import.meta.url), "utf8"),
) as {
  pipelines: Record<string, TokenizerJson>;
  sets: {
    pipeline: string;
    tokens: NonNullable<TokenizerJson["added_tokens"]>;
    rows: [string, number[]][];
  }[];
};

describe("added tokens of any flags and ids are found as Hugging Face's library finds them", () => {
  it.each(Object.keys(golden.pipelines))("%s", (name) => {
    const sets = golden.sets.filter(({ pipeline }) => pipeline === name);
    expect(sets.length).toBeGreaterThan(5);
    for (const { tokens, rows } of sets) {
      const json = { ...golden.pipelines[name]!, added_tokens: tokens };
      const pipeline = buildPipeline(applyTokenizerConfig(json, {}));
      const found = rows.map(([text]) => [text, pipeline.tokenize(text)]);
      expect(found, JSON.stringify(tokens)).toEqual(rows);
    }
  });
});
