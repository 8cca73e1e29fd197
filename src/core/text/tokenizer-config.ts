import { z } from "zod";
import { ModelError } from "../errors.ts";
import { specialToken, type TokenizerConfig, type TokenizerJson } from "./vocabulary-files.ts";

type AddedToken = NonNullable<TokenizerJson["added_tokens"]>[number];

/** Classes of transformers that build their own normalizer from the config, whatever `tokenizer.json` says. */
const BERT_CLASSES = /^(Bert|DistilBert|Electra|MobileBert|ConvBert|LayoutLM|Funnel)Tokenizer(Fast)?$/;
/** Classes that build their own byte-level pre-tokenizer from the config. */
const BYTE_LEVEL_CLASSES = /^(Roberta|Deberta|Longformer)Tokenizer(Fast)?$/;
const ROLES = ["bos_token", "eos_token", "unk_token", "sep_token", "pad_token", "cls_token", "mask_token"];

const addedToken = z.looseObject({ content: z.string() });
const addedTokensDecoder = z.record(z.string().regex(/^\d+$/), addedToken);
const addedTokensFile = z.record(z.string(), z.int().nonnegative());

/**
 * The config that stands for `special_tokens_map.json` and `added_tokens.json`, the older homes of special and added
 * tokens: both are read only where the config has no `added_tokens_decoder`, as in transformers.
 *
 * @throws ModelError if `added_tokens.json` is no map from tokens to ids.
 */
export function withLegacyFiles(
  config: TokenizerConfig,
  files: { specialTokensMap?: Record<string, unknown>; addedTokens?: Record<string, unknown> },
): TokenizerConfig {
  if (config.added_tokens_decoder !== undefined) return config;
  const merged: TokenizerConfig = { ...config, ...files.specialTokensMap };
  if (!files.addedTokens) return merged;
  const added = addedTokensFile.safeParse(files.addedTokens);
  if (!added.success) throw new ModelError("added_tokens.json is damaged: it must give each token its id");
  const special = new Set([
    ...ROLES.map((role) => contentOf(merged[role])),
    ...tokenList(merged.extra_special_tokens).map(contentOf),
  ]);
  const decoder = Object.entries(added.data).map(([content, id]) => {
    const isSpecial = special.has(content);
    return [id, { content, normalized: !isSpecial, special: isSpecial }] as const;
  });
  return { ...merged, added_tokens_decoder: Object.fromEntries(decoder) };
}

/**
 * The `tokenizer.json` that transformers 5 works with where a `tokenizer_config.json` lies beside it. Classes named
 * for BERT and RoBERTa take normalizer and pre-tokenizer from the config, the generic class takes the file's; all of
 * them add the config's tokens that the file lacks.
 *
 * @throws ModelError if `added_tokens_decoder` is damaged.
 */
export function applyTokenizerConfig(json: TokenizerJson, config: TokenizerConfig): TokenizerJson {
  const name = typeof config.tokenizer_class === "string" ? config.tokenizer_class : "";
  const applied = { ...json };
  if (BERT_CLASSES.test(name) && json.model.type === "WordPiece") {
    applied.normalizer = {
      type: "BertNormalizer",
      clean_text: true,
      handle_chinese_chars: config.tokenize_chinese_chars ?? true,
      strip_accents: config.strip_accents ?? null,
      lowercase: config.do_lower_case ?? true,
    };
  } else if (BYTE_LEVEL_CLASSES.test(name) && json.pre_tokenizer?.type === "ByteLevel") {
    applied.pre_tokenizer = { ...json.pre_tokenizer, add_prefix_space: config.add_prefix_space ?? false };
  }
  return withTokens(applied, configTokens(config));
}

/** Tokens that the config names, in the order in which transformers adds them. */
function configTokens(config: TokenizerConfig): Omit<AddedToken, "id">[] {
  const parsed = addedTokensDecoder.safeParse(config.added_tokens_decoder ?? {});
  if (!parsed.success) {
    throw new ModelError("added_tokens_decoder of tokenizer_config.json must give each id a token's content");
  }
  const roles = new Set(ROLES.map((role) => contentOf(config[role])));
  const decoded = Object.entries(parsed.data)
    .sort(([a], [b]) => Number(a) - Number(b))
    .map(([, token]) => ({ ...token, special: token.special === true || roles.has(token.content) }));
  const special = [
    ...ROLES.map((role) => config[role]),
    ...tokenList(config.additional_special_tokens),
    ...tokenList(config.extra_special_tokens),
  ].flatMap((token) => {
    const content = contentOf(token);
    return content === undefined ? [] : [{ ...(typeof token === "object" && token), content, special: true }];
  });
  return [...decoded, ...special];
}

/** A token that the model's vocabulary has keeps its id there; another one gets the next free id. */
function withTokens(json: TokenizerJson, tokens: readonly Omit<AddedToken, "id">[]): TokenizerJson {
  const present = new Set(json.added_tokens?.map((token) => token.content));
  const missing = tokens.filter(({ content }) => content !== "" && !present.has(content));
  const { vocab } = json.model;
  if (missing.length === 0 || typeof vocab !== "object" || vocab === null) return json;
  const ids: ReadonlyMap<string, number> = Array.isArray(vocab)
    ? new Map(vocab.map((entry, id) => [String(entry?.[0]), id]))
    : new Map(Object.entries(vocab as Record<string, number>));
  const added = [...(json.added_tokens ?? [])];
  let next = added.reduce((top, { id }) => Math.max(top, id + 1), ids.size);
  for (const token of missing) {
    if (present.has(token.content)) continue;
    present.add(token.content);
    const known = ids.get(token.content);
    added.push({
      single_word: false,
      lstrip: false,
      rstrip: false,
      // As `AddedToken`: unless it is said, special tokens are found in the raw text and others in the normalized.
      normalized: token.special !== true,
      ...token,
      id: known ?? next++,
    } as AddedToken);
  }
  return { ...json, added_tokens: added };
}

function tokenList(value: unknown): unknown[] {
  return Array.isArray(value) ? value : [];
}

function contentOf(token: unknown): string | undefined {
  return specialToken({ pad_token: token }, "pad_token");
}
