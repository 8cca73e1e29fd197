/**
 * The entry `textune/predict`, for programs that use a trained model: it loads neither charts and their fonts nor the
 * readers of data formats, so that a server or a function in the cloud starts quickly.
 *
 * @module
 */

export type { ClassifierOptions, PretrainedOptions } from "./core/classifier/classifier-options.ts";
export type { Prediction, TextInput } from "./core/classifier/predict.ts";
export type { Loading } from "./core/classifier/state.ts";
export type { Task } from "./core/data/targets.ts";
export {
  ConfigError,
  DataError,
  type ErrorContext,
  HubError,
  Interrupted,
  ModelError,
  TextuneError,
} from "./core/errors.ts";
export type { OnProgress, Progress, WorkOptions } from "./core/progress.ts";
export { version } from "./core/version.ts";
export { modelFolder } from "./node/classifier/model-folder.ts";
export { TextClassifier } from "./node/classifier/text-classifier.ts";
export type { HubOptions } from "./node/hub/settings.ts";
