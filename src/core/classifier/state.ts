import type { Task } from "../data/targets.ts";
import type { ClassifierDesign } from "../models/classifier.ts";
import type { Weights } from "../models/weights.ts";
import type { Parameter } from "../nn/parameters.ts";
import type { Tokenizer } from "../text/tokenizer.ts";

/** A classifier in memory: what training changes, prediction reads and saving writes. */
export interface ClassifierState {
  /** As the user named the model. */
  name: string;
  /** Its id on the Hugging Face hub, where it was taken from there. */
  hubModel?: string;
  /** The encoder's `config.json`, parsed. */
  config: unknown;
  design: ClassifierDesign;
  tokenizer: Tokenizer;
  /** false for random weights. */
  pretrained: boolean;
  /** Whether a row is of one class, or of any number of them. */
  task: Task;
  /** Class names, two or more. */
  labels: readonly string[];
  /** Probabilities above which the classes apply, [classes], for a multi-label task; `fit` may choose others. */
  thresholds: readonly number[] | undefined;
  parameters: readonly Parameter[];
  /** Training updates them in place. */
  weights: Weights;
  /** Tokens that rows are cut to, special tokens included; undefined where training cut none. */
  maxLength: number | undefined;
  /** Whether it was trained on pairs of texts; undefined where that isn't known. */
  pair: boolean | undefined;
}

/** Parameter values by name, as graphs are fed. */
export function valuesOf(weights: Weights): Map<string, Float32Array> {
  return new Map([...weights].map(([name, { values }]) => [name, values]));
}
