// What a page imports as textune/web. What computes is in worker.ts, which the page never loads itself.

export type { FromScratchOptions, PretrainedOptions } from "../core/classifier/classifier-options.ts";
export type { Prediction, TextInput } from "../core/classifier/predict.ts";
export { concatenate, Dataset } from "../core/data/dataset.ts";
export type { Row, Value } from "../core/data/values.ts";
export {
  ConfigError,
  DataError,
  HubError,
  Interrupted,
  ModelError,
  OutputError,
  TextuneError,
  TrainingError,
} from "../core/errors.ts";
export type { EvaluationReport } from "../core/evaluation/evaluation-report.ts";
export type { OnProgress, Progress, WorkOptions } from "../core/progress.ts";
export type { Encoding } from "../core/text/tokenizer.ts";
export type { TokenizerFiles } from "../core/text/tokenizer-files.ts";
export type { WordPieceOptions } from "../core/text/wordpiece-trainer.ts";
export type * from "../core/training/run-record.ts";
export { version } from "../core/version.ts";
export type { EngineOptions } from "./connection.ts";
export { type LoadDatasetOptions, loadDataset } from "./data-file.ts";
export type { Rows } from "./dataset-message.ts";
export type { Run, RuntimeFiles } from "./messages.ts";
export type { ModelSource } from "./model-source.ts";
export { type FitOptions, type LoadOptions, TextClassifier, trainWordPiece } from "./text-classifier.ts";
