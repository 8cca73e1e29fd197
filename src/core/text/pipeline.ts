import * as library from "@huggingface/tokenizers";
import { AddedVocabulary } from "./added-vocabulary.ts";
import { type BertNormalizerOptions, bertNormalize, bertWords } from "./bert-normalizer.ts";
import { type ByteLevelOptions, byteLevelWords } from "./byte-level.ts";
import { type MetaspaceOptions, metaspaceWords } from "./metaspace.ts";
import type { TokenizerJson } from "./vocabulary-files.ts";

/** Splits a text, or each of several, into words. */
interface PreTokenizer {
  /** `section_index` counts the stretches between special tokens. */
  (text: string | string[], options?: { section_index?: number }): string[];
  /** The steps of a sequence. */
  tokenizers?: PreTokenizer[];
}

/** The part of the library's tokenizer that textune uses; its own type files do not resolve in an ES module. */
interface LibraryTokenizer {
  normalizer: ((text: string) => string) | null;
  pre_tokenizer: PreTokenizer | null;
  readonly model: {
    readonly vocab: string[];
    readonly tokens_to_ids: Map<string, number>;
    readonly unk_token_id?: number;
    encode(words: string[]): string[];
  };
  decode(ids: number[], options: { skip_special_tokens: boolean }): string;
}

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

/** Words remembered with their tokens: frequent words come early, so the first ones met are the ones to keep. */
const MAX_KNOWN_WORDS = 100_000;
const MAX_KNOWN_LENGTH = 50;

/**
 * Builds the library's tokenizer from `tokenizer.json`, with our own normalizer for BERT, our own pre-tokenizers and
 * a memory of words: they are several times faster, and follow the Rust original where the library's do not
 * (ideographs beyond U+FFFF, final sigma, U+FEFF and U+0085, characters newer than the original's Unicode).
 */
export function buildPipeline(json: TokenizerJson, config: object): Pipeline {
  const complete = {
    normalizer: null,
    pre_tokenizer: null,
    post_processor: null,
    decoder: null,
    added_tokens: [],
    ...json,
  };
  const tokenizer: LibraryTokenizer = new library.Tokenizer(complete, {
    clean_up_tokenization_spaces: false,
    ...config,
  });
  const { model: inner } = tokenizer;
  rememberWords(inner);
  let normalize = (text: string) => (tokenizer.normalizer ? tokenizer.normalizer(text) : text);
  if (json.normalizer?.type === "BertNormalizer") {
    const options = json.normalizer as unknown as BertNormalizerOptions;
    normalize = (text) => bertNormalize(text, options);
  }
  let split: PreTokenizer = (text) => [text].flat();
  if (json.pre_tokenizer && tokenizer.pre_tokenizer) {
    split = ownPreTokenizer(json.pre_tokenizer, tokenizer.pre_tokenizer);
  }
  const { unk_token_id: unknownId } = inner;
  const isUnigram = json.model.type === "Unigram";
  const model: Model = {
    tokens: inner.vocab,
    ids: inner.tokens_to_ids,
    unknownId,
    encode: (words) =>
      words.flatMap((word) => {
        const ids = inner.encode([word]).map((token) => inner.tokens_to_ids.get(token) ?? unknownId!);
        // A Unigram's run of unknown characters is one token.
        return isUnigram ? ids.filter((id, i) => id !== unknownId || ids[i - 1] !== unknownId) : ids;
      }),
  };
  const preTokenize = (text: string, isFirst: boolean) => split(text, { section_index: isFirst ? 0 : 1 });
  const addedVocabulary = new AddedVocabulary(json.added_tokens ?? [], normalize);
  return {
    model,
    addedVocabulary,
    normalize,
    preTokenize,
    tokenize: (text) =>
      addedVocabulary
        .split(text)
        .flatMap((section) =>
          "id" in section ? [section.id] : model.encode(preTokenize(section.text, section.isFirst)),
        ),
    decode: (ids, { skipSpecialTokens }) =>
      ids.length === 0 ? "" : tokenizer.decode([...ids], { skip_special_tokens: skipSpecialTokens }),
  };
}

/** Our own pre-tokenizer where there is one, else the library's. */
function ownPreTokenizer(
  json: { type: string } & Record<string, unknown>,
  given: PreTokenizer,
): PreTokenizer {
  switch (json.type) {
    case "BertPreTokenizer":
      return (text) => [text].flat().flatMap(bertWords);
    case "ByteLevel":
      return (text) => [text].flat().flatMap((one) => byteLevelWords(one, json as ByteLevelOptions));
    case "Metaspace":
      return (text, { section_index = 0 } = {}) =>
        [text].flat().flatMap((one) => metaspaceWords(one, json as MetaspaceOptions, section_index === 0));
    case "Sequence": {
      const configs = json.pretokenizers as ({ type: string } & Record<string, unknown>)[];
      const steps = given.tokenizers!.map((step, i) => ownPreTokenizer(configs[i]!, step));
      return (text, options) => steps.reduce((words, step) => step(words, options), [text].flat());
    }
    default:
      return given;
  }
}

function rememberWords(model: LibraryTokenizer["model"]): void {
  const encode = model.encode.bind(model);
  const known = new Map<string, string[]>();
  model.encode = (words) => {
    const tokens: string[] = [];
    for (const word of words) {
      let pieces = known.get(word);
      if (!pieces) {
        pieces = encode([word]);
        if (known.size < MAX_KNOWN_WORDS && word.length <= MAX_KNOWN_LENGTH) known.set(word, pieces);
      }
      for (const piece of pieces) tokens.push(piece);
    }
    return tokens;
  };
}
