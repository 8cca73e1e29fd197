import type { FromScratchOptions, PretrainedOptions } from "../core/classifier/classifier-options.ts";
import type { FitOptions as CoreFitOptions } from "../core/classifier/fit-options.ts";
import type { TextInput } from "../core/classifier/predict.ts";
import type { Run as CoreRun } from "../core/classifier/run.ts";
import type { Loading } from "../core/classifier/state.ts";
import type { Task } from "../core/data/targets.ts";
import type { TokenizerFiles } from "../core/text/tokenizer-files.ts";
import type { WordPieceOptions } from "../core/text/wordpiece-trainer.ts";
import type { DatasetMessage } from "./dataset-message.ts";
import type { SourceMessage } from "./model-source.ts";
import type { HubPlace } from "./remote-folder.ts";

/** Where ONNX Runtime's two files are: their folder, or the address of each. */
export type RuntimeFiles = string | { mjs: string; wasm: string };

/** What the page and its worker say to each other, by the method that is called. */

export interface StartMessage {
  runtime: RuntimeFiles;
  threads: number | undefined;
}

export interface LoadMessage {
  /** Of the page's callbacks. */
  job: number;
  source: SourceMessage;
  options: PretrainedOptions;
  hub: HubPlace;
  cache: boolean;
  token: string | undefined;
  /** Whether the page fetches, by a function of its own. */
  pageFetches: boolean;
}

export interface ScratchMessage {
  tokenizer: TokenizerFiles;
  options: Omit<FromScratchOptions, "tokenizer">;
}

/** What a page knows of the classifier in its worker. */
export interface ClassifierInfo {
  labels: readonly string[];
  task: Task;
  thresholds: readonly number[] | undefined;
  loading: Loading;
}

export interface WordPieceMessage {
  texts: readonly string[];
  options: WordPieceOptions;
}

/** Callbacks of `fit` whose answer is waited for. */
export const answered = ["onReady", "onEvaluation"] as const;
/** Those that are only told. */
export const told = ["onProgress", "onStep", "onResume"] as const;

export interface FitMessage {
  job: number;
  train: DatasetMessage;
  evaluate: Readonly<Record<string, DatasetMessage>> | undefined;
  options: Omit<CoreFitOptions, "evaluate" | "features" | "checkpoints" | "signal">;
  /** The callbacks that the page has. */
  callbacks: readonly ((typeof answered)[number] | (typeof told)[number])[];
  checkpoints: string | undefined;
}

/** A finished training: what happened. The model that it left is the classifier. */
export type Run = Pick<CoreRun, "record" | "history">;

export interface FitAnswer {
  run: Run;
  info: ClassifierInfo;
}

export interface EvaluateMessage {
  job: number;
  dataset: DatasetMessage;
}

export interface PredictMessage {
  job: number;
  input: TextInput | readonly TextInput[];
}

/** One of the page's callbacks is to be called. */
export interface EventMessage {
  job: number;
  name: string;
  value: unknown;
}

/** Asks the page to fetch. */
export interface FetchMessage {
  job: number;
  url: string;
  method: string;
  headers: Readonly<Record<string, string>>;
}

export interface FetchAnswer {
  status: number;
  headers: Readonly<Record<string, string>>;
  body: ArrayBuffer;
}
