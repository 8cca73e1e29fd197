import type { Task } from "../data/targets.ts";
import type { ClassifierDesign } from "../models/classifier.ts";
import type { Weights } from "../models/weights.ts";
import type { Parameter } from "../nn/parameters.ts";
import type { DesignData } from "../runner/runner.ts";
import type { Tokenizer } from "../text/tokenizer.ts";

/** What loading a checkpoint did besides reading it. */
export interface Loading {
  /** Parameters that the checkpoint doesn't hold, and that began at random. Empty for a model from scratch. */
  initialized: readonly string[];
  /** The checkpoint's tensors that the model doesn't use. */
  dropped: readonly string[];
  /** Why, and what else was decided. */
  notes: readonly string[];
}

/** A classifier in memory: what prediction reads and saving writes. Training makes a new one. */
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
  loading: Loading;
  /** Parameters of the head that are random: nothing trained them yet. */
  untrainedHead: readonly string[];
  /** Whether a row is of one class, or of any number of them. */
  task: Task;
  /** Class names, two or more. */
  labels: readonly string[];
  /** Probabilities above which the classes apply, [classes], for a multi-label task; `fit` may choose others. */
  thresholds: readonly number[] | undefined;
  parameters: readonly Parameter[];
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

/** What its graphs are traced from, as plain data. */
export function designData({ config, design }: Pick<ClassifierState, "config" | "design">): DesignData {
  const { head, pooling, outputs } = design;
  return { config, head, pooling, outputs };
}
