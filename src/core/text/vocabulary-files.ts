import { ModelError } from "../errors.ts";

/** What a `tokenizer.json` and a `tokenizer_config.json` hold, parsed. */
export interface TokenizerJson {
  model: { type?: string } & Record<string, unknown>;
  added_tokens?: { id: number; content: string; special?: boolean }[];
  normalizer?: ({ type: string } & Record<string, unknown>) | null;
  pre_tokenizer?: ({ type: string } & Record<string, unknown>) | null;
  post_processor?: unknown;
  decoder?: unknown;
  [key: string]: unknown;
}
export type TokenizerConfig = Record<string, unknown>;

/** The roles that special tokens play, by their names in `tokenizer_config.json`. */
export type SpecialRole = "pad_token" | "unk_token" | "cls_token" | "sep_token" | "mask_token";
export type SpecialTokens = Record<SpecialRole, string>;

export const BERT_TOKENS: SpecialTokens = {
  pad_token: "[PAD]",
  unk_token: "[UNK]",
  cls_token: "[CLS]",
  sep_token: "[SEP]",
  mask_token: "[MASK]",
};

export const ROBERTA_TOKENS: SpecialTokens = {
  pad_token: "<pad>",
  unk_token: "<unk>",
  cls_token: "<s>",
  sep_token: "</s>",
  mask_token: "<mask>",
};

/** The token that plays a role, as the config says it: a string, or an object with its content. */
export function specialToken(config: TokenizerConfig, role: SpecialRole): string | undefined {
  const token = config[role];
  if (typeof token === "string") return token;
  const content = (token as { content?: unknown } | null | undefined)?.content;
  return typeof content === "string" ? content : undefined;
}

/** @throws ModelError if the vocabulary lacks one that every row needs. */
function specialTokens(
  config: TokenizerConfig,
  defaults: SpecialTokens,
  vocab: Readonly<Record<string, number>>,
  file: string,
): SpecialTokens {
  const roles = Object.keys(defaults) as SpecialRole[];
  const special = Object.fromEntries(
    roles.map((role) => [role, specialToken(config, role) ?? defaults[role]]),
  ) as SpecialTokens;
  const missing = roles.find((role) => role !== "mask_token" && !(special[role] in vocab));
  if (missing) {
    throw new ModelError(`${file} lacks ${special[missing]}: name its ${missing} in tokenizer_config.json`);
  }
  return special;
}

/** The lines of a vocabulary file: Python's universal newlines, so that no exotic token is cut in two. */
export function vocabularyLines(text: string): string[] {
  const lines = text.split(/\r\n|\r|\n/);
  if (lines.at(-1) === "") lines.pop();
  return lines;
}

/**
 * The `tokenizer.json` of BERT's `vocab.txt` (a token a line, its id the line's number from 0), as transformers'
 * BERT converter makes it: WordPiece, uncased unless `do_lower_case` is false.
 *
 * @param file For the error's message.
 * @throws ModelError if a special token is missing.
 */
export function bertTokenizerJson(
  tokens: readonly string[],
  config: TokenizerConfig,
  file = "vocab.txt",
): TokenizerJson {
  const vocab = Object.fromEntries(tokens.map((token, id) => [token, id]));
  const special = specialTokens(config, BERT_TOKENS, vocab, file);
  return {
    version: "1.0",
    truncation: null,
    padding: null,
    added_tokens: addedTokens(vocab, special, { stripsSpaceBeforeMask: false }),
    normalizer: {
      type: "BertNormalizer",
      clean_text: true,
      handle_chinese_chars: config.tokenize_chinese_chars ?? true,
      strip_accents: config.strip_accents ?? null,
      lowercase: config.do_lower_case ?? true,
    },
    pre_tokenizer: { type: "BertPreTokenizer" },
    post_processor: bertTemplate(vocab, special),
    decoder: { type: "WordPiece", prefix: "##", cleanup: true },
    model: {
      type: "WordPiece",
      unk_token: special.unk_token,
      continuing_subword_prefix: "##",
      max_input_chars_per_word: 100,
      vocab,
    },
  };
}

/**
 * The `tokenizer.json` of a byte-level BPE's `vocab.json` and `merges.txt`, as transformers' converters make it:
 * DeBERTa's where the vocabulary has `[CLS]`, else RoBERTa's.
 *
 * @param file For the error's message.
 * @throws ModelError if a special token is missing.
 */
export function byteLevelTokenizerJson(
  vocab: Readonly<Record<string, number>>,
  merges: readonly string[],
  config: TokenizerConfig,
  file = "vocab.json",
): TokenizerJson {
  const isDeberta = BERT_TOKENS.cls_token in vocab;
  const special = specialTokens(config, isDeberta ? BERT_TOKENS : ROBERTA_TOKENS, vocab, file);
  const addPrefixSpace = config.add_prefix_space ?? false;
  return {
    version: "1.0",
    truncation: null,
    padding: null,
    added_tokens: addedTokens(vocab, special, { stripsSpaceBeforeMask: !isDeberta }),
    normalizer: null,
    pre_tokenizer: {
      type: "ByteLevel",
      add_prefix_space: addPrefixSpace,
      trim_offsets: true,
      use_regex: true,
    },
    post_processor: isDeberta
      ? bertTemplate(vocab, special)
      : {
          type: "RobertaProcessing",
          sep: [special.sep_token, vocab[special.sep_token]],
          cls: [special.cls_token, vocab[special.cls_token]],
          trim_offsets: true,
          add_prefix_space: addPrefixSpace,
        },
    decoder: { type: "ByteLevel", add_prefix_space: true, trim_offsets: true, use_regex: true },
    model: {
      type: "BPE",
      dropout: null,
      unk_token: null,
      continuing_subword_prefix: "",
      end_of_word_suffix: "",
      fuse_unk: false,
      byte_fallback: false,
      ignore_merges: false,
      vocab,
      merges: merges.filter((line) => line !== "" && !line.startsWith("#version")),
    },
  };
}

function addedTokens(
  vocab: Readonly<Record<string, number>>,
  special: SpecialTokens,
  options: { stripsSpaceBeforeMask: boolean },
) {
  return Object.values(special)
    .filter((content) => content in vocab)
    .map((content) => ({
      id: vocab[content]!,
      content,
      single_word: false,
      lstrip: options.stripsSpaceBeforeMask && content === special.mask_token,
      rstrip: false,
      normalized: false,
      special: true,
    }))
    .sort((a, b) => a.id - b.id);
}

/** `[CLS] A [SEP]` and `[CLS] A [SEP] B [SEP]`, the second text and its separator of type 1. */
function bertTemplate(vocab: Readonly<Record<string, number>>, special: SpecialTokens) {
  const { cls_token: cls, sep_token: sep } = special;
  const token = (id: string, typeId: number) => ({ SpecialToken: { id, type_id: typeId } });
  const text = (id: string, typeId: number) => ({ Sequence: { id, type_id: typeId } });
  const single = [token(cls, 0), text("A", 0), token(sep, 0)];
  const definition = (id: string) => ({ id, ids: [vocab[id]], tokens: [id] });
  return {
    type: "TemplateProcessing",
    single,
    pair: [...single, text("B", 1), token(sep, 1)],
    special_tokens: { [cls]: definition(cls), [sep]: definition(sep) },
  };
}
