import { z } from "zod";
import { ModelError } from "../errors.ts";
import type { ConfiguredEncoder, Encoder, EncoderNames } from "./encoder.ts";

/** A `config.json`, parsed. */
export type Config = Readonly<Record<string, unknown>>;

/** Whether a key's value asks for nothing but what textune computes. */
type Accepts = (value: unknown, config: Config) => boolean;

/** What an architecture says of itself: all of it in the architecture's own file, to be listed in the registry. */
interface Definition<Keys> {
  /** `config.json`'s `model_type`. */
  modelType: string;
  /** Its Hugging Face classes begin with this: `DistilBert`. */
  className: string;
  /** The published base checkpoint's `config.json`, without `model_type`. */
  base: Config;
  /** The keys that the forward pass is made of. */
  used: z.ZodObject<z.ZodRawShape> & z.ZodType<Keys>;
  /** Keys that would change the forward pass in a way that textune doesn't compute, and which values don't. */
  refused: Readonly<Record<string, Accepts>>;
  /** Keys of Hugging Face's configuration that don't change what a checkpoint computes. */
  withoutEffect: readonly string[];
  /** Other names of keys, which win over them, as transformers' `attribute_map`. @default none */
  synonyms?: Readonly<Record<string, string>>;
  /** Keys by which a configuration without `model_type` is recognised. @default none */
  ownKeys?: readonly string[];
  encoder: (config: Keys) => ConfiguredEncoder;
}

/** An architecture that textune trains. */
export interface Architecture extends Omit<Definition<unknown>, "encoder" | "used"> {
  /** Names of the keys that the forward pass is made of. */
  used: readonly string[];
  /** The encoder that a parsed `config.json` describes. @throws ModelError for values it can't honour. */
  encoder: (config: Config) => Encoder;
}

/** Makes an architecture of what its file says. */
export function architecture<Keys>(definition: Definition<Keys>): Architecture {
  const { used, encoder, ...rest } = definition;
  const { modelType, className } = definition;
  const names: EncoderNames = {
    modelType,
    classifierClass: `${className}ForSequenceClassification`,
    encoderClass: `${className}Model`,
  };
  const refused = { ...refusedEverywhere, ...rest.refused };
  return {
    ...rest,
    refused,
    withoutEffect: [...withoutEffectEverywhere, ...rest.withoutEffect],
    used: Object.keys(used.shape),
    encoder: (raw) => {
      const config = withoutSynonyms(raw, definition.synonyms ?? {});
      const result = used.safeParse(config);
      const faults = result.success
        ? []
        : result.error.issues.map(({ path, message }) => `${path.join(".") || "config"}: ${message}`);
      for (const [key, accepts] of Object.entries(refused)) {
        const value = Object.hasOwn(config, key) ? config[key] : undefined;
        if (value === undefined || value === null || accepts(value, config)) continue;
        faults.push(`${key}: ${shown(value)} asks for a computation that textune doesn't have`);
      }
      if (result.success && faults.length === 0) return { ...encoder(result.data), ...names };
      throw new ModelError(
        `config.json is not a ${modelType} configuration textune can run: ${faults.join("; ")}`,
      );
    },
  };
}

/** Accepts values that Python takes for false, which is what the code of transformers asks. */
export const unset: Accepts = (value) =>
  !value || (typeof value === "object" && Object.keys(value).length === 0);

/** Accepts the value of another key. */
export const sameAs =
  (key: string, otherwise: unknown): Accepts =>
  (value, config) =>
    value === (config[key] ?? otherwise);

/** Keys of any configuration of transformers that change what is computed. */
const refusedEverywhere: Readonly<Record<string, Accepts>> = {
  is_decoder: unset,
  is_encoder_decoder: unset,
  add_cross_attention: unset,
  pruned_heads: unset,
  quantization_config: unset,
  per_layer_config: unset,
};

/**
 * Keys of any configuration of transformers that change what is said of a model or how, not what its encoder computes
 * from a checkpoint. Those that say what its classes and its task are (`id2label`, `problem_type`, …) are read elsewhere.
 */
const withoutEffectEverywhere = [
  "_attn_implementation",
  "_experts_implementation",
  "_name_or_path",
  "architectures",
  "attn_implementation",
  "bos_token_id",
  // Splits a matrix product into several; the sum is the same.
  "chunk_size_feed_forward",
  "dtype",
  "eos_token_id",
  "id2label",
  "initializer_range",
  "label2id",
  "model_type",
  "num_labels",
  "output_attentions",
  "output_hidden_states",
  "problem_type",
  "return_dict",
  "sep_token_id",
  "tie_word_embeddings",
  "tokenizer_class",
  "torch_dtype",
  "torchscript",
  "transformers_version",
  "use_cache",
];

function withoutSynonyms(config: Config, synonyms: Readonly<Record<string, string>>): Config {
  const replaced: Record<string, unknown> = { ...config };
  for (const [synonym, key] of Object.entries(synonyms)) {
    if (Object.hasOwn(config, synonym)) replaced[key] = config[synonym];
  }
  return replaced;
}

function shown(value: unknown): string {
  const text = JSON.stringify(value);
  return text.length > 60 ? `${text.slice(0, 60)}…` : text;
}

/** Refuses heads of unequal size. @throws ModelError */
export function checkHeads(hiddenSize: number, heads: number): void {
  if (hiddenSize % heads === 0) return;
  throw new ModelError(`config.json: a hidden size of ${hiddenSize} can't be split among ${heads} heads`);
}

/** A positive whole number, as all sizes are. */
export const size = z.number().int().positive();
/** A dropout rate. */
export const rate = z.number().min(0).lt(1);
/** Exact GELU, the only activation of the supported encoders' published checkpoints. */
export const geluActivation = z.literal("gelu");
