import { z } from "zod";
import * as op from "../engine/operators/index.ts";
import type { Tensor } from "../engine/tensor.ts";
import { embedding, linear } from "../nn/layers.ts";
import { type Architecture, architecture, type Config, checkHeads, size } from "./architecture.ts";
import { bertBase, bertConfigSchema, encodeBert } from "./bert-encoder.ts";
import type { ConfiguredEncoder } from "./encoder.ts";

const configSchema = bertConfigSchema.extend({
  vocab_size: size.default(50265),
  pad_token_id: z.number().int().nonnegative().default(1),
});

// Two more positions than tokens: RoBERTa counts from the padding's id.
const base: Config = {
  ...bertBase,
  vocab_size: 50265,
  max_position_embeddings: 514,
  type_vocab_size: 1,
  layer_norm_eps: 1e-5,
};

/** RoBERTa (Liu et al. 2019). Facts from Hugging Face's `modeling_roberta.py`. */
export const roberta = robertaArchitecture("roberta", "Roberta", base);

/** XLM-RoBERTa (Conneau et al. 2020): RoBERTa with another vocabulary. */
export const xlmRoberta = robertaArchitecture("xlm-roberta", "XLMRoberta", { ...base, vocab_size: 250002 });

function robertaArchitecture(modelType: string, className: string, base: Config): Architecture {
  return architecture({
    ...{ modelType, className, base },
    used: configSchema,
    refused: {},
    withoutEffect: [],
    encoder: robertaEncoder,
  });
}

function robertaEncoder(config: z.infer<typeof configSchema>): ConfiguredEncoder {
  checkHeads(config.hidden_size, config.num_attention_heads);
  const { hidden_size: hiddenSize, max_position_embeddings: rows, pad_token_id: padId } = config;
  const headDropout = config.classifier_dropout ?? config.hidden_dropout_prob;
  return {
    hiddenSize,
    layers: config.num_hidden_layers,
    vocabularySize: config.vocab_size,
    tokenTypes: config.type_vocab_size,
    maxLength: rows - padId - 1,
    prefix: "roberta",
    outputLayer: "classifier.out_proj",
    encode: (scope, inputs, options) =>
      encodeBert(config, scope, inputs, options, (table) =>
        embedding(table, positionIds(inputs.inputIds, padId), rows, hiddenSize),
      ),
    headFeatures: (scope, pooled, dropout) => {
      const dense = linear(scope.scope("classifier.dense"), dropout(pooled, headDropout), hiddenSize);
      return dropout(op.tanh(dense), headDropout);
    },
  };
}

/** Tokens are numbered from `padId` + 1; padding has the number `padId`: [batch, length] int32. */
function positionIds(inputIds: Tensor, padId: number): Tensor {
  const isToken = op.cast(op.not(op.equal(inputIds, padId)), "int32");
  return op.add(op.multiply(op.cumulativeSum(isToken), isToken), padId);
}
