// Plain data that the functions of the public API take and give, so that programs can name every part of it.

export type {
  ClassifierOptions,
  FromScratchOptions,
  PretrainedOptions,
} from "./classifier/classifier-options.ts";
export type { CrossValidationOptions } from "./classifier/cross-validate.ts";
export type { FitOptions } from "./classifier/fit-options.ts";
export type { LossKind } from "./classifier/model-settings.ts";
export type { Prediction, TextInput } from "./classifier/predict.ts";
export type { RecipeData } from "./classifier/recipe-data.ts";
export type { Run } from "./classifier/run.ts";
export type { Thresholds } from "./classifier/thresholds.ts";
export type { Trainable } from "./classifier/trainable.ts";
export type { ColumnOptions } from "./data/column-options.ts";
export type { DatasetDict } from "./data/dataset-dict.ts";
export type { Feature, Features } from "./data/features.ts";
export type { LabelSource } from "./data/label-source.ts";
export type { TrainTestSplitOptions } from "./data/train-test-split.ts";
export type { Row, Value } from "./data/values.ts";
export type { Baseline } from "./evaluation/baseline.ts";
export type { ReliabilityBin } from "./evaluation/calibration.ts";
export type { Outputs } from "./evaluation/outputs.ts";
export type { ColumnDescription } from "./exploration/column-types.ts";
export type * from "./exploration/description.ts";
export type { DuplicateDescription } from "./exploration/duplicates.ts";
export type { LabelDescription, LabelSets } from "./exploration/label-counts.ts";
export type { Overlap, OverlapKind } from "./exploration/overlap.ts";
export type { ClassSamples, Sample } from "./exploration/samples.ts";
export type { TokenDescription } from "./exploration/token-counts.ts";
export type { DownloadProgress, HubOptions } from "./hub/settings.ts";
export type { HeadKind, Pooling } from "./models/classifier.ts";
export type { OnProgress, Progress, WorkOptions } from "./progress.ts";
export type { Terminal } from "./report/terminal/terminal.ts";
export type { AblationResult, VariantResult } from "./runs/ablation-result.ts";
export type * from "./runs/comparison.ts";
export type { SavedRecord } from "./runs/record-schema.ts";
export type { Suspect, SuspectReport } from "./runs/suspects.ts";
export type { LengthDescription } from "./text/length-summary.ts";
export type { Resumption } from "./training/job.ts";
export type * from "./training/run-record.ts";
export type { ScheduleName } from "./training/schedules.ts";
