import type { TokenizerConfig, TokenizerJson } from "./vocabulary-files.ts";

/** The named roles of special tokens, in the order in which transformers adds them to a vocabulary. */
export const ROLES = [
  "bos_token",
  "eos_token",
  "unk_token",
  "sep_token",
  "pad_token",
  "cls_token",
  "mask_token",
] as const;
type Role = (typeof ROLES)[number];
type Part = { type: string } & Record<string, unknown>;

/** Special tokens around one text and around a pair; `B:1` is the second text, of type 1. */
interface TemplateForm {
  start: Role;
  end: Role;
  /** Separators between the two texts of a pair. */
  separators: number;
  secondType: number;
}

/**
 * A tokenizer class of transformers 5. It takes the vocabulary (and the merges, and SentencePiece's character map) of
 * a `tokenizer.json` or an older file, and makes everything else itself, by its own defaults and
 * `tokenizer_config.json`.
 */
export interface TokenizerClass {
  /** Its `tokenizer_config.json` has these roles where it says nothing else. */
  roles: Partial<Record<Role, string>>;
  /** The only type of model that it has. */
  modelType: "WordPiece" | "BPE" | "Unigram";
  /** Settings of the model but for its vocabulary and merges. */
  model(config: TokenizerConfig, vocab: unknown): Record<string, unknown>;
  normalizer(config: TokenizerConfig, characterMap: Part | undefined): Part | null;
  preTokenizer(config: TokenizerConfig): Part;
  decoder(config: TokenizerConfig): Part;
  /** undefined: as the file says. */
  template?: TemplateForm;
  /** Its vocabulary where it is read from a SentencePiece model, whose own special pieces it renumbers. */
  fromPieces?(pieces: readonly Piece[], roles: Record<string, string>): Piece[];
}

/** A token and its log probability. */
export type Piece = readonly [token: string, score: number];

const BERT_ROLES = {
  unk_token: "[UNK]",
  sep_token: "[SEP]",
  pad_token: "[PAD]",
  cls_token: "[CLS]",
  mask_token: "[MASK]",
};
const ROBERTA_ROLES = {
  bos_token: "<s>",
  eos_token: "</s>",
  unk_token: "<unk>",
  sep_token: "</s>",
  pad_token: "<pad>",
  cls_token: "<s>",
  mask_token: "<mask>",
};
const BERT_TEMPLATE: TemplateForm = { start: "cls_token", end: "sep_token", separators: 1, secondType: 1 };
const ROBERTA_TEMPLATE: TemplateForm = { start: "cls_token", end: "sep_token", separators: 2, secondType: 0 };

const bert: TokenizerClass = {
  roles: BERT_ROLES,
  modelType: "WordPiece",
  model: (config) => ({
    unk_token: roleToken(config.unk_token) ?? "[UNK]",
    continuing_subword_prefix: "##",
    max_input_chars_per_word: 100,
  }),
  normalizer: (config) => ({
    type: "BertNormalizer",
    clean_text: true,
    handle_chinese_chars: config.tokenize_chinese_chars ?? true,
    strip_accents: config.strip_accents ?? null,
    lowercase: config.do_lower_case ?? true,
  }),
  preTokenizer: () => ({ type: "BertPreTokenizer" }),
  decoder: () => ({ type: "WordPiece", prefix: "##", cleanup: true }),
  template: BERT_TEMPLATE,
};

const roberta: TokenizerClass = {
  roles: ROBERTA_ROLES,
  modelType: "BPE",
  model: () => ({
    dropout: null,
    unk_token: null,
    continuing_subword_prefix: "",
    end_of_word_suffix: "",
    fuse_unk: false,
    byte_fallback: false,
    ignore_merges: false,
  }),
  normalizer: () => null,
  preTokenizer: (config) => ({
    type: "ByteLevel",
    add_prefix_space: config.add_prefix_space ?? false,
    trim_offsets: true,
    use_regex: true,
  }),
  decoder: () => ({ type: "ByteLevel", add_prefix_space: true, trim_offsets: true, use_regex: true }),
  template: ROBERTA_TEMPLATE,
};

const deberta: TokenizerClass = {
  ...roberta,
  roles: { ...BERT_ROLES, bos_token: "[CLS]", eos_token: "[SEP]" },
  // Pairs stay as DeBERTa was trained, `[CLS] A [SEP] B [SEP]`; transformers 5.23 doubles the [SEP] between them.
  template: undefined,
};

const deBertaV2: TokenizerClass = {
  roles: { ...BERT_ROLES, bos_token: "[CLS]", eos_token: "[SEP]" },
  modelType: "Unigram",
  model: (config, vocab) => {
    const unknown = roleToken(config.unk_token) ?? "[UNK]";
    const found = pieces(vocab).findIndex(([token, score]) => token === unknown && score === 0);
    return { unk_id: found >= 0 ? found : (config.unk_id ?? 1), byte_fallback: false };
  },
  normalizer: (config) => ({
    type: "Sequence",
    normalizers: [
      ...(config.do_lower_case === true ? [{ type: "Lowercase" }] : []),
      { type: "Replace", pattern: { Regex: "\\s{2,}|[\\n\\r\\t]" }, content: " " },
      { type: "NFC" },
      { type: "Strip", strip_left: false, strip_right: true },
    ],
  }),
  preTokenizer: (config) => ({
    type: "Sequence",
    pretokenizers: [
      ...(config.split_by_punct === true ? [{ type: "Punctuation", behavior: "Isolated" }] : []),
      metaspace(config, "first"),
    ],
  }),
  decoder: (config) => metaspace(config, "first"),
  template: BERT_TEMPLATE,
  fromPieces: (pieces) => [...pieces],
};

/** The classes of SentencePiece models that split at white space first: XLM-R, CamemBERT, ALBERT. */
const spaceSplitting = {
  modelType: "Unigram",
  normalizer: (_: TokenizerConfig, characterMap: Part | undefined) => characterMap ?? null,
  preTokenizer: (config: TokenizerConfig) => ({
    type: "Sequence",
    pretokenizers: [{ type: "WhitespaceSplit" }, metaspace(config, "never")],
  }),
  decoder: (config: TokenizerConfig) => metaspace(config, "never"),
} as const;

const xlmRoberta: TokenizerClass = {
  ...spaceSplitting,
  roles: ROBERTA_ROLES,
  model: () => ({ unk_id: 3, byte_fallback: false }),
  template: { ...ROBERTA_TEMPLATE, start: "bos_token", end: "eos_token" },
  // fairseq's own first tokens stand for SentencePiece's <unk>, <s> and </s>.
  fromPieces: (pieces, { bos_token, pad_token, eos_token, unk_token, mask_token }) => [
    ...scoreless([bos_token, pad_token, eos_token, unk_token]),
    ...pieces.slice(3),
    ...scoreless([mask_token]),
  ],
};

const camembert: TokenizerClass = {
  ...xlmRoberta,
  model: (config, vocab) => {
    const unknown = roleToken(config.unk_token) ?? "<unk>";
    return {
      unk_id: Math.max(
        0,
        pieces(vocab).findIndex(([token]) => token === unknown),
      ),
      byte_fallback: false,
    };
  },
  fromPieces: (pieces, { pad_token, unk_token, mask_token }) => [
    ...scoreless(["<s>NOTUSED", pad_token, "</s>NOTUSED", unk_token]),
    ["<unk>NOTUSED", -100],
    ...pieces.slice(1),
    ...scoreless([mask_token]),
  ],
};

const albert: TokenizerClass = {
  ...spaceSplitting,
  roles: { ...BERT_ROLES, bos_token: "[CLS]", eos_token: "[SEP]", unk_token: "<unk>", pad_token: "<pad>" },
  model: () => ({ unk_id: 1, byte_fallback: false }),
  normalizer: (config, characterMap) => ({
    type: "Sequence",
    normalizers: [
      { type: "Replace", pattern: { String: "``" }, content: '"' },
      { type: "Replace", pattern: { String: "''" }, content: '"' },
      ...(config.keep_accents === true ? [] : [{ type: "NFKD" }, { type: "StripAccents" }]),
      ...(config.do_lower_case === false ? [] : [{ type: "Lowercase" }]),
      ...(characterMap ? [characterMap] : []),
    ],
  }),
  template: BERT_TEMPLATE,
  fromPieces: (pieces) => [...pieces],
};

/** By `tokenizer_class` without "Tokenizer" and "Fast"; several names are one class. */
const classes = new Map<string, TokenizerClass>([
  ...["Bert", "DistilBert", "Electra", "MobileBert", "ConvBert", "LayoutLM", "Lxmert", "SqueezeBert"].map(
    (name) => [name, bert] as const,
  ),
  ...["Roberta", "Bart", "LED", "Longformer", "Mvp"].map((name) => [name, roberta] as const),
  ["Deberta", deberta],
  ["DebertaV2", deBertaV2],
  ["XLMRoberta", xlmRoberta],
  ["Camembert", camembert],
  ["Albert", albert],
]);

/** The class that a model has whose files name none, by its `model_type`. */
const classOfModelType: Record<string, string> = {
  bert: "BertTokenizer",
  distilbert: "BertTokenizer",
  electra: "BertTokenizer",
  roberta: "RobertaTokenizer",
  "xlm-roberta": "XLMRobertaTokenizer",
  deberta: "DebertaTokenizer",
  "deberta-v2": "DebertaV2Tokenizer",
  camembert: "CamembertTokenizer",
  albert: "AlbertTokenizer",
};

/** The names of the classes that read SentencePiece models. */
export const sentencePieceClasses = [...classes]
  .filter(([, { fromPieces }]) => fromPieces !== undefined)
  .map(([name]) => `${name}Tokenizer`);

/**
 * The config with its class's name: its own, or what the model's `config.json` says of it.
 *
 * @param modelConfig What `config.json` holds.
 */
export function withClass(
  config: TokenizerConfig,
  modelConfig: Record<string, unknown> = {},
): TokenizerConfig {
  if (typeof config.tokenizer_class === "string") return config;
  const { tokenizer_class: own, model_type: type } = modelConfig;
  const byType =
    typeof type === "string" && Object.hasOwn(classOfModelType, type) ? classOfModelType[type] : undefined;
  const name = typeof own === "string" ? own : byType;
  return name === undefined ? config : { ...config, tokenizer_class: name };
}

/** The class that a config names; undefined for the generic one, which takes a `tokenizer.json` as it stands. */
export function classOf(config: TokenizerConfig): TokenizerClass | undefined {
  const [, name] = /^(\w+)Tokenizer(?:Fast)?$/.exec(String(config.tokenizer_class ?? "")) ?? [];
  return name === undefined ? undefined : classes.get(name);
}

/** The `tokenizer.json` of a class, its own template of special tokens aside; the vocabulary is the file's. */
export function partsOfClass(
  each: TokenizerClass,
  json: TokenizerJson,
  config: TokenizerConfig,
): TokenizerJson {
  const { vocab, merges } = json.model;
  return {
    ...json,
    normalizer: each.normalizer(config, findCharacterMap(json.normalizer)),
    pre_tokenizer: each.preTokenizer(config),
    decoder: each.decoder(config),
    model: {
      type: each.modelType,
      ...each.model(config, vocab),
      vocab,
      ...(merges !== undefined && { merges }),
    },
  };
}

/** @param idOf Of a token, added ones included. */
export function templateOfClass(
  { start, end, separators, secondType }: TemplateForm,
  roles: Record<string, string>,
  idOf: (token: string) => number | undefined,
): Part | undefined {
  const [first, last] = [roles[start] ?? "", roles[end] ?? ""];
  const [firstId, lastId] = [idOf(first), idOf(last)];
  if (firstId === undefined || lastId === undefined) return undefined;
  const token = (id: string, typeId: number) => ({ SpecialToken: { id, type_id: typeId } });
  const text = (id: string, typeId: number) => ({ Sequence: { id, type_id: typeId } });
  const single = [token(first, 0), text("A", 0), token(last, 0)];
  const further = Array.from({ length: separators - 1 }, () => token(last, 0));
  return {
    type: "TemplateProcessing",
    single,
    pair: [...single, ...further, text("B", secondType), token(last, secondType)],
    special_tokens: {
      [first]: { id: first, ids: [firstId], tokens: [first] },
      [last]: { id: last, ids: [lastId], tokens: [last] },
    },
  };
}

/** The token of each role: the config's, or else the class's. A role that the config sets to null is none. */
export function rolesOf(config: TokenizerConfig): Record<string, string> {
  const presets: Partial<Record<Role, string>> = classOf(config)?.roles ?? {};
  const found: Record<string, string> = {};
  for (const role of ROLES) {
    const token = role in config ? roleToken(config[role]) : presets[role];
    if (token !== undefined) found[role] = token;
  }
  return found;
}

/** The content of a special token as configs say it: a string, or an object with its content. */
export function roleToken(token: unknown): string | undefined {
  if (typeof token === "string") return token;
  const content = (token as { content?: unknown } | null | undefined)?.content;
  return typeof content === "string" ? content : undefined;
}

function metaspace(config: TokenizerConfig, otherwise: "first" | "never"): Part {
  return {
    type: "Metaspace",
    replacement: "▁",
    prepend_scheme: (config.add_prefix_space ?? true) ? "always" : otherwise,
    split: true,
  };
}

/** The first character map among the file's normalizers, as transformers looks for it. */
function findCharacterMap(normalizer: TokenizerJson["normalizer"]): Part | undefined {
  if (!normalizer) return undefined;
  const list = normalizer.type === "Sequence" ? normalizer.normalizers : [normalizer];
  if (!Array.isArray(list)) return undefined;
  return (list as (Part | null)[]).find((each) => each?.type === "Precompiled") ?? undefined;
}

function pieces(vocab: unknown): Piece[] {
  return Array.isArray(vocab) ? vocab.filter((entry): entry is Piece => Array.isArray(entry)) : [];
}

function scoreless(tokens: (string | undefined)[]): Piece[] {
  return tokens.map((token) => [token ?? "", 0]);
}
