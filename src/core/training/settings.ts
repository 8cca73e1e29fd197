import type { Task } from "../data/targets.ts";
import type { LossOptions } from "../nn/losses.ts";
import type { BatchPlanOptions } from "./batch-plan.ts";
import type { UpdateSettings } from "./update.ts";

/** How to train: what is the same for every model and every dataset. All of it decides the result. */
export interface TrainingSettings extends BatchPlanOptions, Omit<UpdateSettings, "warmupSteps">, LossOptions {
  task: Task;
  /** Share of every target that is spread over all classes. */
  labelSmoothing: number;
  /** Share of all updates over which the learning rate rises from 0. */
  warmupRatio: number;
  /** Updates over which it rises, in place of the share. */
  warmupSteps?: number;
  /** Updates between evaluations. @default the updates of an epoch */
  evalSteps?: number;
  /** What makes one evaluation better than another: `SPLIT.METRIC`, see {@link parseBestMetric}. */
  bestMetric?: string;
  /** Evaluations without a better one after which training stops. @default never */
  earlyStoppingPatience?: number;
  /** Ends with the weights of the best evaluation instead of the last. */
  loadBestModelAtEnd: boolean;
}

/** Updates of warm-up among `total`. */
export function warmupUpdates({ warmupSteps, warmupRatio }: TrainingSettings, total: number): number {
  return warmupSteps ?? Math.ceil(warmupRatio * total);
}
