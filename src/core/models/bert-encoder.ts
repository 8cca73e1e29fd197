import { z } from "zod";
import * as op from "../engine/operators/index.ts";
import { scoped, type Tensor } from "../engine/tensor.ts";
import {
  type AttentionContext,
  attentionBias,
  dotProductAttention,
  type SelfAttention,
} from "../nn/attention.ts";
import { embedding, embeddingTable, flattenPositions, layerNorm, unflattenPositions } from "../nn/layers.ts";
import type { ParameterScope } from "../nn/parameters.ts";
import { type BlockNames, postNormBlocks } from "../nn/transformer-block.ts";
import { type Config, geluActivation, rate, size } from "./architecture.ts";
import { type EncodeOptions, type EncoderInputs, enterLayers } from "./encoder.ts";

/** The keys of `config.json` that BERT and RoBERTa share, with BERT-base's values as defaults. */
export const bertConfigSchema = z.object({
  vocab_size: size.default(30522),
  max_position_embeddings: size.default(512),
  type_vocab_size: size.default(2),
  num_hidden_layers: size.default(12),
  num_attention_heads: size.default(12),
  hidden_size: size.default(768),
  intermediate_size: size.default(3072),
  hidden_dropout_prob: rate.default(0.1),
  attention_probs_dropout_prob: rate.default(0.1),
  classifier_dropout: rate.nullish(),
  layer_norm_eps: z.number().positive().default(1e-12),
  hidden_act: geluActivation.default("gelu"),
  position_embedding_type: z.literal("absolute").default("absolute"),
});

/** BERT-base's `config.json`. */
export const bertBase: Config = {
  vocab_size: 30522,
  hidden_size: 768,
  num_hidden_layers: 12,
  num_attention_heads: 12,
  intermediate_size: 3072,
  hidden_act: "gelu",
  hidden_dropout_prob: 0.1,
  attention_probs_dropout_prob: 0.1,
  max_position_embeddings: 512,
  type_vocab_size: 2,
  layer_norm_eps: 1e-12,
};

export type BertConfig = z.infer<typeof bertConfigSchema>;

/** What BERT and its descendants call the parts of a block, attention's projections aside. */
const bertBlockNames: BlockNames = {
  attentionOutput: "attention.output.dense",
  attentionNorm: "attention.output.LayerNorm",
  intermediate: "intermediate.dense",
  output: "output.dense",
  outputNorm: "output.LayerNorm",
};

const projections = {
  query: "attention.self.query",
  key: "attention.self.key",
  value: "attention.self.value",
};

/**
 * Traces BERT's encoder.
 *
 * @param positionEmbeddings Makes the position embeddings, broadcast to [batch, length, hidden size]: how RoBERTa differs.
 */
export function encodeBert(
  config: BertConfig,
  scope: ParameterScope,
  { inputIds, attentionMask, tokenTypeIds }: EncoderInputs,
  options: EncodeOptions,
  positionEmbeddings: (scope: ParameterScope) => Tensor,
): Tensor {
  const embed = () => {
    const part = scope.scope("embeddings");
    const words = embedding(part.scope("word_embeddings"), inputIds, config.vocab_size, config.hidden_size);
    const types = tokenTypes(part.scope("token_type_embeddings"), tokenTypeIds, config);
    const sum = op.add(op.add(words, types), positionEmbeddings(part.scope("position_embeddings")));
    return options.dropout(
      layerNorm(part.scope("LayerNorm"), sum, config.layer_norm_eps),
      config.hidden_dropout_prob,
    );
  };
  return bertBlocks(config, scope, embed, attentionMask, options, (context) =>
    dotProductAttention(projections, context),
  );
}

/** What the blocks read of a configuration. */
type BlockConfig = Pick<
  BertConfig,
  | "num_hidden_layers"
  | "num_attention_heads"
  | "intermediate_size"
  | "hidden_dropout_prob"
  | "attention_probs_dropout_prob"
  | "layer_norm_eps"
>;

/**
 * The blocks of BERT and its descendants.
 *
 * @param embed Traces the embeddings, [batch, length, hidden size].
 * @param attentionOf How the descendant's positions attend to each other.
 * @returns [batch, length, hidden size]; of the first positions alone [batch, hidden size].
 */
export function bertBlocks(
  config: BlockConfig,
  scope: ParameterScope,
  embed: () => Tensor,
  attentionMask: Tensor,
  { dropout, positions, part }: EncodeOptions,
  attentionOf: (context: AttentionContext) => SelfAttention,
): Tensor {
  const shape = { batch: attentionMask.dim(0), length: attentionMask.dim(1) };
  const entered = enterLayers(part, config.num_hidden_layers, () => scoped("embeddings", embed));
  const attention = attentionOf({
    heads: config.num_attention_heads,
    shape,
    bias: attentionBias(attentionMask),
    dropout,
    dropoutRate: config.attention_probs_dropout_prob,
  });
  const hidden = postNormBlocks(
    scope.scope("encoder.layer"),
    flattenPositions(entered.hidden),
    entered,
    positions,
    {
      names: bertBlockNames,
      settings: {
        intermediateSize: config.intermediate_size,
        epsilon: config.layer_norm_eps,
        attentionOutputDropout: config.hidden_dropout_prob,
        outputDropout: config.hidden_dropout_prob,
      },
      shape,
      attention,
      dropout,
    },
  );
  return positions === "first" ? hidden : unflattenPositions(hidden, shape);
}

/** Where there is one type, as in RoBERTa, it is every token's, whatever a tokenizer says. */
function tokenTypes(
  scope: ParameterScope,
  ids: Tensor,
  { type_vocab_size: types, hidden_size }: BertConfig,
): Tensor {
  if (types === 1) return embeddingTable(scope, 1, hidden_size);
  return embedding(scope, ids, types, hidden_size);
}
