import { z } from "zod";
import type { Dataset } from "../data/dataset.ts";
import { ConfigError } from "../errors.ts";
import { count, parseOptions } from "../options.ts";
import type { WorkOptions } from "../progress.ts";
import { metricNames, parseBestMetric } from "../training/best-model.ts";
import type { CheckpointStore } from "../training/checkpoint.ts";
import { featureScalings } from "../training/feature-scaling.ts";
import type { Evaluation, Resumption, StepReport } from "../training/job.ts";
import { optimizerNames } from "../training/optimizers/index.ts";
import type { Finding } from "../training/run-record.ts";
import { scheduleNames } from "../training/schedules.ts";
import type { TrainingSettings } from "../training/settings.ts";
import type { FeatureStore } from "./host.ts";
import type { Metrics } from "./own-metrics.ts";
import type { Trainable } from "./trainable.ts";
import type { TrainingPlan } from "./training-plan.ts";

/**
 * How a head is made. `steps`: by updates of an optimizer, batch for batch. `logistic`: as the minimum of a logistic
 * regression on the features of a frozen encoder.
 */
export const methods = ["steps", "logistic"] as const;
export type Method = (typeof methods)[number];

const probability = z.coerce.number<number | string>().min(0).lt(1);

/**
 * How `fit` trains: everything that can be said in a file. Names and defaults are those of Hugging Face's Trainer; an
 * option without a default that is left out is decided by what is trained, see {@link trainingDefaults}. A recipe takes
 * the same keys, and the command line makes a flag of each, with its description for help.
 */
export const fitSchema = z.strictObject({
  /**
   * Keeps dropout on in a frozen encoder while training, as `model.train()` does in PyTorch. Every epoch then
   * encodes every row again, with different masks; without it a frozen encoder's features are computed once. The same
   * goes for the frozen layers below those that `top:N` trains.
   */
  encoderDropout: z
    .boolean()
    .default(false)
    .describe("keep dropout on in a frozen encoder, or its frozen layers, while training"),
  /**
   * Memory for the hidden states of the lowest layers where they are frozen (`top:N`), in MiB. Where all rows' fit,
   * those layers are run once for each row; where they don't, at every step, with the same result. 0 keeps none.
   */
  hiddenStateMemory: z
    .number()
    .min(0)
    .default(2048)
    .describe("MiB for the hidden states of frozen layers, so that each row goes through them once; 0: none"),
  /** `false` lets padding take part in attention: a mistake, here to be shown. */
  attentionMask: z
    .boolean()
    .default(true)
    .describe("false lets padding take part in attention: a mistake, to be shown"),
  /**
   * Tokens that rows are cut to; `true` cuts to what the classifier was trained on before, else to the model's
   * positions; `false` refuses rows that are longer.
   */
  truncation: z
    .union([z.boolean(), count], { error: "give true, false, or a number of tokens" })
    .default(true)
    .describe("tokens that texts are cut to; true: the model's positions; false: longer texts are an error"),
  /** Drops rows with an empty text, or an empty side of a pair, which are errors otherwise. */
  dropEmpty: z
    .boolean()
    .default(false)
    .describe("drop rows with an empty text, or an empty side of a pair, which are errors otherwise"),
  /**
   * Drops rows without a label (an empty cell, NaN, or −1 where no class is called that), which are errors otherwise.
   * A split to evaluate that has no label at all is left out, with a note, whatever this says.
   */
  dropUnlabelled: z
    .boolean()
    .default(false)
    .describe(
      "drop rows without a label (an empty cell, or -1 that is no class), which are errors otherwise",
    ),
  /**
   * `logistic` solves a linear head on a frozen encoder's features; everything that is about updates goes with `steps`.
   *
   * @default logistic for few rows, where a linear head is all that is trained and no option is about updates
   */
  method: z
    .enum(methods)
    .optional()
    .describe("train by steps, or solve a linear head on a frozen encoder (default: by the number of rows)"),
  /** Of `method: "logistic"`; large values trust the rows, small ones keep the weights small. */
  logisticC: z
    .number()
    .positive()
    .optional()
    .describe("method: logistic: inverse of the L2 penalty (default: chosen by cross-validation)"),
  /** Of `method: "logistic"`, see {@link featureScalings}. @default "length" */
  featureScaling: z
    .enum(featureScalings)
    .optional()
    .describe("method: logistic: what features are scaled by: their mean length, each by itself, or none"),
  /** @default 20 for a head, else 3, and more where that would be fewer than 1,000 updates, or else 200 */
  epochs: count
    .optional()
    .describe("passes over the training rows (default: 20 for a head, else 3; more where rows are few)"),
  /** Rows of a batch. @default 64 for a head, else 16 */
  batchSize: count.optional().describe("rows per batch"),
  /** Batches of an update: 4 of 8 rows update as one of 32, in the memory of 8. @default 1 */
  gradientAccumulationSteps: count.optional().describe("batches per update"),
  groupByLength: z
    .boolean()
    .default(false)
    .describe("put rows of similar length into a batch, so that less is padded"),
  /** @default "adam" for a head, else "adamw" */
  optimizer: z.enum(optimizerNames).optional().describe(optimizerNames.join(" or ")),
  /** @default 1e-3 for a head, else 5e-5 */
  learningRate: z.number().positive().optional().describe("step size"),
  /** @default 0 */
  weightDecay: z.number().min(0).lt(1).optional().describe("decay of weights, biases and layer norms spared"),
  /** @default "constant" for a head, else "linear" */
  schedule: z
    .enum(scheduleNames)
    .optional()
    .describe(`course of the learning rate: ${scheduleNames.join(", ")}`),
  /** @default 0 */
  warmupRatio: z
    .number()
    .min(0)
    .max(1)
    .optional()
    .describe("share of the updates over which the learning rate rises"),
  warmupSteps: z
    .int()
    .min(0)
    .optional()
    .describe("updates over which the learning rate rises, in place of a share"),
  /** @default 0 for a head, else 1 */
  maxGradNorm: z.number().min(0).optional().describe("largest norm of the gradients; 0 doesn't clip"),
  /** In the training loss alone. @default 0 */
  labelSmoothing: z
    .number()
    .min(0)
    .lt(1)
    .optional()
    .describe("share of every target that is spread over all classes"),
  /**
   * `balanced` makes every class count alike, rows / (classes · rows of the class). Of a multi-label task the factor is
   * that of the rows that have the class (PyTorch's `pos_weight`), `balanced` being rows without it / rows with it.
   *
   * @default 1 for all
   */
  classWeights: z
    .union([z.literal("balanced"), z.array(z.coerce.number<number | string>().positive()).readonly()], {
      error: "give balanced, or a number above 0 for each class",
    })
    .optional()
    .describe("factor of each class in the loss, in the order of the labels, or balanced"),
  /**
   * `best`: those with the best F1 of each class on `thresholdSplit`, chosen after training. They are kept in the model.
   *
   * @default the model's own, which are 0.5 unless others were given
   */
  thresholds: z
    .union([z.literal("best"), probability, z.array(probability).readonly()], {
      error: "give best, a probability from 0 to below 1, or one for each class",
    })
    .optional()
    .describe(
      "multiLabel: probability above which a class applies (default: 0.5), one for each, or best: the best F1 on a split",
    ),
  thresholdSplit: z
    .string()
    .optional()
    .describe(
      "evaluated split that thresholds: best are chosen on (default: the first that is no test split)",
    ),
  /** One evaluation always follows the last update. @default those of an epoch, or more where rows are few */
  evalSteps: count
    .optional()
    .describe("updates between evaluations (default: those of an epoch, more where rows are few)"),
  /**
   * `validation.loss`, `validation.accuracy`, `validation.macroF1`, `validation.microF1`, or a metric of `metrics`, for
   * a split named `validation`; a metric alone is that of the first split.
   *
   * @default "loss", where it is needed
   */
  bestMetric: z
    .string()
    .optional()
    .describe("what makes an evaluation the best: loss, accuracy, macroF1 or microF1, or SPLIT.METRIC"),
  earlyStoppingPatience: count
    .optional()
    .describe("stop after so many evaluations without a better one (default: never)"),
  loadBestModelAtEnd: z
    .boolean()
    .default(false)
    .describe("end with the weights of the best evaluation instead of the last"),
  seed: z.int().default(42).describe("of everything random: rows taken, their order, the new head, dropout"),
  /** One checkpoint is also written when `signal` stops the training. */
  saveSteps: count.optional().describe("updates between checkpoints (default: those of an epoch)"),
  /**
   * Data, model and options must be those it was started with. Without a checkpoint, training begins at the beginning.
   */
  resume: z
    .boolean()
    .default(false)
    .describe("go on with the stopped run in the output folder, from its last checkpoint"),
  strict: z.boolean().default(false).describe("stop before training where a check warns of something"),
});

/** How `fit` trains, as it is given; all of it can be left out. */
export type FitSettings = z.input<typeof fitSchema>;

/** How `fit` trains, what it is to score, where it keeps what it needs again, and who watches. */
export interface FitOptions extends FitSettings, WorkOptions {
  /** Datasets to score at every evaluation, by name. */
  evaluate?: Readonly<Record<string, Dataset>>;
  /** Where a frozen encoder's features are kept for later runs. @default nowhere */
  features?: FeatureStore;
  /**
   * Where checkpoints are kept: the weights that are trained, the optimizer's state and the history so far. From the
   * last one a stopped training goes on, to the same weights as if it had never stopped. @default nowhere
   */
  checkpoints?: CheckpointStore;
  /**
   * Metrics of one's own, which `bestMetric` may name and the history keeps: of a split's outputs, [rows, classes], and
   * its targets, after every evaluation. Larger is better.
   */
  metrics?: Metrics;
  /** Called where a resumed training goes on. */
  onResume?: (resumption: Resumption) => void;
  /** Name of the run, for its report. @default "run" */
  name?: string;
  /** The recipe that the report shows, where there is more to it than these options. */
  recipe?: Record<string, unknown>;
  /** What was found about the data where they were split or chosen, for the report. */
  dataFindings?: readonly Finding[];
  /** Id of the training data on the Hugging Face hub, for the model card. */
  hubDataset?: string;
  /** Called with what is to be trained and how, before `onReady`. */
  onPlan?: (plan: TrainingPlan) => void;
  /** Called with the rows that are used, before `onReady`. */
  onRows?: (used: UsedData) => void;
  /** Called with what the checks of data and settings found, before anything is encoded or trained. */
  onReady?: (findings: readonly Finding[]) => void | Promise<void>;
  /** Called after every update of the weights. */
  onStep?: (step: StepReport) => void;
  /** Called after every evaluation; training ends where it gives `stop`, or a promise of it. */
  onEvaluation?: (evaluation: Evaluation) => EvaluationAnswer | Promise<EvaluationAnswer>;
}

/** The rows that are trained on and scored, those that are left out aside. */
export interface UsedData {
  train: Dataset;
  evaluate: Readonly<Record<string, Dataset>>;
}

/** What a callback may say to an evaluation. */
// biome-ignore lint/suspicious/noConfusingVoidType: a callback that says nothing is the usual one
export type EvaluationAnswer = "stop" | void;

/** Keys of {@link FitOptions} that can't be said in a file. */
const ownKeys = [
  ...(["evaluate", "features", "checkpoints", "onResume", "name", "recipe", "hubDataset"] as const),
  ...(["dataFindings", "onRows", "metrics"] as const),
  ...(["onReady", "onPlan", "onStep", "onEvaluation", "onProgress", "signal"] as const),
] satisfies (keyof Omit<FitOptions, keyof FitSettings>)[];

/**
 * The part of `fit`'s options that can be said in a file, checked and with its defaults.
 *
 * @throws ConfigError for a value that can't work, or an option that doesn't exist.
 */
export function fitSettings(options: FitOptions): z.output<typeof fitSchema> {
  const own = new Set<string>(ownKeys);
  const settings = Object.fromEntries(Object.entries(options).filter(([key]) => !own.has(key)));
  return parseOptions(fitSchema, settings);
}

type DefaultSettings = Pick<
  TrainingSettings,
  "epochs" | "batchSize" | "optimizer" | "learningRate" | "schedule" | "maxGradNorm"
> & {
  /** Updates that a training without `epochs` has at least: few rows make few updates an epoch. */
  leastUpdates: number;
};

/** A head on frozen features bears a large step and many epochs; a pretrained encoder needs Hugging Face's caution. */
export function trainingDefaults(trainable: Trainable): DefaultSettings {
  return trainable === "head"
    ? {
        epochs: 20,
        leastUpdates: 1000,
        batchSize: 64,
        optimizer: "adam",
        learningRate: 1e-3,
        schedule: "constant",
        maxGradNorm: 0,
      }
    : {
        epochs: 3,
        leastUpdates: 200,
        batchSize: 16,
        optimizer: "adamw",
        learningRate: 5e-5,
        schedule: "linear",
        maxGradNorm: 1,
      };
}

/**
 * Everything that decides a training, with the defaults that depend on what is trained.
 *
 * @param model What is decided by the classifier: its task, the thresholds while training, and class weights as
 * `options.classWeights` asks for them, [classes]; and the number of training rows.
 * @throws ConfigError for a value that can't work.
 */
export function trainingSettings(
  trainable: Trainable,
  options: FitOptions,
  { rows, ...model }: Pick<TrainingSettings, "task" | "thresholds" | "classWeights"> & { rows: number },
): TrainingSettings {
  const given = fitSettings(options);
  const defaults = trainingDefaults(trainable);
  const batchSize = given.batchSize ?? defaults.batchSize;
  const gradientAccumulationSteps = given.gradientAccumulationSteps ?? 1;
  const updatesPerEpoch = Math.ceil(Math.ceil(rows / batchSize) / gradientAccumulationSteps);
  const epochs =
    given.epochs ?? Math.max(defaults.epochs, Math.ceil(defaults.leastUpdates / updatesPerEpoch));
  // As often as with the usual number of epochs: evaluating may take longer than an epoch of few rows.
  const raised = given.epochs === undefined ? Math.ceil(epochs / defaults.epochs) : 1;
  return {
    ...{ epochs, batchSize, gradientAccumulationSteps },
    groupByLength: given.groupByLength,
    optimizer: given.optimizer ?? defaults.optimizer,
    learningRate: given.learningRate ?? defaults.learningRate,
    weightDecay: given.weightDecay ?? 0,
    schedule: given.schedule ?? defaults.schedule,
    warmupRatio: given.warmupRatio ?? 0,
    warmupSteps: given.warmupSteps,
    maxGradNorm: given.maxGradNorm ?? defaults.maxGradNorm,
    labelSmoothing: given.labelSmoothing ?? 0,
    ...model,
    evalSteps: given.evalSteps ?? (raised > 1 ? raised * updatesPerEpoch : undefined),
    bestMetric: bestMetricOf(options),
    earlyStoppingPatience: given.earlyStoppingPatience,
    loadBestModelAtEnd: given.loadBestModelAtEnd,
    seed: given.seed,
  };
}

/** In full, `SPLIT.METRIC`; undefined where nothing depends on it. */
function bestMetricOf(options: FitOptions): string | undefined {
  const { bestMetric, earlyStoppingPatience, loadBestModelAtEnd, evaluate = {}, metrics = {} } = options;
  const twice = Object.keys(metrics).find((name) => (metricNames as readonly string[]).includes(name));
  if (twice !== undefined) {
    throw new ConfigError(`metrics: there is a metric ${twice} already; give yours another name`);
  }
  if (bestMetric === undefined && earlyStoppingPatience === undefined && !loadBestModelAtEnd)
    return undefined;
  const { split, metric } = parseBestMetric(
    bestMetric ?? "loss",
    Object.keys(evaluate),
    Object.keys(metrics),
  );
  return `${split}.${metric}`;
}
