import { z } from "zod";
import { ModelError, TextuneError } from "../errors.ts";
import { buildPipeline, type Pipeline } from "./pipeline.ts";
import { countSpecialTokens, fillTemplate, type RowTemplate, readTemplate } from "./special-tokens.ts";
import { rolesOf } from "./tokenizer-classes.ts";
import { applyTokenizerConfig } from "./tokenizer-config.ts";
import {
  readTokenizerFiles,
  TOKENIZER_CONFIG_FILE,
  TOKENIZER_FILE,
  type TokenizerFiles,
} from "./tokenizer-files.ts";
import { truncatedLengths } from "./truncation.ts";
import {
  BERT_TOKENS,
  ROBERTA_TOKENS,
  type SpecialRole,
  type TokenizerConfig,
  type TokenizerJson,
} from "./vocabulary-files.ts";

/** One text, or one pair, as the model reads it. */
export interface Encoding {
  /** Special tokens included. */
  ids: number[];
  /** Parallel to `ids`: what the tokenizer's template says, as a rule 0 for the first text and 1 for the second. */
  typeIds: number[];
  /** Tokens before truncation, special tokens included. */
  fullLength: number;
  /** How many of the tokens before truncation the vocabulary doesn't know. */
  unknownTokens: number;
}

export interface EncodeOptions {
  /** Cut rows to this many tokens, special tokens included, by Hugging Face's `longest_first`. @default no limit */
  maxLength?: number;
}

/** @throws ModelError if it is neither a length nor none. */
function readLimit(limit: unknown): number | undefined {
  if (limit === undefined || limit === null) return undefined;
  if (typeof limit !== "number" || limit < 1 || (limit < NO_LIMIT && !Number.isInteger(limit))) {
    throw new ModelError("model_max_length of tokenizer_config.json must be a whole number from 1 up");
  }
  return limit < NO_LIMIT ? limit : undefined;
}

/** Transformers writes about 10³⁰ where a model sets no limit. */
const NO_LIMIT = 1e12;

const tokenizerJson = z.looseObject({
  model: z.looseObject({ type: z.string().optional() }),
  added_tokens: z.array(z.looseObject({ id: z.int().nonnegative(), content: z.string() })).optional(),
  normalizer: z.looseObject({ type: z.string() }).nullish(),
  pre_tokenizer: z.looseObject({ type: z.string() }).nullish(),
});

/**
 * Text to token ids and back, by a Hugging Face `tokenizer.json`.
 *
 * @example
 * const tokenizer = Tokenizer.fromJson(JSON.parse(text));
 * tokenizer.encode("Wall St. Bears Claw Back").ids; // [101, 2813, 2358, 1012, ...]
 */
export class Tokenizer {
  /** Highest id + 1: the rows that an embedding needs. */
  readonly vocabularySize: number;
  /** Fills a batch's short rows. */
  readonly padId: number;
  /** undefined where the tokenizer has no unknown token. A byte-level BPE never needs one. */
  readonly unknownId: number | undefined;
  readonly clsId: number | undefined;
  readonly sepId: number | undefined;
  /** The longest row that the model was made for, if its config says so. */
  readonly modelMaxLength: number | undefined;
  /** Where other tools pad rows; textune always does so at the end, where the first token stays the first. */
  readonly paddingSide: "left" | "right";
  readonly #pipeline: Pipeline;
  readonly #template: RowTemplate;
  readonly #json: TokenizerJson;
  readonly #config: TokenizerConfig;
  readonly #roles: Record<string, string>;

  readonly #cutsAtStart: boolean;

  private constructor(fileJson: TokenizerJson, config: TokenizerConfig) {
    const json = applyTokenizerConfig(fileJson, config);
    this.#json = json;
    const direction = (json.truncation as { direction?: unknown } | null | undefined)?.direction;
    this.#cutsAtStart = (config.truncation_side ?? String(direction ?? "right").toLowerCase()) === "left";
    const padding = (json.padding as { direction?: unknown } | null | undefined)?.direction;
    const side = String(config.padding_side ?? padding ?? "right").toLowerCase();
    this.paddingSide = side === "left" ? "left" : "right";
    this.#config = config;
    this.#roles = rolesOf(config);
    this.#template = readTemplate(json.post_processor);
    // Special tokens are placed here, after truncation.
    this.#pipeline = buildPipeline(json);
    const { tokens, unknownId } = this.#pipeline.model;
    this.vocabularySize = tokens.length;
    const padId = this.#roleId("pad_token");
    if (padId === undefined)
      throw new ModelError("the tokenizer has no padding token: name one in tokenizer_config.json");
    this.padId = padId;
    this.unknownId = unknownId ?? this.#roleId("unk_token");
    this.clsId = this.#roleId("cls_token");
    this.sepId = this.#roleId("sep_token");
    // The older name counts where there is no newer one.
    this.modelMaxLength = readLimit(config.model_max_length ?? config.max_len);
  }

  /**
   * Reads `tokenizer.json` and `tokenizer_config.json`, or the older files that stand for them (`vocab.txt`;
   * `vocab.json` and `merges.txt`; a SentencePiece model; `special_tokens_map.json` and `added_tokens.json`).
   *
   * @param files What the model's folder holds, by name; what is no part of a tokenizer is not looked at.
   * @param folder Where the files are from, for the error's message.
   * @throws ModelError if there is no tokenizer among the files, or they are damaged.
   */
  static fromFiles(files: TokenizerFiles, folder?: string): Tokenizer {
    const { json, config, source } = readTokenizerFiles(files, folder);
    return Tokenizer.#build(json, config, source);
  }

  /**
   * @param json what a `tokenizer.json` holds, parsed.
   * @param config what a `tokenizer_config.json` holds, parsed.
   * @throws ModelError if it is damaged or of an unsupported kind.
   */
  static fromJson(json: unknown, config: Record<string, unknown> = {}): Tokenizer {
    return Tokenizer.#build(json, config, TOKENIZER_FILE);
  }

  static #build(json: unknown, config: TokenizerConfig, where: string): Tokenizer {
    const parsed = tokenizerJson.safeParse(json);
    if (!parsed.success) {
      const { path, message } = parsed.error.issues[0]!;
      throw new ModelError(`${where} is damaged: ${path.join(".") || "it"}: ${message}`);
    }
    try {
      return new Tokenizer(json as TokenizerJson, config);
    } catch (cause) {
      if (cause instanceof TextuneError) throw new ModelError(`${where}: ${cause.message}`, { cause });
      const reason = (cause as Error).message.replace(/\s+/g, " ");
      throw new ModelError(`${where} is damaged or of an unsupported kind: ${reason}`, { cause });
    }
  }

  /**
   * Encodes a text, or a pair, with special tokens.
   *
   * @throws ConfigError if `maxLength` leaves no room for text.
   */
  encode(text: string, pair?: string, { maxLength }: EncodeOptions = {}): Encoding {
    const first = this.#pipeline.tokenize(text);
    const second = pair === undefined ? undefined : this.#pipeline.tokenize(pair);
    const texts = second ? [first, second] : [first];
    const places = second ? this.#template.pair : this.#template.single;
    const specialTokens = countSpecialTokens(places);
    const fullLength = specialTokens + first.length + (second?.length ?? 0);
    let unknownTokens = 0;
    for (const ids of texts) for (const id of ids) if (id === this.unknownId) unknownTokens++;
    if (maxLength !== undefined) {
      const lengths = texts.map((ids) => ids.length);
      truncatedLengths(lengths, maxLength, specialTokens).forEach((length, i) => {
        const ids = texts[i]!;
        if (this.#cutsAtStart) ids.splice(0, ids.length - length);
        else ids.length = length;
      });
    }
    return { ...fillTemplate(places, first, second ?? []), fullLength, unknownTokens };
  }

  /** The token of each id; `[UNK]` or its like for an id that doesn't exist. */
  tokens(ids: Iterable<number>): string[] {
    const { tokens } = this.#pipeline.model;
    const unknown = this.unknownId === undefined ? "" : tokens[this.unknownId]!;
    return Array.from(ids, (id) => tokens[id] ?? unknown);
  }

  /** Text from ids, without special tokens unless asked for. What normalization took away does not come back. */
  decode(ids: Iterable<number>, { skipSpecialTokens = true } = {}): string {
    return this.#pipeline.decode([...ids], { skipSpecialTokens });
  }

  /**
   * `tokenizer.json` and `tokenizer_config.json`, which transformers' AutoTokenizer loads, by name.
   *
   * @param options.modelInputNames what transformers passes to the model; a DistilBERT takes no `token_type_ids`.
   * @param options.modelMaxLength tokens that transformers cuts texts to. @default as the tokenizer was read
   */
  files({
    modelInputNames,
    modelMaxLength,
  }: {
    modelInputNames?: readonly string[];
    modelMaxLength?: number;
  } = {}): Record<string, string> {
    const roles: SpecialRole[] = ["pad_token", "unk_token", "cls_token", "sep_token", "mask_token"];
    const special = Object.fromEntries(
      roles.map((role) => [role, this.#role(role)]).filter(([, token]) => token),
    );
    const config = {
      // The generic class takes tokenizer.json as it stands.
      tokenizer_class: "PreTrainedTokenizerFast",
      ...special,
      ...this.#config,
      ...(modelInputNames && { model_input_names: modelInputNames }),
      ...(modelMaxLength !== undefined && { model_max_length: modelMaxLength }),
    };
    return {
      [TOKENIZER_FILE]: `${JSON.stringify(this.#json, null, 2)}\n`,
      [TOKENIZER_CONFIG_FILE]: `${JSON.stringify(config, null, 2)}\n`,
    };
  }

  /** The token that plays a role: by the config, or BERT's or RoBERTa's own if the vocabulary has it. */
  #role(role: SpecialRole): string | undefined {
    const { ids } = this.#pipeline.model;
    const candidates = [this.#roles[role], BERT_TOKENS[role], ROBERTA_TOKENS[role]];
    return candidates.find((token) => token !== undefined && ids.has(token));
  }

  #roleId(role: SpecialRole): number | undefined {
    const token = this.#role(role);
    return token === undefined ? undefined : this.#pipeline.model.ids.get(token);
  }
}
