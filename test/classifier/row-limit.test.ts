import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { modelTokenizer } from "../../src/app/recipes/model-tokenizer.ts";
import { TextClassifier, Tokenizer } from "../../src/index.ts";
import { quickFit, temporaryFolder, tinyClassifier, tinyTokenizer, train } from "./tiny.ts";

const roberta = {
  ...{ model_type: "roberta", hidden_size: 32, num_hidden_layers: 1, num_attention_heads: 4 },
  ...{ intermediate_size: 64, max_position_embeddings: 34 },
};

/** The tiny tokenizer with a limit of its own. */
function limited(modelMaxLength: unknown): Tokenizer {
  const [json, config] = Object.values(tinyTokenizer().files()).map((text) => JSON.parse(text));
  return Tokenizer.fromJson(json, { ...config, model_max_length: modelMaxLength });
}

const savedLimit = (folder: string) =>
  JSON.parse(readFileSync(join(folder, "tokenizer_config.json"), "utf8")).model_max_length;

describe("the longest row is what the model really reads, in what is told and what is saved", () => {
  it.each([
    // A RoBERTa pads from position 1 on: of its 34 positions rows have 33 − pad_token_id.
    ["RoBERTa's positions less their offset", roberta, undefined, {}, 33],
    ["a cut beyond RoBERTa's positions", roberta, undefined, { truncation: 100 }, 33],
    ["the positions", {}, 512, {}, 24],
    ["a cut beyond the positions", {}, undefined, { truncation: 100 }, 24],
    ["the tokenizer's limit", {}, 16, {}, 16],
    ["a cut that is asked for beyond the tokenizer's limit", {}, 16, { truncation: 20 }, 20],
    ["all positions, if no cut is asked for", {}, 16, { truncation: false }, 24],
  ] as const)("%s", async (_, changes, limit, options, longest) => {
    const tokenizer = limited(limit);
    const classifier = tinyClassifier({ tokenizer, changes });
    const run = await classifier.fit(train, { ...quickFit, ...options, epochs: 1, evaluate: {} });
    expect(run.record.model.maxLength).toBe(longest);

    const folder = temporaryFolder();
    await classifier.save(folder);
    expect(savedLimit(folder)).toBe(longest);
    expect((await modelTokenizer(folder)).maxLength).toBe(longest);
    const positions = changes === roberta ? 33 : 24;
    expect((await modelTokenizer(folder, { truncation: 100 })).maxLength).toBe(positions);

    // What lies beyond it changes nothing; what lies before does.
    const words = Array.from({ length: longest - 2 }, () => "goal").join(" ");
    const shorter = words.slice(0, -5);
    const again = await TextClassifier.fromPretrained(folder);
    const [whole, longer, cut] = await again.predict([words, `${words} bank bank`, `${shorter} bank`]);
    expect(longer).toEqual(whole);
    expect(cut).not.toEqual(whole);
  });

  it("padding on the left is not what textune does, and it says so", async () => {
    const folder = temporaryFolder();
    const [json, config] = Object.values(tinyTokenizer().files()).map((text) => JSON.parse(text));
    const tokenizer = Tokenizer.fromJson(json, { ...config, padding_side: "left" });
    await tinyClassifier({ tokenizer }).save(folder);
    const { notes } = (await TextClassifier.fromPretrained(folder)).loading;
    expect(notes).toEqual([expect.stringContaining("padding on the left")]);
  });

  it.each([0, -1, 12.5, "128"])("a limit of %j is refused", (limit) => {
    expect(() => limited(limit)).toThrow(/model_max_length of tokenizer_config.json must be a whole number/);
  });
});
