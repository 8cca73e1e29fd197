import * as op from "../engine/operators/index.ts";
import { linear } from "../nn/layers.ts";
import { architecture, checkHeads } from "./architecture.ts";
import { type BertConfig, bertBase, bertConfigSchema, encodeBert } from "./bert-encoder.ts";
import { type ConfiguredEncoder, positionRows } from "./encoder.ts";

/** BERT (Devlin et al. 2019). Facts from Hugging Face's `modeling_bert.py`. */
export const bert = architecture({
  modelType: "bert",
  className: "Bert",
  base: bertBase,
  used: bertConfigSchema,
  refused: {},
  withoutEffect: ["pad_token_id"],
  encoder: bertEncoder,
});

function bertEncoder(config: BertConfig): ConfiguredEncoder {
  checkHeads(config.hidden_size, config.num_attention_heads);
  const { hidden_size: hiddenSize, max_position_embeddings: maxLength } = config;
  return {
    hiddenSize,
    layers: config.num_hidden_layers,
    vocabularySize: config.vocab_size,
    tokenTypes: config.type_vocab_size,
    maxLength,
    prefix: "bert",
    outputLayer: "classifier",
    encode: (scope, inputs, options) =>
      encodeBert(config, scope, inputs, options, (table) =>
        positionRows(table, inputs.inputIds.dim(1), maxLength, hiddenSize),
      ),
    headFeatures: (scope, pooled, dropout) => {
      const hidden = op.tanh(linear(scope.scope("bert.pooler.dense"), pooled, hiddenSize));
      return dropout(hidden, config.classifier_dropout ?? config.hidden_dropout_prob);
    },
  };
}
