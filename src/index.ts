export { type Ablation, type AblationVariant, loadAblation } from "./ablation/ablation-file.ts";
export { type RunAblationOptions, runAblation, type VariantWork } from "./ablation/run-ablation.ts";
export { type FindSuspectsOptions, findSuspects } from "./classifier/find-suspects.ts";
export { type InitializedModel, type InitModelOptions, initModel } from "./classifier/init-model.ts";
export {
  loadRecipe,
  type NamedRecipe,
  parseRecipe,
  type Recipe,
  type RecipeInput,
} from "./classifier/recipe.ts";
export { TextClassifier } from "./classifier/text-classifier.ts";
export { type TrainedRecipe, type TrainRecipeOptions, trainRecipe } from "./classifier/train-recipe.ts";
export { concatenate, Dataset } from "./data/dataset.ts";
export { type LoadDatasetOptions, loadDataset } from "./data/load-dataset.ts";
export { type Answer, Targets, type Task } from "./data/targets.ts";
export {
  ConfigError,
  DataError,
  type ErrorContext,
  HubError,
  Interrupted,
  ModelError,
  OutputError,
  TextuneError,
  TrainingError,
} from "./errors.ts";
export {
  compareClassifiers,
  type Interval,
  type PairedComparison,
  type PairedCounts,
} from "./evaluation/compare.ts";
export {
  type ConfidentLearning,
  confidentLearning,
  type LikelyLabelError,
} from "./evaluation/confident-learning.ts";
export { type EvaluationReport, evaluationReport } from "./evaluation/evaluation-report.ts";
export { Logits } from "./evaluation/logits.ts";
export { type ClassificationReport, type ClassScore, classificationReport } from "./evaluation/metrics.ts";
export { MultiLabelLogits } from "./evaluation/multi-label-logits.ts";
export { type MultiLabelReport, multiLabelReport } from "./evaluation/multi-label-metrics.ts";
export { bestThresholds } from "./evaluation/thresholds.ts";
export { type DescribeOptions, describeDataset } from "./exploration/describe-dataset.ts";
export { descriptionFindings } from "./findings/description-findings.ts";
export { TrainingDisplay } from "./report/terminal/training-display.ts";
export { writeAblation } from "./report/write-ablation.ts";
export { writeComparison } from "./report/write-comparison.ts";
export { compareRuns } from "./runs/compare-runs.ts";
export { type EncodeOptions, type Encoding, Tokenizer } from "./text/tokenizer.ts";
export { trainWordPiece, type WordPieceOptions } from "./text/wordpiece-trainer.ts";
export type * from "./types.ts";
export { version } from "./version.ts";
