export { type Ablation, type AblationVariant, loadAblation } from "./app/ablation/ablation-file.ts";
export { type RunAblationOptions, runAblation, type VariantWork } from "./app/ablation/run-ablation.ts";
export { type ExportOptions, exportModel } from "./app/export/export-model.ts";
export { type EmbedFileOptions, embedFile } from "./app/predict-file/embed-file.ts";
export { type PredictFileOptions, predictFile } from "./app/predict-file/predict-file.ts";
export { type DescribeOptions, describeDataset } from "./app/profiling/describe-dataset.ts";
export { type FindSuspectsOptions, findSuspects } from "./app/recipes/find-suspects.ts";
export { type InitializedModel, type InitModelOptions, initModel } from "./app/recipes/init-model.ts";
export {
  loadRecipe,
  type NamedRecipe,
  parseRecipe,
  type Recipe,
  type RecipeInput,
} from "./app/recipes/recipe.ts";
export { runSummary, saveRun, writeRunReport } from "./app/recipes/save-run.ts";
export { type TrainedRecipe, type TrainRecipeOptions, trainRecipe } from "./app/recipes/train-recipe.ts";
export { TrainingDisplay } from "./app/report/terminal/training-display.ts";
export { writeAblation } from "./app/report/write-ablation.ts";
export { writeComparison } from "./app/report/write-comparison.ts";
export { compareRuns } from "./app/runs/compare-runs.ts";
export { concatenate, Dataset } from "./core/data/dataset.ts";
export { type Answer, Targets, type Task } from "./core/data/targets.ts";
export {
  ConfigError,
  DataError,
  type ErrorContext,
  ExportError,
  HubError,
  Interrupted,
  ModelError,
  OutputError,
  TextuneError,
  TrainingError,
} from "./core/errors.ts";
export {
  compareClassifiers,
  type Interval,
  type PairedComparison,
  type PairedCounts,
} from "./core/evaluation/compare.ts";
export {
  type ConfidentLearning,
  confidentLearning,
  type LikelyLabelError,
} from "./core/evaluation/confident-learning.ts";
export { type EvaluationReport, evaluationReport } from "./core/evaluation/evaluation-report.ts";
export { Logits } from "./core/evaluation/logits.ts";
export {
  type ClassificationReport,
  type ClassScore,
  classificationReport,
} from "./core/evaluation/metrics.ts";
export { MultiLabelLogits } from "./core/evaluation/multi-label-logits.ts";
export { type MultiLabelReport, multiLabelReport } from "./core/evaluation/multi-label-metrics.ts";
export { bestThresholds } from "./core/evaluation/thresholds.ts";
export { descriptionFindings } from "./core/findings/description-findings.ts";
export { tokenizeRows } from "./core/text/tokenize-rows.ts";
export { type EncodeOptions, type Encoding, Tokenizer } from "./core/text/tokenizer.ts";
export type { WordPieceOptions } from "./core/text/wordpiece-trainer.ts";
export { TokenSource } from "./core/training/row-source.ts";
export { TrainingStep } from "./core/training/step.ts";
export { Updater } from "./core/training/update.ts";
export { version } from "./core/version.ts";
export { TextClassifier } from "./node/classifier/text-classifier.ts";
export { type LoadDatasetOptions, loadDataset } from "./node/data/load-dataset.ts";
export { loadTokenizer, saveTokenizer } from "./node/text/tokenizer-folder.ts";
export { trainWordPiece } from "./node/text/train-word-piece.ts";
export type { ThreadOptions } from "./node/worker/node-runner.ts";
export type * from "./types.ts";
