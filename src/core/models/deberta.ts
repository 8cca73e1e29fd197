import type { z } from "zod";
import * as op from "../engine/operators/index.ts";
import type { Tensor } from "../engine/tensor.ts";
import { normal, zeros } from "../nn/initializers.ts";
import { linear } from "../nn/layers.ts";
import type { ParameterScope } from "../nn/parameters.ts";
import { architecture, size } from "./architecture.ts";
import {
  type DebertaConfig,
  type DebertaProjections,
  debertaBase,
  debertaConfigSchema,
  debertaEncoder,
  debertaOwnKeys,
  debertaRefused,
  debertaWithoutEffect,
  relativeSpan,
} from "./deberta-encoder.ts";
import type { ConfiguredEncoder } from "./encoder.ts";

const configSchema = debertaConfigSchema.extend({ vocab_size: size.default(50265) });

/** DeBERTa (He et al. 2021). Facts from Hugging Face's `modeling_deberta.py`. */
export const deberta = architecture({
  modelType: "deberta",
  className: "Deberta",
  base: debertaBase,
  used: configSchema,
  refused: debertaRefused,
  withoutEffect: debertaWithoutEffect,
  ownKeys: debertaOwnKeys,
  encoder: encoderOf,
});

function encoderOf(config: z.infer<typeof configSchema>): ConfiguredEncoder {
  const span = relativeSpan(config);
  return debertaEncoder({
    config,
    relativeRows: 2 * span,
    relativeRow: (offset) => Math.min(Math.max(offset + span, 0), 2 * span - 1),
    normalizeRelative: (_, rows) => rows,
    project: (scope, queries, hidden, relative) => project(config, scope, queries, hidden, relative),
  });
}

function project(
  { hidden_size: hiddenSize, num_attention_heads: heads, pos_att_type: terms }: DebertaConfig,
  scope: ParameterScope,
  queries: Tensor,
  hidden: Tensor,
  relative: Tensor,
): DebertaProjections {
  const [queryWeight, keyWeight, valueWeight] = inProjection(scope.scope("in_proj"), hiddenSize, heads);
  const distanceKey = () => {
    const weight = scope.scope("pos_proj").get("weight", [hiddenSize, hiddenSize], "weight", normal(0.02));
    return op.gemm(relative, weight, { transB: true });
  };
  return {
    query: op.affine(queries, queryWeight, scope.get("q_bias", [hiddenSize], "bias", zeros)),
    key: op.gemm(hidden, keyWeight, { transB: true }),
    value: op.affine(hidden, valueWeight, scope.get("v_bias", [hiddenSize], "bias", zeros)),
    distanceKey: terms.includes("c2p") ? distanceKey() : undefined,
    distanceQuery: terms.includes("p2c")
      ? linear(scope.scope("pos_q_proj"), relative, hiddenSize)
      : undefined,
  };
}

/** The weights of query, key and value, each [hidden size, hidden size], which one matrix interleaves head by head. */
function inProjection(scope: ParameterScope, hiddenSize: number, heads: number): [Tensor, Tensor, Tensor] {
  const weight = scope.get("weight", [3 * hiddenSize, hiddenSize], "weight", normal(0.02));
  const byHead = op.reshape(weight, [heads, 3, hiddenSize / heads, hiddenSize]);
  const part = (i: number) => op.reshape(op.slice(byHead, 1, i, i + 1), [hiddenSize, hiddenSize]);
  return [part(0), part(1), part(2)];
}
