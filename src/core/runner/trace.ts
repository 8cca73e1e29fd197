import { symbol } from "../engine/dimension.ts";
import { input } from "../engine/tensor.ts";
import {
  type ClassifierDesign,
  traceFeatures,
  traceHead,
  traceLogits,
  traceLowerLayers,
} from "../models/classifier.ts";
import { encoderInputs } from "../models/encoder.ts";
import { encoderFor } from "../models/registry.ts";
import { type Dropout, noDropout } from "../nn/dropout.ts";
import { Parameters } from "../nn/parameters.ts";
import { featuresInput, hiddenStatesInput } from "../training/row-source.ts";
import type { LogitsGraph } from "../training/step.ts";
import type { DesignData } from "./runner.ts";

/** The design that plain data stand for. */
export const designOf = ({ config, ...design }: DesignData): ClassifierDesign => ({
  ...design,
  encoder: encoderFor(config),
});

/** From tokens to logits. */
export function traceClassifier(design: ClassifierDesign, dropout: Dropout): LogitsGraph {
  const parameters = new Parameters();
  const logits = traceLogits(design, parameters, encoderInputs(), dropout);
  return { logits, parameters: parameters.list() };
}

/**
 * From tokens to logits, with the lowest layers and the embeddings as they are in evaluation, without dropout: the
 * same function as {@link traceUpperLayers} of their hidden states.
 *
 * @param frozenLayers How many layers; at least one, fewer than the encoder has.
 */
export function traceOnFrozenLayers(
  design: ClassifierDesign,
  frozenLayers: number,
  dropout: Dropout,
): LogitsGraph {
  const parameters = new Parameters();
  const inputs = encoderInputs();
  const hidden = traceLowerLayers(design, parameters, inputs, frozenLayers, noDropout);
  const part = { from: frozenLayers, hidden };
  const logits = traceHead(
    design,
    parameters,
    traceFeatures(design, parameters, inputs, dropout, part),
    dropout,
  );
  return { logits, parameters: parameters.list() };
}

/** From the hidden states that the frozen lowest layers gave to logits. */
export function traceUpperLayers(
  design: ClassifierDesign,
  frozenLayers: number,
  dropout: Dropout,
): LogitsGraph {
  const parameters = new Parameters();
  const shape = [symbol("batch"), symbol("length"), design.encoder.hiddenSize];
  const part = { from: frozenLayers, hidden: input(hiddenStatesInput, "float32", shape) };
  const features = traceFeatures(design, parameters, encoderInputs(), dropout, part);
  const logits = traceHead(design, parameters, features, dropout);
  return { logits, parameters: parameters.list() };
}

/** From a frozen encoder's features to logits. */
export function traceHeadOnFeatures(design: ClassifierDesign, dropout: Dropout): LogitsGraph {
  const parameters = new Parameters();
  const features = input(featuresInput, "float32", [symbol("batch"), design.encoder.hiddenSize]);
  const logits = traceHead(design, parameters, features, dropout);
  return { logits, parameters: parameters.list() };
}
