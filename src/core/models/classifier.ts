import type { Tensor } from "../engine/tensor.ts";
import type { Dropout } from "../nn/dropout.ts";
import { noDropout } from "../nn/dropout.ts";
import { normal, torchLinear, zeros } from "../nn/initializers.ts";
import { linear, maskedMean } from "../nn/layers.ts";
import { type Parameter, Parameters } from "../nn/parameters.ts";
import { type Encoder, type EncoderInputs, type EncoderPart, encoderInputs } from "./encoder.ts";

/** `linear`: one linear layer on the pooled features. `huggingface`: the architecture's own classification head. */
export const headKinds = ["linear", "huggingface"] as const;
export type HeadKind = (typeof headKinds)[number];

/** How a sequence becomes one vector: the hidden state of [CLS], or the mean over its tokens. */
export const poolings = ["cls", "mean"] as const;
export type Pooling = (typeof poolings)[number];

/** What a classifier is made of. */
export interface ClassifierDesign {
  encoder: Encoder;
  head: HeadKind;
  pooling: Pooling;
  /** Logits per row: one per class, or a single one for two classes. */
  outputs: number;
}

/**
 * Traces the encoder and the pooling: [batch, length] tokens → features [batch, hidden size].
 *
 * @param parameters Collects the encoder's parameters, named as in a classifier's checkpoint.
 * @param part Starts at a layer above, from its hidden states. @default the whole encoder
 */
export function traceFeatures(
  { encoder, pooling }: ClassifierDesign,
  parameters: Parameters,
  inputs: EncoderInputs,
  dropout: Dropout,
  part?: EncoderPart,
): Tensor {
  const scope = parameters.scope(encoder.prefix, "embeddings");
  if (pooling === "cls") return encoder.encode(scope, inputs, { dropout, positions: "first", part });
  return maskedMean(encoder.encode(scope, inputs, { dropout, positions: "all", part }), inputs.attentionMask);
}

/**
 * Traces the embeddings and the lowest layers: [batch, length] tokens → hidden states [batch, length, hidden size].
 *
 * @param layers How many layers, fewer than the encoder has.
 */
export function traceLowerLayers(
  { encoder }: ClassifierDesign,
  parameters: Parameters,
  inputs: EncoderInputs,
  layers: number,
  dropout: Dropout,
): Tensor {
  const scope = parameters.scope(encoder.prefix, "embeddings");
  return encoder.encode(scope, inputs, { dropout, positions: "all", part: { to: layers } });
}

/** Traces the head: features [batch, hidden size] → logits [batch, outputs]. */
export function traceHead(
  { encoder, head, outputs }: ClassifierDesign,
  parameters: Parameters,
  features: Tensor,
  dropout: Dropout,
): Tensor {
  if (head === "huggingface") {
    const hidden = encoder.headFeatures(parameters.scope("", "head"), features, dropout);
    const output = parameters.scope(encoder.outputLayer, "head");
    return linear(output, hidden, outputs, { weight: normal(0.02), bias: zeros });
  }
  const initial = torchLinear(encoder.hiddenSize);
  return linear(parameters.scope("classifier", "head"), features, outputs, {
    weight: initial,
    bias: initial,
  });
}

/** Traces the whole classifier: tokens → logits [batch, outputs]. */
export function traceLogits(
  design: ClassifierDesign,
  parameters: Parameters,
  inputs: EncoderInputs,
  dropout: Dropout,
): Tensor {
  return traceHead(design, parameters, traceFeatures(design, parameters, inputs, dropout), dropout);
}

/** Every parameter of a design, encoder first, in the order of the forward pass. */
export function parametersOf(design: ClassifierDesign): Parameter[] {
  const parameters = new Parameters();
  traceLogits(design, parameters, encoderInputs(), noDropout);
  return parameters.list();
}
