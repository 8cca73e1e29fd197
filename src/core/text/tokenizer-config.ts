import { z } from "zod";
import { ModelError } from "../errors.ts";
import { modelType } from "./models/model.ts";
import { checkedId } from "./models/vocabulary.ts";
import { classOf, partsOfClass, ROLES, rolesOf, roleToken, templateOfClass } from "./tokenizer-classes.ts";
import type { TokenizerConfig, TokenizerJson } from "./vocabulary-files.ts";

type AddedToken = NonNullable<TokenizerJson["added_tokens"]>[number];
type NewToken = Omit<AddedToken, "id">;

const addedToken = z.looseObject({ content: z.string() });
const addedTokensDecoder = z.record(z.string().regex(/^\d+$/), addedToken);
const addedTokensFile = z.record(z.string(), z.int().nonnegative());

/**
 * The config that stands for `special_tokens_map.json` and `added_tokens.json`, the older homes of special and added
 * tokens: both are read only where the config has no `added_tokens_decoder`, as in transformers.
 *
 * @param files.tokenizerJson `tokenizer.json`, whose own added tokens win over those of `added_tokens.json`.
 * @throws ModelError if `added_tokens.json` is no map from tokens to ids.
 */
export function withLegacyFiles(
  ownConfig: TokenizerConfig,
  files: {
    specialTokensMap?: Record<string, unknown>;
    addedTokens?: Record<string, unknown>;
    tokenizerJson?: Record<string, unknown>;
  },
): TokenizerConfig {
  const config = withExtraTokens(ownConfig);
  if (config.added_tokens_decoder !== undefined) return config;
  const merged: TokenizerConfig = { ...config, ...files.specialTokensMap };
  const further = tokenList(files.specialTokensMap?.extra_special_tokens);
  if (further.length > 0)
    merged.extra_special_tokens = [...tokenList(config.extra_special_tokens), ...further];
  if (!files.addedTokens) return merged;
  const added = addedTokensFile.safeParse(files.addedTokens);
  if (!added.success) throw new ModelError("added_tokens.json is damaged: it must give each token its id");
  const special = new Set([
    ...ROLES.map((role) => roleToken(merged[role])),
    ...tokenList(merged.extra_special_tokens).map(roleToken),
  ]);
  const decoder = new Map<number, NewToken>();
  for (const [content, id] of Object.entries(added.data)) {
    const isSpecial = special.has(content);
    decoder.set(id, { content, normalized: !isSpecial, special: isSpecial } as NewToken);
  }
  const own = z.array(z.looseObject({ id: z.int().nonnegative(), content: z.string() }));
  for (const { id, ...token } of own.safeParse(files.tokenizerJson?.added_tokens).data ?? []) {
    decoder.set(id, token as NewToken);
  }
  return { ...merged, added_tokens_decoder: Object.fromEntries(decoder) };
}

/** `additional_special_tokens` is the older name of `extra_special_tokens`; where both are given, the newer counts. */
function withExtraTokens(config: TokenizerConfig): TokenizerConfig {
  const { additional_special_tokens: older, ...rest } = config;
  if (older === undefined) return config;
  const { extra_special_tokens: newer } = rest;
  return tokenList(newer).length > 0 ? rest : { ...rest, extra_special_tokens: older };
}

/**
 * The `tokenizer.json` that transformers 5 works with where a `tokenizer_config.json` lies beside it. Its classes make
 * all but the vocabulary themselves, with the config's settings and tokens; the generic class, and classes that are
 * not known here, take the file's. All of them add the config's tokens that the vocabulary lacks.
 *
 * @throws ModelError if `added_tokens_decoder` or a token's id is damaged.
 */
export function applyTokenizerConfig(json: TokenizerJson, config: TokenizerConfig): TokenizerJson {
  const named = classOf(config);
  const known = named?.modelType === modelType(json.model) ? named : undefined;
  const decoder = decodedTokens(config);
  // A class looks at the file's added tokens only where the config has none of its own.
  const kept = known && decoder ? [] : (json.added_tokens ?? []);
  const applied = known ? partsOfClass(known, json, config) : { ...json };
  const { added, idOf } = numberTokens(
    json.model.vocab,
    [...kept, ...(decoder ?? [])],
    specialTokens(config),
  );
  applied.added_tokens = added;
  if (known?.template) {
    applied.post_processor = templateOfClass(known.template, rolesOf(config), idOf) ?? json.post_processor;
  }
  return applied;
}

/** The tokens of `added_tokens_decoder` in the order of their ids. */
function decodedTokens(config: TokenizerConfig): NewToken[] | undefined {
  if (config.added_tokens_decoder === undefined || config.added_tokens_decoder === null) return undefined;
  const parsed = addedTokensDecoder.safeParse(config.added_tokens_decoder);
  if (!parsed.success) {
    throw new ModelError("added_tokens_decoder of tokenizer_config.json must give each id a token's content");
  }
  const roles = new Set(Object.values(rolesOf(config)));
  return Object.entries(parsed.data)
    .sort(([a], [b]) => Number(a) - Number(b))
    .map(
      ([, token]) => ({ ...token, special: token.special === true || roles.has(token.content) }) as NewToken,
    );
}

/** Tokens with a role, then the further special tokens, in the order in which transformers adds them. */
function specialTokens(config: TokenizerConfig): NewToken[] {
  const roles = rolesOf(config);
  const named = ROLES.flatMap((role) => {
    const content = roles[role];
    return content === undefined ? [] : [{ ...objectOf(config[role]), content, special: true }];
  });
  const extra = config.extra_special_tokens ?? config.additional_special_tokens;
  const further = (
    typeof extra === "object" && extra !== null && !Array.isArray(extra)
      ? Object.values(extra)
      : tokenList(extra)
  ).flatMap((token) => {
    const content = roleToken(token);
    // A string is special; an object says so.
    return content === undefined ? [] : [{ special: typeof token === "string", ...objectOf(token), content }];
  });
  return [...named, ...further] as NewToken[];
}

/**
 * Ids as the Rust library gives them, whatever the file says: a token that the model's vocabulary has keeps its id
 * there; another one gets the next free id.
 *
 * @param tokens Of two with the same content the last counts.
 * @param missing Added only where nothing of that content is.
 */
function numberTokens(
  vocab: unknown,
  tokens: readonly (NewToken & { id?: number })[],
  missing: readonly NewToken[],
): { added: AddedToken[]; idOf: (token: string) => number | undefined } {
  const ids = vocabularyIds(vocab);
  const added = new Map<string, AddedToken>();
  let next = ids.size;
  const add = (token: NewToken) => {
    const { content } = token;
    if (content === "") return;
    added.set(content, {
      single_word: false,
      lstrip: false,
      rstrip: false,
      // As `AddedToken`: unless it is said, special tokens are found in the raw text and others in the normalized.
      normalized: token.special !== true,
      ...token,
      id: added.get(content)?.id ?? ids.get(content) ?? next++,
    } as AddedToken);
  };
  for (const token of tokens) {
    if (token.id !== undefined) checkedId(token.id, token.content);
    add(token);
  }
  for (const token of missing) if (!added.has(token.content)) add(token);
  return { added: [...added.values()], idOf: (token) => added.get(token)?.id ?? ids.get(token) };
}

function vocabularyIds(vocab: unknown): ReadonlyMap<string, number> {
  if (Array.isArray(vocab)) return new Map(vocab.map((entry, id) => [String(entry?.[0]), id]));
  return new Map(Object.entries((vocab ?? {}) as Record<string, number>));
}

/** A token's flags, where it is given as an object. */
function objectOf(token: unknown): Record<string, unknown> {
  if (typeof token !== "object" || token === null) return {};
  const { __type: _, ...flags } = token as Record<string, unknown>;
  return flags;
}

function tokenList(value: unknown): unknown[] {
  return Array.isArray(value) ? value : [];
}
