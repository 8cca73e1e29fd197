import type { Targets } from "../data/targets.ts";
import type { Outputs } from "../evaluation/outputs.ts";
import type { CheckpointStore, TrainingIdentity } from "./checkpoint.ts";
import type { RowSource } from "./row-source.ts";
import type { HistoryEntry, RunRecord } from "./run-record.ts";
import type { TrainingSettings } from "./settings.ts";
import type { LogitsGraph } from "./step.ts";

/** Rows and what is to be said of them. */
export interface LabelledRows {
  source: RowSource;
  /** As many rows as the source has. */
  targets: Targets;
}

/** Everything that one training needs. */
export interface TrainingJob {
  /** Traced for training, with dropout. */
  graph: LogitsGraph;
  /** Traced for evaluation. */
  evaluationGraph: LogitsGraph;
  trainable: (name: string) => boolean;
  /** Values of all parameters by name; the trainable ones are updated in place. */
  parameters: ReadonlyMap<string, Float32Array>;
  classNames: readonly string[];
  train: LabelledRows;
  /** Scored at every evaluation, by split name. */
  evaluate: Readonly<Record<string, LabelledRows>>;
  settings: TrainingSettings;
  /** Where to keep what is needed to go on after a stop. @default nowhere */
  checkpoints?: CheckpointOptions;
  /** Called after every update. */
  onStep?: (step: StepReport) => void;
  /** Called after every evaluation; `stop` ends the training there. */
  onEvaluation?: (evaluation: Evaluation) => unknown;
  /** Names of metrics of the caller's own, which `bestMetric` may name. */
  metricNames?: readonly string[];
  /** Gives them for a split after every evaluation, by name; larger is better. */
  score?: (split: string, logits: Float32Array) => Promise<Record<string, number>>;
}

/** What one update of the weights was. */
export interface StepReport {
  /** Updates done, this one included, and in all. */
  step: number;
  totalSteps: number;
  /** Passes over the training rows, this update included. */
  epoch: number;
  /** Mean training loss of the update's rows. */
  loss: number;
  learningRate: number;
  /** ‖g‖₂ of all gradients together, before clipping. */
  gradientNorm: number;
}

/** What is known after an evaluation. */
export interface Evaluation {
  entry: HistoryEntry;
  /** All entries so far, this one included. */
  history: readonly HistoryEntry[];
  /** Wall-clock seconds since the evaluation before, training included. */
  seconds: number;
  /** Epochs of the whole training. */
  epochs: number;
}

/** How a training is kept and taken up again. */
export interface CheckpointOptions {
  store: CheckpointStore;
  /** Updates between checkpoints. @default those of an epoch */
  saveSteps?: number;
  /** Goes on from the last whole checkpoint; where there is none, training begins at the beginning. */
  resume: boolean;
  /** What the result depends on: only a training that depends on the same is taken up. */
  identity: TrainingIdentity;
  onResume?: (resumption: Resumption) => void;
}

/** Where a training was taken up. */
export interface Resumption {
  /** Updates and epochs done before; 0 where there was no checkpoint. */
  step: number;
  epoch: number;
  /** A line for each checkpoint that was damaged and passed over. */
  damaged: string[];
}

/** What training gives, besides the updated parameters. */
export interface TrainingResult {
  history: HistoryEntry[];
  /** Wall-clock seconds of each entry, training and evaluation. */
  seconds: number[];
  /** Of each evaluated split under the final weights, in row order. */
  outputs: Record<string, Outputs>;
  /** The best evaluation, where something depends on it. */
  best: RunRecord["best"];
}
