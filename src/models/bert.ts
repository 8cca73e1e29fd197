import { z } from "zod";
import * as op from "../engine/operators/index.ts";
import { scoped, type Tensor } from "../engine/tensor.ts";
import { attentionBias } from "../nn/attention.ts";
import { embedding, flattenPositions, layerNorm, linear, unflattenPositions } from "../nn/layers.ts";
import type { ParameterScope } from "../nn/parameters.ts";
import { type BlockNames, postNormBlocks } from "../nn/transformer-block.ts";
import { geluActivation, parseModelConfig, rate, size } from "./config.ts";
import { type EncodeOptions, type Encoder, type EncoderInputs, positionRows } from "./encoder.ts";

const configSchema = z.object({
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

type Config = z.infer<typeof configSchema>;

/** BERT (Devlin et al. 2019). Facts from Hugging Face's `modeling_bert.py`. */
export function bert(rawConfig: unknown): Encoder {
  const config = parseModelConfig(configSchema, rawConfig, "bert");
  return {
    modelType: "bert",
    hiddenSize: config.hidden_size,
    layers: config.num_hidden_layers,
    vocabularySize: config.vocab_size,
    maxLength: config.max_position_embeddings,
    prefix: "bert",
    classifierClass: "BertForSequenceClassification",
    encoderClass: "BertModel",
    encode: (scope, inputs, options) => encode(config, scope, inputs, options),
    headFeatures: (scope, pooled, dropout) => {
      const pooler = scope.scope("bert.pooler.dense");
      const hidden = op.tanh(linear(pooler, pooled, config.hidden_size));
      return dropout(hidden, config.classifier_dropout ?? config.hidden_dropout_prob);
    },
  };
}

const names: BlockNames = {
  query: "attention.self.query",
  key: "attention.self.key",
  value: "attention.self.value",
  attentionOutput: "attention.output.dense",
  attentionNorm: "attention.output.LayerNorm",
  intermediate: "intermediate.dense",
  output: "output.dense",
  outputNorm: "output.LayerNorm",
};

function encode(
  config: Config,
  scope: ParameterScope,
  { inputIds, attentionMask, tokenTypeIds }: EncoderInputs,
  { dropout, positions }: EncodeOptions,
): Tensor {
  const [batch, length] = [inputIds.dim(0), inputIds.dim(1)];
  const embedded = scoped("embeddings", () => {
    const part = scope.scope("embeddings");
    const words = embedding(part.scope("word_embeddings"), inputIds, config.vocab_size, config.hidden_size);
    const types = embedding(
      part.scope("token_type_embeddings"),
      tokenTypeIds,
      config.type_vocab_size,
      config.hidden_size,
    );
    const places = positionRows(
      part.scope("position_embeddings"),
      length,
      config.max_position_embeddings,
      config.hidden_size,
    );
    const sum = op.add(op.add(words, types), places);
    return dropout(
      layerNorm(part.scope("LayerNorm"), sum, config.layer_norm_eps),
      config.hidden_dropout_prob,
    );
  });
  const hidden = postNormBlocks(
    scope.scope("encoder.layer"),
    flattenPositions(embedded),
    config.num_hidden_layers,
    positions,
    {
      names,
      settings: {
        heads: config.num_attention_heads,
        intermediateSize: config.intermediate_size,
        epsilon: config.layer_norm_eps,
        attentionDropout: config.attention_probs_dropout_prob,
        attentionOutputDropout: config.hidden_dropout_prob,
        outputDropout: config.hidden_dropout_prob,
      },
      shape: { batch, length },
      bias: attentionBias(attentionMask),
      dropout,
    },
  );
  return positions === "first" ? hidden : unflattenPositions(hidden, { batch, length });
}
