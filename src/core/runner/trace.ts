import { symbol } from "../engine/dimension.ts";
import { input } from "../engine/tensor.ts";
import { type ClassifierDesign, traceHead, traceLogits } from "../models/classifier.ts";
import { encoderInputs } from "../models/encoder.ts";
import { encoderFor } from "../models/registry.ts";
import type { Dropout } from "../nn/dropout.ts";
import { Parameters } from "../nn/parameters.ts";
import { featuresInput } from "../training/row-source.ts";
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

/** From a frozen encoder's features to logits. */
export function traceHeadOnFeatures(design: ClassifierDesign, dropout: Dropout): LogitsGraph {
  const parameters = new Parameters();
  const features = input(featuresInput, "float32", [symbol("batch"), design.encoder.hiddenSize]);
  const logits = traceHead(design, parameters, features, dropout);
  return { logits, parameters: parameters.list() };
}
