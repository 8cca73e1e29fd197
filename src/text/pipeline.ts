import * as library from "@huggingface/tokenizers";
import { type BertNormalizerOptions, bertNormalize, bertWords } from "./bert-normalizer.ts";
import { type ByteLevelOptions, byteLevelWords } from "./byte-level.ts";
import type { TokenizerJson } from "./vocabulary-files.ts";

/** The parts of the library's tokenizer that textune uses; its own type files do not resolve in an ES module. */
export interface Pipeline {
  normalizer: ((text: string) => string) | null;
  pre_tokenizer: ((text: string, options?: unknown) => string[]) | null;
  readonly model: {
    readonly vocab: string[];
    readonly tokens_to_ids: Map<string, number>;
    readonly unk_token_id?: number;
    encode(words: string[]): string[];
  };
  tokenize(text: string): string[];
  decode(ids: number[], options: { skip_special_tokens: boolean }): string;
}

/** Words remembered with their tokens: frequent words come early, so the first ones met are the ones to keep. */
const MAX_CACHED_WORDS = 100_000;

/**
 * Builds the library's tokenizer from `tokenizer.json`, with our own BERT and byte-level parts: they are several
 * times faster, and follow the Rust original where the library's do not (ideographs beyond U+FFFF, final sigma,
 * U+FEFF and U+0085, characters newer than the original's Unicode).
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
  const pipeline: Pipeline = new library.Tokenizer(complete, config);
  if (json.normalizer?.type === "BertNormalizer") {
    const options = json.normalizer as unknown as BertNormalizerOptions;
    pipeline.normalizer = (text) => bertNormalize(text, options);
  }
  if (json.pre_tokenizer?.type === "BertPreTokenizer") pipeline.pre_tokenizer = bertWords;
  if (json.pre_tokenizer?.type === "ByteLevel") {
    const options = json.pre_tokenizer as ByteLevelOptions;
    pipeline.pre_tokenizer = (text) => byteLevelWords(text, options);
  }
  rememberWords(pipeline.model);
  return pipeline;
}

function rememberWords(model: Pipeline["model"]): void {
  const encode = model.encode.bind(model);
  const known = new Map<string, string[]>();
  model.encode = (words) => {
    const tokens: string[] = [];
    for (const word of words) {
      let pieces = known.get(word);
      if (!pieces) {
        pieces = encode([word]);
        if (known.size < MAX_CACHED_WORDS) known.set(word, pieces);
      }
      for (const piece of pieces) tokens.push(piece);
    }
    return tokens;
  };
}
