import type { Dataset } from "../data/dataset.ts";
import { ConfigError } from "../errors.ts";
import type { WorkOptions } from "../progress.ts";
import type { HistoryEntry } from "../training/run-record.ts";
import { type ScheduleName, scheduleNames } from "../training/schedules.ts";
import type { TrainingSettings } from "../training/trainer.ts";
import type { Trainable } from "./trainable.ts";

/** How `fit` trains. Defaults that depend on what is trained are those of {@link trainingDefaults}. */
export interface FitOptions extends WorkOptions {
  /** Datasets to score after every epoch, by name. */
  evaluate?: Readonly<Record<string, Dataset>>;
  /** @default 20 for a head, else 3 */
  epochs?: number;
  /** @default 64 for a head, else 16 */
  batchSize?: number;
  /** @default 1e-3 for a head, else 5e-5 */
  learningRate?: number;
  /** @default "adam" for a head, else "adamw" */
  optimizer?: "adam" | "adamw";
  /** @default 0 */
  weightDecay?: number;
  /** @default "constant" for a head, else "linear" */
  schedule?: ScheduleName;
  /** Share of all updates over which the learning rate rises from 0. @default 0 */
  warmupRatio?: number;
  /** Largest norm of all gradients together; 0 doesn't clip. @default 0 for a head, else 1 */
  maxGradNorm?: number;
  /** Of the order of the rows and of dropout. @default 42 */
  seed?: number;
  /**
   * Tokens that rows are cut to; `true` cuts to the model's positions, `false` refuses rows that are longer.
   * @default true
   */
  truncation?: boolean | number;
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
  /** Name of the run, for its report. @default "run" */
  name?: string;
  /** The recipe that the report shows, where there is more to it than these options. */
  recipe?: Record<string, unknown>;
  /** Called once the data and the settings are checked, before anything is encoded or trained. */
  onReady?: () => void | Promise<void>;
  /** Called after every epoch with what it took in seconds and how many epochs there are. */
  onEpoch?: (entry: HistoryEntry, seconds: number, epochs: number) => void | Promise<void>;
}

/** A head on frozen features bears a large step and many epochs; a pretrained encoder needs Hugging Face's caution. */
export function trainingDefaults(trainable: Trainable): Omit<TrainingSettings, "seed"> {
  return trainable === "head"
    ? {
        epochs: 20,
        batchSize: 64,
        optimizer: "adam",
        learningRate: 1e-3,
        weightDecay: 0,
        schedule: "constant",
        warmupRatio: 0,
        maxGradNorm: 0,
      }
    : {
        epochs: 3,
        batchSize: 16,
        optimizer: "adamw",
        learningRate: 5e-5,
        weightDecay: 0,
        schedule: "linear",
        warmupRatio: 0,
        maxGradNorm: 1,
      };
}

/** Fills in the defaults. @throws ConfigError for a value that can't work. */
export function trainingSettings(trainable: Trainable, options: FitOptions): TrainingSettings {
  const defaults = trainingDefaults(trainable);
  const settings: TrainingSettings = {
    epochs: options.epochs ?? defaults.epochs,
    batchSize: options.batchSize ?? defaults.batchSize,
    optimizer: options.optimizer ?? defaults.optimizer,
    learningRate: options.learningRate ?? defaults.learningRate,
    weightDecay: options.weightDecay ?? defaults.weightDecay,
    schedule: options.schedule ?? defaults.schedule,
    warmupRatio: options.warmupRatio ?? defaults.warmupRatio,
    maxGradNorm: options.maxGradNorm ?? defaults.maxGradNorm,
    seed: options.seed ?? 42,
  };
  const { epochs, batchSize, learningRate, weightDecay, warmupRatio, maxGradNorm, schedule, seed } = settings;
  check(Number.isInteger(epochs) && epochs >= 1, "epochs", epochs, "a whole number from 1");
  check(Number.isInteger(batchSize) && batchSize >= 1, "batchSize", batchSize, "a whole number from 1");
  check(learningRate > 0 && Number.isFinite(learningRate), "learningRate", learningRate, "a number above 0");
  check(weightDecay >= 0 && weightDecay < 1, "weightDecay", weightDecay, "a number from 0 to 1");
  check(warmupRatio >= 0 && warmupRatio <= 1, "warmupRatio", warmupRatio, "a number from 0 to 1");
  check(maxGradNorm >= 0, "maxGradNorm", maxGradNorm, "a number from 0");
  check(Number.isSafeInteger(seed), "seed", seed, "a whole number");
  check(scheduleNames.includes(schedule), "schedule", schedule, scheduleNames.join(", "));
  return settings;
}

function check(holds: boolean, key: string, value: unknown, expected: string): void {
  if (!holds) throw new ConfigError(`${key}: ${String(value)} can't be used; give ${expected}`);
}
