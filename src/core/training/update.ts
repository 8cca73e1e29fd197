import { TrainingError } from "../errors.ts";
import type { Reading } from "../evaluation/outputs.ts";
import { batchWeight, type LossOptions } from "../nn/losses.ts";
import type { Parameter } from "../nn/parameters.ts";
import { breathe } from "../progress.ts";
import { clipFactor, gradientNorm } from "./clipping.ts";
import { GradientSum } from "./gradient-sum.ts";
import { type OptimizerName, optimizers } from "./optimizers/index.ts";
import type { Gradient, Optimizer } from "./optimizers/optimizer.ts";
import type { BatchInput } from "./row-source.ts";
import { type ScheduleName, scheduleFactor } from "./schedules.ts";
import type { ParameterValues, StepResult, TrainingStep } from "./step.ts";
import { addTallies, emptyTally, type Tally, tallyBatch } from "./tally.ts";

/** How gradients change the weights, and how the tally reads logits. */
export interface UpdateSettings extends Reading, Pick<LossOptions, "classWeights"> {
  optimizer: OptimizerName;
  learningRate: number;
  /** Not applied to biases and layer norms. */
  weightDecay: number;
  schedule: ScheduleName;
  /** Updates over which the learning rate rises from 0. */
  warmupSteps: number;
  /** Largest norm of all gradients together; 0 doesn't clip. */
  maxGradNorm: number;
}

/** A batch as a step reads it. */
export interface LabelledBatch {
  batch: BatchInput;
  /** As `TrainingStep.run` reads them. */
  labels: Int32Array;
  /** 32 bits, different for every batch. */
  dropoutSeed: number;
}

/** What one update did. */
export interface UpdateResult {
  tally: Tally;
  /** ‖g‖₂ before clipping. */
  gradientNorm: number;
}

/** Turns batches into updates of the weights: gradients, their mean over the batches, clipping, schedule, optimizer. */
export class Updater {
  readonly optimizer: Optimizer;
  readonly #step: TrainingStep;
  readonly #parameters: ParameterValues;
  readonly #settings: UpdateSettings;
  readonly #totalUpdates: number;
  readonly #sum = new GradientSum();

  /**
   * @param parameters Values of all parameters; the trainable ones are updated in place.
   * @param totalUpdates Of the whole training, for the schedule.
   */
  constructor(
    step: TrainingStep,
    parameters: ParameterValues,
    settings: UpdateSettings,
    totalUpdates: number,
  ) {
    this.optimizer = optimizers[settings.optimizer]({
      weightDecay: (name) => (isDecayed(step.parameter(name)) ? settings.weightDecay : 0),
    });
    this.#step = step;
    this.#parameters = parameters;
    this.#settings = settings;
    this.#totalUpdates = totalUpdates;
  }

  /**
   * One update. Several batches count as one batch of all their rows: each weighs by its share of what the mean loss of
   * all of them is a mean over.
   *
   * @throws TrainingError if the loss or a gradient is not a number; the weights are then as before.
   * @throws Interrupted if `signal` stops it; the weights are then as before.
   */
  async update(batches: readonly LabelledBatch[], signal?: AbortSignal): Promise<UpdateResult> {
    const { gradients, tally } = await this.#gradients(batches, signal);
    const norm = gradientNorm(gradients);
    if (!Number.isFinite(norm)) throw this.#diverged("the gradient");
    const learningRate = this.learningRate(this.optimizer.steps);
    const scale = clipFactor(norm, this.#settings.maxGradNorm);
    this.optimizer.update(this.#parameters, gradients, learningRate, scale);
    return { tally, gradientNorm: norm };
  }

  /** Learning rate of update `step`, from 0. */
  learningRate(step: number): number {
    const { learningRate, schedule, warmupSteps } = this.#settings;
    return learningRate * scheduleFactor(schedule, step, warmupSteps, this.#totalUpdates);
  }

  async #gradients(
    batches: readonly LabelledBatch[],
    signal: AbortSignal | undefined,
  ): Promise<{ gradients: ReadonlyMap<string, Gradient>; tally: Tally }> {
    const [only, ...others] = batches;
    if (others.length === 0) return this.#run(only!, signal);
    const weights = batches.map((each) => this.#weightOf(each));
    const total = weights.reduce((a, b) => a + b, 0);
    let tally = emptyTally;
    for (const [i, each] of batches.entries()) {
      const result = await this.#run(each, signal);
      this.#sum.add(result.gradients, weights[i]! / total);
      tally = addTallies(tally, result.tally);
    }
    return { gradients: this.#sum.take(), tally };
  }

  async #run(
    labelled: LabelledBatch,
    signal: AbortSignal | undefined,
  ): Promise<StepResult & { tally: Tally }> {
    const { batch, labels, dropoutSeed } = labelled;
    const weight = this.#weightOf(labelled);
    await breathe(signal);
    const result = await this.#step.run(batch, labels, this.#parameters, dropoutSeed);
    if (!Number.isFinite(result.loss)) throw this.#diverged("the loss");
    return {
      ...result,
      tally: tallyBatch(
        { ...result, labels, rows: batch.sizes.batch!, weight, tokens: batch.tokens },
        this.#settings,
      ),
    };
  }

  #weightOf({ batch, labels }: LabelledBatch): number {
    return batchWeight(batch.sizes.batch!, labels, this.#settings);
  }

  #diverged(what: string): TrainingError {
    return new TrainingError(
      `${what} is not a number at step ${this.optimizer.steps + 1}: training diverged; try a learning rate below ${this.#settings.learningRate}`,
    );
  }
}

/** Weight decay spares biases and layer norms, as Hugging Face's Trainer does. */
function isDecayed({ role }: Parameter): boolean {
  return role === "weight" || role === "embedding";
}
