// Plain data that the functions of the public API take and give, so that programs can name every part of it.

export type { MeasuredLayer } from "./app/export/choose-layers.ts";
export type { ExportDtype } from "./app/export/dtypes.ts";
export type { ExportedDtype, ExportRecord } from "./app/export/export-record.ts";
export type { Accuracy, Parity } from "./app/export/parity.ts";
export type { WrittenFile } from "./app/predict-file/work-on-file.ts";
export type { RecipeData } from "./app/recipes/recipe-data.ts";
export type { Terminal } from "./app/report/terminal/terminal.ts";
export type { AblationResult, VariantResult } from "./app/runs/ablation-result.ts";
export type * from "./app/runs/comparison.ts";
export type { SavedRecord } from "./app/runs/record-schema.ts";
export type { Suspect, SuspectReport } from "./app/runs/suspects.ts";
export type {
  ClassifierOptions,
  FromScratchOptions,
  PretrainedOptions,
} from "./core/classifier/classifier-options.ts";
export type { LossKind } from "./core/classifier/model-settings.ts";
export type { Metric, Metrics } from "./core/classifier/own-metrics.ts";
export type { EmbedOptions, Prediction, PredictOptions, TextInput } from "./core/classifier/predict.ts";
export type { Run } from "./core/classifier/run.ts";
export type { Loading } from "./core/classifier/state.ts";
export type { Thresholds } from "./core/classifier/thresholds.ts";
export type { Trainable } from "./core/classifier/trainable.ts";
export type { ColumnOptions } from "./core/data/column-options.ts";
export type { DatasetDict } from "./core/data/dataset-dict.ts";
export type { Feature, Features } from "./core/data/features.ts";
export type { LabelSource } from "./core/data/label-source.ts";
export type { TrainTestSplitOptions } from "./core/data/train-test-split.ts";
export type { Row, Value } from "./core/data/values.ts";
export type { Baseline } from "./core/evaluation/baseline.ts";
export type { ReliabilityBin } from "./core/evaluation/calibration.ts";
export type { Outputs } from "./core/evaluation/outputs.ts";
export type { HeadKind, Pooling } from "./core/models/classifier.ts";
export type { ColumnDescription } from "./core/profiling/column-types.ts";
export type * from "./core/profiling/description.ts";
export type { DuplicateDescription } from "./core/profiling/duplicates.ts";
export type { LabelDescription, LabelSets } from "./core/profiling/label-counts.ts";
export type { Overlap, OverlapKind } from "./core/profiling/overlap.ts";
export type { ClassSamples, Sample } from "./core/profiling/samples.ts";
export type { TokenDescription } from "./core/profiling/token-counts.ts";
export type { OnProgress, Progress, WorkOptions } from "./core/progress.ts";
export type { LengthDescription } from "./core/text/length-summary.ts";
export type { Evaluation, Resumption, StepReport } from "./core/training/job.ts";
export type * from "./core/training/run-record.ts";
export type { ScheduleName } from "./core/training/schedules.ts";
export type { CrossValidationOptions, FitOptions } from "./node/classifier/text-classifier.ts";
export type { HubOptions } from "./node/hub/settings.ts";
