import { z } from "zod";
import { layerNorm, linear } from "../nn/layers.ts";
import { architecture, size } from "./architecture.ts";
import {
  debertaBase,
  debertaConfigSchema,
  debertaEncoder,
  debertaOwnKeys,
  debertaRefused,
  debertaWithoutEffect,
  relativeSpan,
} from "./deberta-encoder.ts";
import type { ConfiguredEncoder } from "./encoder.ts";

const configSchema = debertaConfigSchema.extend({
  vocab_size: size.default(128100),
  /** Below 1: every distance is its own bucket. */
  position_buckets: z.number().int().default(-1),
  share_att_key: z.boolean().default(false),
  norm_rel_ebd: z.enum(["none", "layer_norm"]).default("none"),
});

/**
 * DeBERTa v2 and v3 (He et al. 2023), which share one `model_type`. Facts from Hugging Face's
 * `modeling_deberta_v2.py`.
 */
export const debertaV2 = architecture({
  modelType: "deberta-v2",
  className: "DebertaV2",
  base: {
    ...debertaBase,
    vocab_size: 128100,
    position_buckets: 256,
    norm_rel_ebd: "layer_norm",
    share_att_key: true,
  },
  used: configSchema,
  refused: {
    ...debertaRefused,
    attention_head_size: (value, { hidden_size = 1536, num_attention_heads = 24 }) =>
      value === Number(hidden_size) / Number(num_attention_heads),
    // The convolution of DeBERTa v2 xlarge and xxlarge.
    conv_kernel_size: (value) => typeof value === "number" && value <= 0,
  },
  // Of the convolution that is refused.
  withoutEffect: [...debertaWithoutEffect, "conv_act", "conv_groups"],
  ownKeys: [...debertaOwnKeys, "position_buckets", "share_att_key", "norm_rel_ebd"],
  encoder: encoderOf,
});

function encoderOf(config: z.infer<typeof configSchema>): ConfiguredEncoder {
  const { hidden_size: hiddenSize, position_buckets: buckets, pos_att_type: terms } = config;
  const span = relativeSpan(config);
  const half = buckets > 0 ? buckets : span;
  const bucket = (offset: number) => (buckets > 0 ? logBucket(offset, buckets, span) : offset);
  const [keyName, queryName] = config.share_att_key
    ? ["key_proj", "query_proj"]
    : ["pos_key_proj", "pos_query_proj"];
  return debertaEncoder({
    config,
    relativeRows: 2 * half,
    relativeRow: (offset) => Math.min(Math.max(bucket(offset) + half, 0), 2 * half - 1),
    normalizeRelative: (scope, rows) =>
      config.norm_rel_ebd === "layer_norm"
        ? layerNorm(scope.scope("LayerNorm"), rows, config.layer_norm_eps)
        : rows,
    project: (scope, queries, hidden, relative) => {
      const projected = (name: string, x: typeof hidden) => linear(scope.scope(name), x, hiddenSize);
      return {
        query: projected("query_proj", queries),
        key: projected("key_proj", hidden),
        value: projected("value_proj", hidden),
        distanceKey: terms.includes("c2p") ? projected(keyName, relative) : undefined,
        distanceQuery: terms.includes("p2c") ? projected(queryName, relative) : undefined,
      };
    },
  });
}

/**
 * The bucket of an offset: itself up to half the buckets, from there on a logarithmic scale on which
 * `maxPosition` − 1 is the last.
 */
export function logBucket(offset: number, buckets: number, maxPosition: number): number {
  const linearPart = Math.floor(buckets / 2);
  const distance = Math.abs(offset);
  if (distance <= linearPart) return offset;
  const scale = Math.log(distance / linearPart) / Math.log((maxPosition - 1) / linearPart);
  return Math.sign(offset) * (Math.ceil(scale * (linearPart - 1)) + linearPart);
}
