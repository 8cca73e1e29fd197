import { z } from "zod";
import * as op from "../engine/operators/index.ts";
import { scoped, type Tensor } from "../engine/tensor.ts";
import { attentionBias, dotProductAttention } from "../nn/attention.ts";
import { embedding, flattenPositions, layerNorm, linear, unflattenPositions } from "../nn/layers.ts";
import type { ParameterScope } from "../nn/parameters.ts";
import { type BlockNames, postNormBlocks } from "../nn/transformer-block.ts";
import { architecture, checkHeads, geluActivation, rate, size } from "./architecture.ts";
import {
  type ConfiguredEncoder,
  type EncodeOptions,
  type EncoderInputs,
  enterLayers,
  positionRows,
} from "./encoder.ts";

const configSchema = z.object({
  vocab_size: size.default(30522),
  max_position_embeddings: size.default(512),
  n_layers: size.default(6),
  n_heads: size.default(12),
  dim: size.default(768),
  hidden_dim: size.default(3072),
  dropout: rate.default(0.1),
  attention_dropout: rate.default(0.1),
  seq_classif_dropout: rate.default(0.2),
  activation: geluActivation.default("gelu"),
});

type Config = z.infer<typeof configSchema>;

const epsilon = 1e-12;

/**
 * DistilBERT (Sanh et al. 2019): BERT's post-norm block without token types and pooler. Facts from Hugging Face's
 * `modeling_distilbert.py`.
 */
export const distilbert = architecture({
  modelType: "distilbert",
  className: "DistilBert",
  base: {
    vocab_size: 30522,
    dim: 768,
    n_layers: 6,
    n_heads: 12,
    hidden_dim: 3072,
    activation: "gelu",
    dropout: 0.1,
    attention_dropout: 0.1,
    seq_classif_dropout: 0.2,
    max_position_embeddings: 512,
  },
  used: configSchema,
  refused: {},
  // Sinusoidal positions are a table like any other once a checkpoint holds it.
  withoutEffect: ["pad_token_id", "position_embedding_type", "qa_dropout", "sinusoidal_pos_embds"],
  synonyms: { hidden_size: "dim", num_attention_heads: "n_heads", num_hidden_layers: "n_layers" },
  ownKeys: ["n_layers", "n_heads", "dim", "seq_classif_dropout"],
  encoder: distilbertEncoder,
});

function distilbertEncoder(config: Config): ConfiguredEncoder {
  checkHeads(config.dim, config.n_heads);
  return {
    hiddenSize: config.dim,
    layers: config.n_layers,
    vocabularySize: config.vocab_size,
    tokenTypes: 0,
    maxLength: config.max_position_embeddings,
    prefix: "distilbert",
    outputLayer: "classifier",
    encode: (scope, inputs, options) => encode(config, scope, inputs, options),
    headFeatures: (scope, pooled, dropout) => {
      const hidden = linear(scope.scope("pre_classifier"), pooled, config.dim);
      return dropout(op.relu(hidden), config.seq_classif_dropout);
    },
  };
}

const projections = { query: "attention.q_lin", key: "attention.k_lin", value: "attention.v_lin" };

const names: BlockNames = {
  attentionOutput: "attention.out_lin",
  attentionNorm: "sa_layer_norm",
  intermediate: "ffn.lin1",
  output: "ffn.lin2",
  outputNorm: "output_layer_norm",
};

function encode(
  config: Config,
  scope: ParameterScope,
  { inputIds, attentionMask }: EncoderInputs,
  { dropout, positions, part }: EncodeOptions,
): Tensor {
  const shape = { batch: inputIds.dim(0), length: inputIds.dim(1) };
  const entered = enterLayers(part, config.n_layers, () =>
    scoped("embeddings", () => {
      const embeddings = scope.scope("embeddings");
      const words = embedding(embeddings.scope("word_embeddings"), inputIds, config.vocab_size, config.dim);
      const positionEmbeddings = positionRows(
        embeddings.scope("position_embeddings"),
        shape.length,
        config.max_position_embeddings,
        config.dim,
      );
      return dropout(
        layerNorm(embeddings.scope("LayerNorm"), op.add(words, positionEmbeddings), epsilon),
        config.dropout,
      );
    }),
  );
  const attention = dotProductAttention(projections, {
    heads: config.n_heads,
    shape,
    bias: attentionBias(attentionMask),
    dropout,
    dropoutRate: config.attention_dropout,
  });
  const hidden = postNormBlocks(
    scope.scope("transformer.layer"),
    flattenPositions(entered.hidden),
    entered,
    positions,
    {
      names,
      settings: {
        intermediateSize: config.hidden_dim,
        epsilon,
        attentionOutputDropout: 0,
        outputDropout: config.dropout,
      },
      shape,
      attention,
      dropout,
    },
  );
  return positions === "first" ? hidden : unflattenPositions(hidden, shape);
}
