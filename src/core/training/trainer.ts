import { Interrupted, TrainingError } from "../errors.ts";
import { evaluationReport } from "../evaluation/evaluation-report.ts";
import { type Outputs, outputsOf } from "../evaluation/outputs.ts";
import type { Weight } from "../models/weights.ts";
import type { WorkOptions } from "../progress.ts";
import { deriveSeed } from "../random/seeds.ts";
import { BatchPlan } from "./batch-plan.ts";
import { type BestMetric, BestWeights, bestEvaluation, describeBest, parseBestMetric } from "./best-model.ts";
import type { Checkpoint } from "./checkpoint.ts";
import { norm } from "./clipping.ts";
import type { TrainingJob, TrainingResult } from "./job.ts";
import { RowProgram } from "./row-program.ts";
import type { HistoryEntry } from "./run-record.ts";
import { warmupUpdates } from "./settings.ts";
import { TrainingStep } from "./step.ts";
import { addTallies, emptyTally, scoreOf, type Tally } from "./tally.ts";
import { Updater } from "./update.ts";

/**
 * Trains for a number of epochs, and evaluates after each or every so many updates. Everything random is a function
 * of (seed, batch), so the same job gives the same weights.
 *
 * With checkpoints, a training that was stopped at any moment and taken up again ends with the same weights and the
 * same history as one that never stopped.
 *
 * @throws TrainingError if the loss is not a number any more, or a checkpoint belongs to another training.
 * @throws OutputError if a checkpoint can't be written.
 * @throws Interrupted if `signal` stops it, after a checkpoint.
 */
export async function train(job: TrainingJob, work: WorkOptions = {}): Promise<TrainingResult> {
  const step = await TrainingStep.compile(job.graph, job.trainable, job.settings);
  const forward = await RowProgram.compile(job.evaluationGraph.logits);
  try {
    return await new Trainer(job, step, forward, work).run();
  } finally {
    await step.release();
    await forward.release();
  }
}

class Trainer {
  readonly #job: TrainingJob;
  readonly #work: WorkOptions;
  readonly #forward: RowProgram;
  readonly #plan: BatchPlan;
  readonly #updater: Updater;
  /** The parameters that are trained. */
  readonly #trained: ReadonlyMap<string, Float32Array>;
  readonly #bestMetric: BestMetric | undefined;
  readonly #best = new BestWeights();
  readonly #history: HistoryEntry[] = [];
  readonly #seconds: number[] = [];
  /** Of the batches since the last evaluation. */
  #tally: Tally = emptyTally;
  /** When the last evaluation ended. */
  #intervalStart = performance.now();
  /** Of the last evaluation and of the best; a resumed training has them from its next evaluation on. */
  #outputs: Record<string, Outputs> | undefined;
  #bestOutputs: Record<string, Outputs> | undefined;
  /** Updates done at the last checkpoint. */
  #savedStep = 0;
  /** Whether whoever watches the evaluations has seen enough. */
  #isStopped = false;

  constructor(job: TrainingJob, step: TrainingStep, forward: RowProgram, work: WorkOptions) {
    const { settings } = job;
    this.#job = job;
    this.#work = work;
    this.#forward = forward;
    this.#plan = new BatchPlan(job.train.source, settings);
    const warmupSteps = warmupUpdates(settings, this.#plan.totalUpdates);
    this.#updater = new Updater(step, job.parameters, { ...settings, warmupSteps }, this.#plan.totalUpdates);
    this.#trained = new Map([...job.parameters].filter(([name]) => job.trainable(name)));
    const splits = Object.keys(job.evaluate);
    this.#bestMetric = settings.bestMetric
      ? parseBestMetric(settings.bestMetric, splits, job.metricNames)
      : undefined;
  }

  async run(): Promise<TrainingResult> {
    await this.#start();
    try {
      for (;;) {
        if (this.#isEvaluationDue()) await this.#evaluate();
        if (this.#isSaveDue()) await this.#save();
        if (this.#isFinished()) return await this.#finish();
        await this.#update();
      }
    } catch (error) {
      throw error instanceof Interrupted ? await this.#interrupted(error) : error;
    }
  }

  /** Updates done. */
  get #step(): number {
    return this.#updater.optimizer.steps;
  }

  /** Updates between evaluations. */
  get #interval(): number {
    return this.#job.settings.evalSteps ?? this.#plan.updatesPerEpoch;
  }

  #isEvaluationDue(): boolean {
    const isLast = this.#step === this.#plan.totalUpdates;
    const isEvaluated = this.#history.at(-1)?.step === this.#step;
    return this.#step > 0 && !isEvaluated && (isLast || this.#step % this.#interval === 0);
  }

  #isFinished(): boolean {
    if (this.#step === this.#plan.totalUpdates || this.#isStopped) return true;
    const { earlyStoppingPatience } = this.#job.settings;
    if (earlyStoppingPatience === undefined || !this.#bestMetric) return false;
    const best = bestEvaluation(this.#history, this.#bestMetric);
    return this.#history.length - 1 - best >= earlyStoppingPatience;
  }

  #isSaveDue(): boolean {
    if (!this.#job.checkpoints || this.#step === this.#savedStep) return false;
    return this.#step % (this.#job.checkpoints.saveSteps ?? this.#plan.updatesPerEpoch) === 0;
  }

  /** Takes up where the last checkpoint stands, if it is asked to. */
  async #start(): Promise<void> {
    const options = this.#job.checkpoints;
    if (!options) return;
    if (!options.resume) return options.store.checkEmpty();
    const { checkpoint, damaged } = await options.store.last(options.identity);
    if (checkpoint) this.#restore(checkpoint);
    this.#savedStep = this.#step;
    options.onResume?.({ step: this.#step, epoch: this.#step / this.#plan.updatesPerEpoch, damaged });
  }

  #restore({ progress, weights, optimizer, bestWeights }: Checkpoint): void {
    this.#setWeights(valuesOf(weights));
    this.#updater.optimizer.restore(progress.step, optimizer);
    this.#history.push(...progress.history);
    this.#seconds.push(...progress.seconds);
    // Checkpoints of earlier versions counted rows alone.
    this.#tally = { ...progress.tally, weight: progress.tally.weight ?? progress.tally.rows };
    this.#intervalStart = performance.now() - progress.elapsed * 1000;
    if (progress.bestStep >= 0) this.#best.keep(progress.bestStep, valuesOf(bestWeights ?? weights));
  }

  async #save(): Promise<void> {
    this.#checkWeights();
    const step = this.#step;
    const best = this.#best.step >= 0 && this.#best.step !== step ? this.#best.values : undefined;
    const { store, identity } = this.#job.checkpoints!;
    const checkpoint: Checkpoint = {
      progress: {
        step,
        history: this.#history,
        seconds: this.#seconds,
        tally: this.#tally,
        elapsed: (performance.now() - this.#intervalStart) / 1000,
        bestStep: this.#best.step,
      },
      weights: this.#withShapes(this.#trained),
      optimizer: this.#updater.optimizer.state,
      bestWeights: best && this.#withShapes(best),
    };
    await store.save(checkpoint, identity);
    this.#savedStep = step;
  }

  /** Keeps what is done when the user stops it. */
  async #interrupted(error: Interrupted): Promise<Interrupted> {
    if (!this.#job.checkpoints || this.#step === 0) return error;
    if (this.#step !== this.#savedStep) await this.#save();
    return new Interrupted(
      `${error.message} at step ${this.#step} of ${this.#plan.totalUpdates}: resume goes on from there`,
      { cause: error.cause },
    );
  }

  async #update(): Promise<void> {
    const { train, settings } = this.#job;
    const batches = this.#plan.update(this.#step).map(({ rows, index }) => ({
      batch: train.source.batch(rows),
      labels: train.targets.of(rows),
      dropoutSeed: deriveSeed(settings.seed, `dropout ${index}`),
    }));
    const { tally, gradientNorm } = await this.#updater.update(batches, this.#work.signal);
    this.#tally = addTallies(this.#tally, tally);
    this.#reportProgress();
    const { totalUpdates, updatesPerEpoch } = this.#plan;
    this.#job.onStep?.({
      step: this.#step,
      totalSteps: totalUpdates,
      epoch: this.#step / updatesPerEpoch,
      loss: tally.rowLossSum / tally.rows,
      learningRate: this.#updater.learningRate(this.#step - 1),
      gradientNorm,
    });
  }

  /** How far it is on the way from one evaluation to the next. */
  #reportProgress(): void {
    const { epochs, evalSteps } = this.#job.settings;
    const { totalUpdates, updatesPerEpoch } = this.#plan;
    const to = Math.min(totalUpdates, Math.ceil(this.#step / this.#interval) * this.#interval);
    const from = this.#history.at(-1)?.step ?? 0;
    const { rows, weight, tokens, rowLossSum } = this.#tally;
    this.#work.onProgress?.({
      stage: "train",
      subject: evalSteps ? `to step ${to}/${totalUpdates}` : `epoch ${to / updatesPerEpoch}/${epochs}`,
      done: rows,
      total: this.#plan.rowsAfter(to) - this.#plan.rowsAfter(from),
      tokens,
      loss: rowLossSum / weight,
    });
  }

  async #evaluate(): Promise<void> {
    this.#checkWeights();
    this.#outputs = await this.#allOutputs();
    const evaluations = await evaluationScores(this.#outputs, this.#job);
    this.#history.push({
      epoch: this.#step / this.#plan.updatesPerEpoch,
      step: this.#step,
      learningRate: this.#updater.learningRate(this.#step - 1),
      train: scoreOf(this.#tally),
      evaluations,
    });
    this.#tally = emptyTally;
    if (this.#isBest() && this.#job.settings.loadBestModelAtEnd) {
      this.#best.keep(this.#step, this.#trained);
      this.#bestOutputs = this.#outputs;
    }
    const seconds = (performance.now() - this.#intervalStart) / 1000;
    this.#intervalStart = performance.now();
    this.#seconds.push(seconds);
    const history = this.#history;
    const { epochs } = this.#job.settings;
    const answer = await this.#job.onEvaluation?.({ entry: history.at(-1)!, history, seconds, epochs });
    this.#isStopped = answer === "stop";
  }

  /** @throws TrainingError, so that weights that are no use are neither scored nor saved. */
  #checkWeights(): void {
    if (!Number.isFinite(norm(this.#trained.values()))) throw this.#diverged("a weight is not a number");
  }

  #diverged(what: string): TrainingError {
    const { learningRate } = this.#job.settings;
    return new TrainingError(
      `${what} after step ${this.#step}: training diverged; try a learning rate below ${learningRate}`,
    );
  }

  async #allOutputs(): Promise<Record<string, Outputs>> {
    const { evaluate, parameters, settings } = this.#job;
    const outputs: [name: string, outputs: Outputs][] = [];
    for (const [subject, { source }] of Object.entries(evaluate)) {
      const values = await this.#forward.all(source, parameters, {
        stage: "evaluate",
        subject,
        ...this.#work,
      });
      if (!values.every(Number.isFinite)) throw this.#diverged(`the output for ${subject} is not a number`);
      const { count } = source;
      outputs.push([subject, outputsOf(settings, count, values.length / count, values)]);
    }
    return Object.fromEntries(outputs);
  }

  /** Whether the last evaluation is the best so far. */
  #isBest(): boolean {
    if (!this.#bestMetric) return false;
    return bestEvaluation(this.#history, this.#bestMetric) === this.#history.length - 1;
  }

  async #finish(): Promise<TrainingResult> {
    const history = this.#history;
    const metric = this.#bestMetric;
    const best = metric && describeBest(history[bestEvaluation(history, metric)]!, metric);
    const isRestored = this.#job.settings.loadBestModelAtEnd && this.#best.step !== this.#step;
    if (isRestored) this.#setWeights(this.#best.values);
    const outputs = (isRestored ? this.#bestOutputs : this.#outputs) ?? (await this.#allOutputs());
    return { history, seconds: this.#seconds, outputs, best };
  }

  #setWeights(values: ReadonlyMap<string, Float32Array>): void {
    for (const [name, weights] of this.#trained) weights.set(values.get(name)!);
  }

  #withShapes(values: ReadonlyMap<string, Float32Array>): Map<string, Weight> {
    const shapes = new Map(this.#job.graph.parameters.map(({ name, shape }) => [name, shape]));
    return new Map([...values].map(([name, array]) => [name, { shape: shapes.get(name)!, values: array }]));
  }
}

/** What a line of the history says of every evaluated split. */
export async function evaluationScores(
  outputs: Readonly<Record<string, Outputs>>,
  { evaluate, classNames, score }: Pick<TrainingJob, "evaluate" | "classNames" | "score">,
): Promise<HistoryEntry["evaluations"]> {
  const evaluations: [name: string, scores: HistoryEntry["evaluations"][string]][] = [];
  for (const [name, logits] of Object.entries(outputs)) {
    const report = evaluationReport(logits, evaluate[name]!.targets.values, classNames);
    const { rows, loss, accuracy, macroF1 } = report;
    const microF1 = report.task === "multiLabel" ? { microF1: report.microF1 } : {};
    const metrics = await score?.(name, logits.values);
    evaluations.push([name, { rows, loss, accuracy, macroF1, ...microF1, ...(metrics && { metrics }) }]);
  }
  return Object.fromEntries(evaluations);
}

function valuesOf(weights: ReadonlyMap<string, Weight>): Map<string, Float32Array> {
  return new Map([...weights].map(([name, { values }]) => [name, values]));
}
