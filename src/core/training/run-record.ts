import type { Answer, Task } from "../data/targets.ts";
import type { Baseline } from "../evaluation/baseline.ts";
import type { EvaluationReport } from "../evaluation/evaluation-report.ts";
import type { LengthBins, LengthSummary } from "../text/length-summary.ts";
import type { Solution } from "./solve-linear.ts";

export type { LengthBins, LengthSummary };

/** Sums over one pass through a split. `loss` is the mean per row, `lossSum` the sum of the batches' mean losses. */
export interface SplitScore {
  rows: number;
  loss: number;
  /** Share of the rows that are right; of a multi-label task, whose whole set of classes is right. */
  accuracy: number;
}

/**
 * One line of `history.jsonl`, written after each epoch (or evaluation). It holds nothing that differs between
 * two runs of the same seed on the same machine: no times, no paths.
 */
export interface HistoryEntry {
  /** From 1. Fractional when an evaluation falls inside an epoch. */
  epoch: number;
  /** Optimizer updates so far. */
  step: number;
  /** Learning rate of the last update. */
  learningRate: number;
  /** Accumulated while training, in front of each update. `loss` weighs rows by their classes as training does; `lossSum` adds up the mean loss of every batch. */
  train: SplitScore & { lossSum: number };
  /** Keyed by the split's name as the user gave it: `test`, `validation_matched`, … */
  evaluations: Record<string, SplitScore & EvaluationScore>;
}

/** What an evaluation adds to a score. */
export interface EvaluationScore {
  macroF1: number;
  /** Of a multi-label task; of others it is the accuracy. */
  microF1?: number;
  /** The caller's own, by name. */
  metrics?: Record<string, number>;
}

/** What one split looked like to the model. */
export interface SplitSummary {
  name: string;
  /** Where it came from: `fancyzhx/ag_news train[:5%]`, a file name. */
  source: string;
  rows: number;
  /** Rows per class, in the order of `RunRecord.labels`. */
  labelCounts: number[];
  /** Rows of 0, 1, 2, … classes, for a multi-label task. */
  rowsBySize?: number[];
  /** Tokens per row before truncation, special tokens included. */
  tokens: LengthSummary;
  /** The same lengths as a histogram. */
  tokenBins?: LengthBins;
  truncatedRows: number;
  /** Share of all tokens that truncation cut off, 0 to 1. */
  truncatedTokens: number;
  /** Share of tokens that the vocabulary doesn't know, 0 to 1. */
  unknownTokens: number;
}

/** Something that makes a result worth less than it looks, said in three parts. */
export interface Finding {
  /** Stable, for programs: `one-class-split`, `majority-prediction`, `loss-at-chance`, … */
  code: string;
  severity: "warning" | "note";
  /** What was found, with numbers. */
  found: string;
  /** Why it matters. */
  why: string;
  /** What to do. */
  advice: string;
}

/** One evaluated row, for the pages that show mistakes. */
export interface PredictedRow {
  /** Index in the split as evaluated, from 0. */
  row: number;
  /** One text, or premise and hypothesis. */
  texts: string[];
  label: Answer;
  predicted: Answer;
  /** How sure the model was, 0 to 1: the probability of the predicted class, or of what was said of `about`. */
  probability: number;
  /** Of a multi-label task the class that the model was surest and wrong of. */
  about?: number;
}

/** A split scored after training. */
export interface FinalEvaluation {
  split: string;
  report: EvaluationReport;
  /** Always answering as most rows of the *training* split are labelled. */
  majorityBaseline: Baseline;
  /** Always answering every class, for a multi-label task. */
  everyClassBaseline?: Baseline;
  /** The most confident mistakes, most confident first. */
  mistakes: PredictedRow[];
}

/** Everything a report says of a run; `metrics.json` in the run's folder. */
export interface RunRecord {
  name: string;
  textuneVersion: string;
  /** ISO 8601. */
  startedAt: string;
  /** The resolved recipe, every key. */
  recipe: Record<string, unknown>;
  /** Whether rows are of one class each, or of any number of them. */
  task: Task;
  /** Whether a row is two texts, such as premise and hypothesis. */
  pair?: boolean;
  labels: string[];
  model: {
    /** As the user named it. */
    name: string;
    /** `config.json`'s `model_type`: `distilbert`, `bert`, … */
    architecture: string;
    head: string;
    pooling: string;
    parameters: number;
    trainableParameters: number;
    layers: number;
    hiddenSize: number;
    /** The encoder's lowest layers that were frozen and that each row went through once; left out where there are none. */
    layersEncodedOnce?: number;
    /** Tokens per row at most: where truncation cuts, else the model's positions. */
    maxLength?: number;
    /** Parameters that the checkpoint doesn't hold, and that began at random: a new head's. */
    initialized?: string[];
    /** The checkpoint's tensors that the model doesn't use: another head's. */
    dropped?: string[];
    /** Why the head is new, and what else was decided in loading the checkpoint. */
    loadingNotes?: string[];
  };
  /** What was taken from the Hugging Face hub, by its id; a local file or folder has none. */
  hub?: { model?: string; dataset?: string };
  data: SplitSummary[];
  /** What was trained and how, why, and how to choose otherwise, in one sentence; where nobody chose it. */
  chosen?: string;
  /** How the head was solved, where it was not trained step by step. */
  solution?: Solution;
  findings: Finding[];
  history: HistoryEntry[];
  /** The best evaluation and its score, where `recipe.bestMetric` decided something. */
  best?: { epoch: number; step: number; metric: string; value: number };
  evaluations: FinalEvaluation[];
  /** Wall-clock seconds. `encoding` only where what is frozen, the encoder or its lowest layers, was run once before. */
  timing: {
    total: number;
    tokenizing: number;
    encoding?: number;
    /** Per epoch, evaluation included. */
    epochs: number[];
    /** In encoding, else in training; left out where every feature came from an earlier run. */
    tokensPerSecond?: number;
    /** Bytes; the process's high-water mark, where the host tells. */
    peakMemory?: number;
  };
  environment: {
    /** Version of Node.js, or name and version of the browser. */
    node?: string;
    browser?: string;
    onnxruntime: string;
    platform: string;
    cpu: string;
    cores: number;
  };
}
