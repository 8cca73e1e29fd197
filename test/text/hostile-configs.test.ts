import fc from "fast-check";
import { expect, it } from "vitest";
import { ModelError } from "../../src/core/errors.ts";
import { Tokenizer } from "../../src/core/text/tokenizer.ts";

const words = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", "good", "bad"].join("\n");
const value = fc.oneof(
  fc.jsonValue(),
  fc.constantFrom("[PAD]", "BertTokenizer", "RobertaTokenizer", "AlbertTokenizer", "\u001b[2J", 2 ** 40),
  fc.constantFrom({ content: "x" }, [{ content: 3 }], { "99999999999": { content: "x" } }, { a: 1 }),
);
const keys = [
  ...["tokenizer_class", "do_lower_case", "strip_accents", "tokenize_chinese_chars", "add_prefix_space"],
  ...["truncation_side", "padding_side", "added_tokens_decoder", "model_max_length", "unk_token"],
  ...["pad_token", "cls_token", "extra_special_tokens", "additional_special_tokens", "unk_id"],
];

it("whatever stands in the files beside a vocabulary is read, or told of in one line", () => {
  const settings = fc.dictionary(fc.constantFrom(...keys), value, { maxKeys: 4 });
  const tokens = fc.dictionary(fc.string({ maxLength: 6 }), value, { maxKeys: 3 });
  fc.assert(
    fc.property(settings, tokens, settings, (config, added, map) => {
      const files = {
        "vocab.txt": words,
        "tokenizer_config.json": JSON.stringify(config),
        "added_tokens.json": JSON.stringify(added),
        "special_tokens_map.json": JSON.stringify(map),
      };
      try {
        Tokenizer.fromFiles(files, "folder").encode("good bad");
      } catch (error) {
        expect(error).toBeInstanceOf(ModelError);
        expect((error as Error).message).not.toMatch(/\n|undefined|is not a function|Cannot|\[object/);
      }
    }),
    { seed: 12, numRuns: 1500 },
  );
});
