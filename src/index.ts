export { type Ablation, type AblationVariant, loadAblation } from "./ablation/ablation-file.ts";
export { type RunAblationOptions, runAblation } from "./ablation/run-ablation.ts";
export type {
  ClassifierOptions,
  FromScratchOptions,
  PretrainedOptions,
} from "./classifier/classifier-options.ts";
export type { CrossValidationOptions } from "./classifier/cross-validate.ts";
export { type FindSuspectsOptions, findSuspects } from "./classifier/find-suspects.ts";
export type { FitOptions } from "./classifier/fit-options.ts";
export { type InitModelOptions, initModel } from "./classifier/init-model.ts";
export type { Prediction, TextInput } from "./classifier/predict.ts";
export { loadRecipe, parseRecipe, type Recipe, type RecipeInput } from "./classifier/recipe.ts";
export { Run } from "./classifier/run.ts";
export { TextClassifier } from "./classifier/text-classifier.ts";
export type { Thresholds } from "./classifier/thresholds.ts";
export { type TrainedRecipe, trainRecipe } from "./classifier/train-recipe.ts";
export type { Trainable } from "./classifier/trainable.ts";
export type { ColumnOptions } from "./data/column-options.ts";
export { concatenate, Dataset } from "./data/dataset.ts";
export type { DatasetDict } from "./data/dataset-dict.ts";
export type { Feature, Features } from "./data/features.ts";
export { type LoadDatasetOptions, loadDataset } from "./data/load-dataset.ts";
export { type Answer, Targets, type Task } from "./data/targets.ts";
export type { Row, Value } from "./data/values.ts";
export {
  ConfigError,
  DataError,
  HubError,
  Interrupted,
  ModelError,
  OutputError,
  TextuneError,
  TrainingError,
} from "./errors.ts";
export { compareClassifiers } from "./evaluation/compare.ts";
export { type ConfidentLearning, confidentLearning } from "./evaluation/confident-learning.ts";
export { type EvaluationReport, evaluationReport } from "./evaluation/evaluation-report.ts";
export { Logits } from "./evaluation/logits.ts";
export { type ClassificationReport, classificationReport } from "./evaluation/metrics.ts";
export { MultiLabelLogits } from "./evaluation/multi-label-logits.ts";
export { type MultiLabelReport, multiLabelReport } from "./evaluation/multi-label-metrics.ts";
export { bestThresholds } from "./evaluation/thresholds.ts";
export { type DescribeOptions, describeDataset } from "./exploration/describe-dataset.ts";
export type { DatasetDescription, SplitDescription } from "./exploration/description.ts";
export { descriptionFindings } from "./findings/description-findings.ts";
export type { HubOptions } from "./hub/settings.ts";
export type { HeadKind, Pooling } from "./models/classifier.ts";
export type { OnProgress, Progress, WorkOptions } from "./progress.ts";
export { TrainingDisplay } from "./report/terminal/training-display.ts";
export { writeAblation } from "./report/write-ablation.ts";
export { writeComparison } from "./report/write-comparison.ts";
export type { AblationResult, VariantResult } from "./runs/ablation-result.ts";
export { compareRuns } from "./runs/compare-runs.ts";
export type { Comparison } from "./runs/comparison.ts";
export type { Suspect, SuspectReport } from "./runs/suspects.ts";
export { Tokenizer } from "./text/tokenizer.ts";
export { trainWordPiece, type WordPieceOptions } from "./text/wordpiece-trainer.ts";
export type { Finding, HistoryEntry, RunRecord, SplitSummary } from "./training/run-record.ts";
export { version } from "./version.ts";
