import * as op from "../engine/operators/index.ts";
import { scoped, type Tensor } from "../engine/tensor.ts";
import type { SelfAttention } from "./attention.ts";
import type { Dropout } from "./dropout.ts";
import { firstPosition, layerNorm, linear, type SequenceShape } from "./layers.ts";
import type { ParameterScope } from "./parameters.ts";

/** What a checkpoint calls the parts of a block. */
export interface BlockNames {
  attentionOutput: string;
  attentionNorm: string;
  intermediate: string;
  output: string;
  outputNorm: string;
}

/** Sizes and rates of a block. */
export interface BlockSettings {
  intermediateSize: number;
  /** Added to the variance in layer normalisation. */
  epsilon: number;
  /** On the attention's output projection; DistilBERT has none. */
  attentionOutputDropout: number;
  /** On the feed-forward layer's output. */
  outputDropout: number;
}

/** The same for every block of an encoder. */
export interface BlockContext {
  names: BlockNames;
  settings: BlockSettings;
  shape: SequenceShape;
  attention: SelfAttention;
  dropout: Dropout;
}

/**
 * BERT's transformer block (Devlin et al. 2019): self-attention and a GELU feed-forward layer, each with a residual
 * connection and layer normalisation *after* it.
 *
 * @param hidden [batch · length, hidden size]
 * @param positions `first` computes the block's output at the first position alone, [batch, hidden size]: keys and
 * values still come from all positions.
 */
export function postNormBlock(
  scope: ParameterScope,
  hidden: Tensor,
  positions: "all" | "first",
  { names, settings, shape, attention, dropout }: BlockContext,
): Tensor {
  const hiddenSize = hidden.dim(-1) as number;
  const residual = positions === "first" ? firstPosition(hidden, shape) : hidden;

  const attended = scoped("attention", () => {
    const context = attention(scope, residual, hidden, positions);
    const output = dropout(
      linear(scope.scope(names.attentionOutput), context, hiddenSize),
      settings.attentionOutputDropout,
    );
    return layerNorm(scope.scope(names.attentionNorm), op.add(output, residual), settings.epsilon);
  });

  return scoped("feed_forward", () => {
    const wide = op.gelu(linear(scope.scope(names.intermediate), attended, settings.intermediateSize));
    const output = dropout(linear(scope.scope(names.output), wide, hiddenSize), settings.outputDropout);
    return layerNorm(scope.scope(names.outputNorm), op.add(output, attended), settings.epsilon);
  });
}

/**
 * A stack of blocks, `scope.from`, … `scope.(to − 1)`.
 *
 * @param hidden [batch · length, hidden size]
 * @param positions What the last block computes.
 */
export function postNormBlocks(
  scope: ParameterScope,
  hidden: Tensor,
  { from, to }: { from: number; to: number },
  positions: "all" | "first",
  context: BlockContext,
): Tensor {
  let x = hidden;
  for (let i = from; i < to; i++) {
    const part = i === to - 1 ? positions : "all";
    x = scoped(`layer.${i}`, () => postNormBlock(scope.scope(String(i), i), x, part, context));
  }
  return x;
}
