import { z } from "zod";
import { addDims, type Dim, subtractDims } from "../engine/dimension.ts";
import * as op from "../engine/operators/index.ts";
import { constant, scoped, type Tensor } from "../engine/tensor.ts";
import {
  type AttentionContext,
  attend,
  mergeHeads,
  queryShape,
  type SelfAttention,
  splitHeads,
} from "../nn/attention.ts";
import { disentangledScores } from "../nn/disentangled-attention.ts";
import { embedding, layerNorm, linear } from "../nn/layers.ts";
import type { ParameterScope } from "../nn/parameters.ts";
import { type Config, checkHeads, geluActivation, rate, sameAs, size, unset } from "./architecture.ts";
import { bertBase, bertBlocks } from "./bert-encoder.ts";
import { type ConfiguredEncoder, type EncodeOptions, type EncoderInputs, positionRows } from "./encoder.ts";

/** Terms of the attention scores: content-to-position and position-to-content. */
const term = z.enum(["c2p", "p2c"]);

/** The keys of `config.json` that DeBERTa's versions share, with Hugging Face's defaults. */
export const debertaConfigSchema = z.object({
  hidden_size: size.default(768),
  num_hidden_layers: size.default(12),
  num_attention_heads: size.default(12),
  intermediate_size: size.default(3072),
  hidden_act: geluActivation.default("gelu"),
  hidden_dropout_prob: rate.default(0.1),
  attention_probs_dropout_prob: rate.default(0.1),
  max_position_embeddings: size.default(512),
  type_vocab_size: z.number().int().nonnegative().default(0),
  layer_norm_eps: z.number().positive().default(1e-7),
  relative_attention: z.literal(true),
  /** Below 1: as many as positions. */
  max_relative_positions: z.number().int().default(-1),
  position_biased_input: z.boolean().default(true),
  pos_att_type: z.preprocess(
    (value) => (typeof value === "string" ? value.split("|").map((term) => term.trim()) : (value ?? [])),
    z.array(term).min(1),
  ),
  pooler_dropout: rate.default(0),
  pooler_hidden_act: geluActivation.default("gelu"),
  cls_dropout: rate.nullish(),
});

/** The base shape of DeBERTa's first version. */
export const debertaBase: Config = {
  ...bertBase,
  vocab_size: 50265,
  type_vocab_size: 0,
  layer_norm_eps: 1e-7,
  relative_attention: true,
  max_relative_positions: -1,
  position_biased_input: false,
  pos_att_type: ["c2p", "p2c"],
  pooler_dropout: 0,
  pooler_hidden_act: "gelu",
};

/** Keys that DeBERTa's versions share and that change the forward pass unless they have these values. */
export const debertaRefused = {
  embedding_size: sameAs("hidden_size", 768),
  pooler_hidden_size: sameAs("hidden_size", 768),
  talking_head: unset,
};

/** Keys that DeBERTa's versions share and no other architecture has. */
export const debertaOwnKeys = ["relative_attention", "pos_att_type", "position_biased_input"];

/** Keys that DeBERTa's versions share and that change nothing. */
export const debertaWithoutEffect = ["legacy", "pad_token_id", "position_embedding_type"];

export type DebertaConfig = z.infer<typeof debertaConfigSchema> & { vocab_size: number };

/** How many positions to either side of a token have an embedding. */
export function relativeSpan(config: DebertaConfig): number {
  return config.max_relative_positions < 1 ? config.max_position_embeddings : config.max_relative_positions;
}

/** Projections of a layer's inputs, before they are split into heads. */
export interface DebertaProjections {
  /** [batch · queries, hidden size] */
  query: Tensor;
  /** [batch · length, hidden size] */
  key: Tensor;
  /** [batch · length, hidden size] */
  value: Tensor;
  /** [distances, hidden size], for content-to-position. */
  distanceKey: Tensor | undefined;
  /** [distances, hidden size], for position-to-content. */
  distanceQuery: Tensor | undefined;
}

/** What sets DeBERTa's versions apart. */
export interface DebertaVersion {
  config: DebertaConfig;
  /** Rows of the table of relative position embeddings. */
  relativeRows: number;
  /** The table's row for a query's position less a key's. */
  relativeRow: (offset: number) => number;
  /** What the looked-up rows go through. */
  normalizeRelative: (scope: ParameterScope, rows: Tensor) => Tensor;
  project: (scope: ParameterScope, queries: Tensor, hidden: Tensor, relative: Tensor) => DebertaProjections;
}

/** The encoder of a version. */
export function debertaEncoder(version: DebertaVersion): ConfiguredEncoder {
  const { config } = version;
  checkHeads(config.hidden_size, config.num_attention_heads);
  return {
    hiddenSize: config.hidden_size,
    layers: config.num_hidden_layers,
    vocabularySize: config.vocab_size,
    tokenTypes: config.type_vocab_size,
    maxLength: config.max_position_embeddings,
    prefix: "deberta",
    outputLayer: "classifier",
    encode: (scope, inputs, options) => encode(version, scope, inputs, options),
    headFeatures: (scope, pooled, dropout) => {
      const pooler = scope.scope("pooler.dense");
      const hidden = op.gelu(linear(pooler, dropout(pooled, config.pooler_dropout), config.hidden_size));
      return dropout(hidden, config.cls_dropout ?? config.hidden_dropout_prob);
    },
  };
}

function encode(
  version: DebertaVersion,
  scope: ParameterScope,
  inputs: EncoderInputs,
  options: EncodeOptions,
): Tensor {
  const { config } = version;
  const embed = () =>
    options.dropout(embeddings(config, scope.scope("embeddings"), inputs), config.hidden_dropout_prob);
  return bertBlocks(config, scope, embed, inputs.attentionMask, options, (context) => {
    const relative = scoped("relative_positions", () =>
      relativePositions(version, scope.scope("encoder"), context.shape.length),
    );
    return disentangledAttention(version, relative, context);
  });
}

/** Hugging Face also zeroes the rows of padding; no other row attends to them. */
function embeddings(
  config: DebertaConfig,
  scope: ParameterScope,
  { inputIds, tokenTypeIds }: EncoderInputs,
): Tensor {
  const { hidden_size: hiddenSize, type_vocab_size: types, max_position_embeddings: rows } = config;
  let sum = embedding(scope.scope("word_embeddings"), inputIds, config.vocab_size, hiddenSize);
  if (config.position_biased_input) {
    sum = op.add(sum, positionRows(scope.scope("position_embeddings"), inputIds.dim(1), rows, hiddenSize));
  }
  if (types > 0) {
    sum = op.add(sum, embedding(scope.scope("token_type_embeddings"), tokenTypeIds, types, hiddenSize));
  }
  return layerNorm(scope.scope("LayerNorm"), sum, config.layer_norm_eps);
}

/**
 * The embeddings of the distances, key − query, that a batch can have, −(length − 1) … length − 1:
 * [2·length − 1, hidden size]. Their rows in the table are a constant of the graph, of which a batch reads the middle.
 */
function relativePositions(version: DebertaVersion, scope: ParameterScope, length: Dim): Tensor {
  const { config, relativeRows, relativeRow, normalizeRelative } = version;
  const longest = config.max_position_embeddings;
  const every = Array.from({ length: 2 * longest - 1 }, (_, i) => relativeRow(longest - 1 - i));
  const middle = constant(every, "int32", [every.length]);
  const rows = op.slice(middle, 0, subtractDims(longest, length), subtractDims(addDims(longest, length), 1));
  const table = scope.scope("rel_embeddings");
  return normalizeRelative(scope, embedding(table, rows, relativeRows, config.hidden_size));
}

/** Dropout falls on distances: those that share an embedding are dropped each by itself. */
function disentangledAttention(
  { config, project }: DebertaVersion,
  relative: Tensor,
  { heads, shape, bias, dropout, dropoutRate }: AttentionContext,
): SelfAttention {
  return (scope, queries, hidden, positions) => {
    // No key stands before the first position.
    const ahead = subtractDims(shape.length, 1);
    const distances = positions === "first" ? op.slice(relative, 0, ahead, relative.dim(0)) : relative;
    const { query, key, value, distanceKey, distanceQuery } = project(
      scope.scope("attention.self"),
      queries,
      hidden,
      dropout(distances, config.hidden_dropout_prob),
    );
    const scores = disentangledScores({
      query: splitHeads(query, queryShape(shape, positions), heads),
      key: splitHeads(key, shape, heads),
      distanceKey,
      distanceQuery,
    });
    return mergeHeads(attend(scores, splitHeads(value, shape, heads), bias, dropout, dropoutRate));
  };
}
