import { AddedVocabulary } from "./added-vocabulary.ts";
import { buildDecoder } from "./decoders.ts";
import { buildModel, rememberingEncoder } from "./models/model.ts";
import { checkedId } from "./models/vocabulary.ts";
import { buildNormalizer } from "./normalizers.ts";
import { buildPreTokenizer, knowsFirst, refuseUnaligned } from "./pre-tokenizers.ts";
import type { TokenizerJson } from "./vocabulary-files.ts";

/** Turns words into ids. */
export interface Model {
  /** The token of each id, added tokens included; an id may be without one. */
  readonly tokens: readonly (string | undefined)[];
  /** The id of each token, added tokens included. */
  readonly ids: ReadonlyMap<string, number>;
  readonly unknownId: number | undefined;
  encode(words: readonly string[]): number[];
}

/** `tokenizer.json`, but for the template of special tokens: text to ids, without truncation, and back. */
export interface Pipeline {
  readonly model: Model;
  readonly addedVocabulary: AddedVocabulary;
  normalize(text: string): string;
  /**
   * The words of a normalized text without added tokens.
   *
   * @param isFirst whether it begins the row, no added token before it.
   */
  preTokenize(text: string, isFirst: boolean): string[];
  /** Split by added tokens → normalize → pre-tokenize → model. */
  tokenize(text: string): number[];
  decode(ids: readonly number[], options: { skipSpecialTokens: boolean }): string;
}

/**
 * Builds the steps that `tokenizer.json` names. Every one of them is our own, and gives what Hugging Face's Rust
 * library gives, character for character, or is refused by its name. The library itself was no choice: it has no
 * build for browsers, and its package for Node is years behind; the ports to JavaScript differ from it where
 * JavaScript's white space, `\\w`, regular expressions and Unicode version do.
 *
 * @throws ModelError if a part is damaged or not supported.
 */
export function buildPipeline(json: TokenizerJson): Pipeline {
  const normalize = buildNormalizer(json.normalizer);
  const preTokenize = buildPreTokenizer(json.pre_tokenizer);
  refuseUnaligned(json.normalizer, json.pre_tokenizer);
  const wordModel = buildModel(json.model);
  const decode = buildDecoder(json.decoder);
  const encode = rememberingEncoder(wordModel);
  const added = json.added_tokens ?? [];
  const ids = new Map(wordModel.ids);
  for (const { content, id } of added) ids.set(content, checkedId(id, content));
  const tokens: (string | undefined)[] = [];
  for (const [token, id] of ids) tokens[id] = token;
  const addedVocabulary = new AddedVocabulary(
    added,
    // Looking for where a text's beginning went normalizes it twice.
    knowsFirst(json.pre_tokenizer) ? normalize : (text) => normalize(text),
  );
  return {
    model: { tokens, ids, unknownId: wordModel.unknownId, encode },
    addedVocabulary,
    normalize,
    preTokenize,
    tokenize: (text) => {
      const all: number[] = [];
      for (const section of addedVocabulary.split(wellFormed(text))) {
        if ("id" in section) all.push(section.id);
        else for (const id of encode(preTokenize(section.text, section.isFirst))) all.push(id);
      }
      return all;
    },
    decode: (list, { skipSpecialTokens }) => {
      const kept = list
        .map((id) => tokens[id])
        .filter((token) => token !== undefined)
        .filter((token) => !skipSpecialTokens || !addedVocabulary.isSpecial(token));
      return decode(kept);
    },
  };
}

/** Half a surrogate pair is no character: it becomes U+FFFD, as in UTF-8. */
function wellFormed(text: string): string {
  return LONE_SURROGATE.test(text) ? text.replace(ALL_LONE_SURROGATES, "\ufffd") : text;
}
const LONE_SURROGATE = /\p{Surrogate}/u;
const ALL_LONE_SURROGATES = /\p{Surrogate}/gu;
