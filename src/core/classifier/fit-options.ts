import type { Dataset } from "../data/dataset.ts";
import { ConfigError } from "../errors.ts";
import type { WorkOptions } from "../progress.ts";
import { parseBestMetric } from "../training/best-model.ts";
import type { Resumption } from "../training/job.ts";
import type { Finding, HistoryEntry } from "../training/run-record.ts";
import { type ScheduleName, scheduleNames } from "../training/schedules.ts";
import type { TrainingSettings } from "../training/settings.ts";
import type { Thresholds } from "./thresholds.ts";
import type { Trainable } from "./trainable.ts";

/**
 * How `fit` trains. Names and defaults are those of Hugging Face's Trainer; defaults that depend on what is trained
 * are those of {@link trainingDefaults}.
 */
export interface FitOptions extends WorkOptions {
  /** Datasets to score at every evaluation, by name. */
  evaluate?: Readonly<Record<string, Dataset>>;
  /** @default 20 for a head, else 3 */
  epochs?: number;
  /** Rows of a batch. @default 64 for a head, else 16 */
  batchSize?: number;
  /** Batches of an update: 4 of 8 rows update as one of 32, in the memory of 8. @default 1 */
  gradientAccumulationSteps?: number;
  /** Puts rows of similar length into a batch, so that less is padded. @default false */
  groupByLength?: boolean;
  /** @default 1e-3 for a head, else 5e-5 */
  learningRate?: number;
  /** @default "adam" for a head, else "adamw" */
  optimizer?: "adam" | "adamw";
  /** Biases and layer norms are spared. @default 0 */
  weightDecay?: number;
  /** @default "constant" for a head, else "linear" */
  schedule?: ScheduleName;
  /** Share of all updates over which the learning rate rises from 0. @default 0 */
  warmupRatio?: number;
  /** Updates over which the learning rate rises from 0, in place of a share. */
  warmupSteps?: number;
  /** Largest norm of all gradients together; 0 doesn't clip. @default 0 for a head, else 1 */
  maxGradNorm?: number;
  /** Share of every target that is spread over all classes, in the training loss alone. @default 0 */
  labelSmoothing?: number;
  /**
   * Factor of each class in the training loss, in the order of the labels; `balanced` makes every class count alike,
   * rows / (classes · rows of the class). Of a multi-label task the factor is that of the rows that have the class
   * (PyTorch's `pos_weight`), `balanced` being rows without it / rows with it. @default 1 for all
   */
  classWeights?: "balanced" | readonly number[];
  /**
   * Probability above which a class of a multi-label task applies: one for all, one each in the order of the labels, or
   * `best`, those with the best F1 of each class on `thresholdSplit`, chosen after training. They are kept in the
   * model. @default the model's own, which are 0.5 unless others were given
   */
  thresholds?: Thresholds;
  /** Evaluated split that `thresholds: "best"` are chosen on. @default the first that is no test split */
  thresholdSplit?: string;
  /** Updates between evaluations; one always follows the last update. @default those of an epoch */
  evalSteps?: number;
  /**
   * What makes one evaluation better than another: `validation.loss`, `validation.accuracy`, `validation.macroF1` or
   * `validation.microF1` for a split named `validation`; a metric alone is that of the first split.
   * @default "loss", where it is needed
   */
  bestMetric?: string;
  /** Stops after so many evaluations in a row without a better one. @default never */
  earlyStoppingPatience?: number;
  /** Ends with the weights of the best evaluation instead of the last. @default false */
  loadBestModelAtEnd?: boolean;
  /** Of the order of the rows and of dropout. @default 42 */
  seed?: number;
  /**
   * Tokens that rows are cut to; `true` cuts to the model's positions, `false` refuses rows that are longer.
   * @default true
   */
  truncation?: boolean | number;
  /** Drops rows with an empty text, or an empty side of a pair, which are errors otherwise. @default false */
  dropEmpty?: boolean;
  /**
   * Keeps dropout on in a frozen encoder while training, as `model.train()` does in PyTorch. Every epoch then
   * encodes every row again, with different masks; without it a frozen encoder's features are computed once.
   * @default false
   */
  encoderDropout?: boolean;
  /** `false` lets padding take part in attention: a mistake, here to be shown. @default true */
  attentionMask?: boolean;
  /** Folder that keeps a frozen encoder's features for later runs; `false` keeps none. @default the user's cache */
  featureCache?: string | false;
  /**
   * Folder of checkpoints `step-N`: the weights that are trained, the optimizer's state and the history so far. From
   * the last one a stopped training goes on, to the same weights as if it had never stopped. @default none are kept
   */
  checkpointFolder?: string;
  /** Updates between checkpoints; one is also written when `signal` stops the training. @default those of an epoch */
  saveSteps?: number;
  /** Checkpoints that stay: the latest ones. @default 2 */
  saveTotalLimit?: number;
  /**
   * Goes on from the last checkpoint that is whole. Data, model and options must be those it was started with.
   * Without a checkpoint, training begins at the beginning. @default false
   */
  resume?: boolean;
  /** Called where a resumed training goes on. */
  onResume?: (resumption: Resumption) => void;
  /** Name of the run, for its report. @default "run" */
  name?: string;
  /** The recipe that the report shows, where there is more to it than these options. */
  recipe?: Record<string, unknown>;
  /** Id of the training data on the Hugging Face hub, for the model card. */
  hubDataset?: string;
  /** Called with what the checks of data and settings found, before anything is encoded or trained. */
  onReady?: (findings: readonly Finding[]) => void | Promise<void>;
  /** Refuses to train where a check of the data or the settings warns of something. @default false */
  strict?: boolean;
  /**
   * Called after every evaluation with what it took since the last in seconds, how many epochs there are, and the
   * history so far.
   */
  onEpoch?: (
    entry: HistoryEntry,
    seconds: number,
    epochs: number,
    history: readonly HistoryEntry[],
  ) => void | Promise<void>;
}

type DefaultSettings = Pick<
  TrainingSettings,
  "epochs" | "batchSize" | "optimizer" | "learningRate" | "schedule" | "maxGradNorm"
>;

/** A head on frozen features bears a large step and many epochs; a pretrained encoder needs Hugging Face's caution. */
export function trainingDefaults(trainable: Trainable): DefaultSettings {
  return trainable === "head"
    ? {
        epochs: 20,
        batchSize: 64,
        optimizer: "adam",
        learningRate: 1e-3,
        schedule: "constant",
        maxGradNorm: 0,
      }
    : {
        epochs: 3,
        batchSize: 16,
        optimizer: "adamw",
        learningRate: 5e-5,
        schedule: "linear",
        maxGradNorm: 1,
      };
}

/**
 * Fills in the defaults.
 *
 * @param model What is decided by the classifier: its task, the thresholds while training, and class weights as
 * `options.classWeights` asks for them, [classes].
 * @throws ConfigError for a value that can't work.
 */
export function trainingSettings(
  trainable: Trainable,
  options: FitOptions,
  model: Pick<TrainingSettings, "task" | "thresholds" | "classWeights">,
): TrainingSettings {
  const defaults = trainingDefaults(trainable);
  const { warmupSteps, evalSteps, earlyStoppingPatience } = options;
  const settings: TrainingSettings = {
    epochs: options.epochs ?? defaults.epochs,
    batchSize: options.batchSize ?? defaults.batchSize,
    gradientAccumulationSteps: options.gradientAccumulationSteps ?? 1,
    groupByLength: options.groupByLength ?? false,
    optimizer: options.optimizer ?? defaults.optimizer,
    learningRate: options.learningRate ?? defaults.learningRate,
    weightDecay: options.weightDecay ?? 0,
    schedule: options.schedule ?? defaults.schedule,
    warmupRatio: options.warmupRatio ?? 0,
    warmupSteps,
    maxGradNorm: options.maxGradNorm ?? defaults.maxGradNorm,
    labelSmoothing: options.labelSmoothing ?? 0,
    ...model,
    evalSteps,
    bestMetric: bestMetricOf(options),
    earlyStoppingPatience,
    loadBestModelAtEnd: options.loadBestModelAtEnd ?? false,
    seed: options.seed ?? 42,
  };
  checkSettings(settings);
  const { saveSteps, saveTotalLimit } = options;
  checkCount("saveSteps", saveSteps);
  checkCount("saveTotalLimit", saveTotalLimit);
  return settings;
}

/** In full, `SPLIT.METRIC`; undefined where nothing depends on it. */
function bestMetricOf(options: FitOptions): string | undefined {
  const { bestMetric, earlyStoppingPatience, loadBestModelAtEnd, evaluate = {} } = options;
  if (bestMetric === undefined && earlyStoppingPatience === undefined && !loadBestModelAtEnd)
    return undefined;
  const { split, metric } = parseBestMetric(bestMetric ?? "loss", Object.keys(evaluate));
  return `${split}.${metric}`;
}

function checkSettings(settings: TrainingSettings): void {
  const counts = [
    ...(["epochs", "batchSize", "gradientAccumulationSteps"] as const),
    ...(["evalSteps", "earlyStoppingPatience"] as const),
  ];
  for (const key of counts) checkCount(key, settings[key]);
  const { learningRate, weightDecay, warmupRatio, warmupSteps, maxGradNorm, labelSmoothing } = settings;
  const { classWeights, schedule, seed } = settings;
  check(learningRate > 0 && Number.isFinite(learningRate), "learningRate", learningRate, "a number above 0");
  check(weightDecay >= 0 && weightDecay < 1, "weightDecay", weightDecay, "a number from 0 to 1");
  check(warmupRatio >= 0 && warmupRatio <= 1, "warmupRatio", warmupRatio, "a number from 0 to 1");
  check(
    warmupSteps === undefined || isCount(warmupSteps, 0),
    "warmupSteps",
    warmupSteps,
    "a whole number from 0",
  );
  check(maxGradNorm >= 0, "maxGradNorm", maxGradNorm, "a number from 0");
  check(
    labelSmoothing >= 0 && labelSmoothing < 1,
    "labelSmoothing",
    labelSmoothing,
    "a number from 0 to below 1",
  );
  check(
    !classWeights || classWeights.every((weight) => weight > 0 && Number.isFinite(weight)),
    "classWeights",
    classWeights,
    "numbers above 0",
  );
  check(Number.isSafeInteger(seed), "seed", seed, "a whole number");
  check(scheduleNames.includes(schedule), "schedule", schedule, scheduleNames.join(", "));
}

const isCount = (value: number, least: number): boolean => Number.isSafeInteger(value) && value >= least;

function checkCount(key: string, value: number | undefined): void {
  check(value === undefined || isCount(value, 1), key, value, "a whole number from 1");
}

function check(holds: boolean, key: string, value: unknown, expected: string): void {
  if (!holds) throw new ConfigError(`${key}: ${String(value)} can't be used; give ${expected}`);
}
