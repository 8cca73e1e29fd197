import type { TargetsData } from "../data/targets.ts";
import type { WorkOptions } from "../progress.ts";
import type { CheckpointStore, TrainingIdentity } from "../training/checkpoint.ts";
import type { Evaluation, Resumption, StepReport } from "../training/job.ts";
import type { HistoryEntry, RunRecord } from "../training/run-record.ts";
import type { TrainingSettings } from "../training/settings.ts";
import type { Solution, SolverSettings } from "../training/solve-linear.ts";
import type { RowsData } from "./rows-data.ts";
import type { DesignData } from "./runner.ts";

/** Rows and what is to be said of them, as plain data. */
export interface LabelledData {
  rows: RowsData;
  /** As many as there are rows. */
  targets: TargetsData;
}

/** Everything that decides a training, as plain data. */
export interface TrainingTask {
  design: DesignData;
  /** What its rows are: tokens for the whole classifier, features for the head alone, or hidden states between the two. */
  input: RowsData["kind"];
  /** The encoder's lowest layers that are frozen and have no dropout, where those above are trained. @default 0 */
  frozenLayers?: number;
  /** Values of the parameters by name, as they are before. */
  weights: ReadonlyMap<string, Float32Array>;
  /** Names of the parameters that are trained. */
  trained: readonly string[];
  classNames: readonly string[];
  train: LabelledData;
  /** Scored at every evaluation, by split name. */
  evaluate: Readonly<Record<string, LabelledData>>;
  settings: TrainingSettings;
  /** Solves the head in place of training it step by step. */
  solver?: SolverSettings;
  /** Names of the metrics that `TrainingWatch.score` gives. */
  metricNames: readonly string[];
  /** How checkpoints are kept, where `TrainingWatch.checkpoints` says where. */
  checkpoints?: { saveSteps?: number; resume: boolean; identity: TrainingIdentity };
}

/** Who takes part in a training from outside; every call is made in the thread that asked for the training. */
export interface TrainingWatch extends WorkOptions {
  checkpoints?: CheckpointStore;
  onResume?: (resumption: Resumption) => void;
  onStep?: (step: StepReport) => void;
  onEvaluation?: (evaluation: Evaluation) => unknown;
  /** Metrics of one's own, of a split after an evaluation, by name. */
  score?: (split: string, logits: Float32Array) => Promise<Record<string, number>>;
}

/** What a training gives. */
export interface TrainingOutcome {
  history: HistoryEntry[];
  /** Wall-clock seconds of each entry, training and evaluation. */
  seconds: number[];
  best: RunRecord["best"];
  /** How the head was solved, where it was. */
  solution?: Solution;
  /** Of each evaluated split under the final weights: row-major [rows, classes], a single output z as 0 and z. */
  logits: Record<string, Float32Array>;
  /** Values of the trained parameters by name. */
  weights: ReadonlyMap<string, Float32Array>;
}
