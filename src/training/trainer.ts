import { Logits } from "../evaluation/logits.ts";
import { classificationReport } from "../evaluation/metrics.ts";
import type { WorkOptions } from "../progress.ts";
import { deriveSeed } from "../random/seeds.ts";
import { BatchPlan } from "./batch-plan.ts";
import { type BestMetric, BestWeights, bestEvaluation, describeBest, parseBestMetric } from "./best-model.ts";
import { RowProgram } from "./row-program.ts";
import type { RowSource } from "./row-source.ts";
import type { HistoryEntry, RunRecord } from "./run-record.ts";
import { type TrainingSettings, warmupUpdates } from "./settings.ts";
import { type LogitsGraph, TrainingStep } from "./step.ts";
import { addTallies, emptyTally, scoreOf, type Tally } from "./tally.ts";
import { Updater } from "./update.ts";

/** Rows with their class indices. */
export interface LabelledRows {
  source: RowSource;
  /** [source.count] */
  labels: Int32Array;
}

/** Everything that one training needs. */
export interface TrainingJob {
  /** Traced for training, with dropout. */
  graph: LogitsGraph;
  /** Traced for evaluation. */
  evaluationGraph: LogitsGraph;
  trainable: (name: string) => boolean;
  /** Values of all parameters by name; the trainable ones are updated in place. */
  parameters: ReadonlyMap<string, Float32Array>;
  classNames: readonly string[];
  train: LabelledRows;
  /** Scored at every evaluation, by split name. */
  evaluate: Readonly<Record<string, LabelledRows>>;
  settings: TrainingSettings;
  /** Called after every evaluation with the history so far, of which the last entry is new, and what that took. */
  onEvaluation?: (history: readonly HistoryEntry[], seconds: number) => void | Promise<void>;
}

/** What training gives, besides the updated parameters. */
export interface TrainingResult {
  history: HistoryEntry[];
  /** Wall-clock seconds of each entry, training and evaluation. */
  seconds: number[];
  /** Logits of each evaluated split under the final weights, in row order. */
  logits: Record<string, Logits>;
  /** The best evaluation, where something depends on it. */
  best: RunRecord["best"];
}

/**
 * Trains for a number of epochs, and evaluates after each or every so many updates. Everything random is a function
 * of (seed, batch), so the same job gives the same weights.
 *
 * @throws TrainingError if the loss is not a number any more.
 * @throws Interrupted if `signal` stops it.
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
  /** Of the last evaluation, and of the best. */
  #logits: Record<string, Logits> = {};
  #bestLogits: Record<string, Logits> = {};

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
    this.#bestMetric = settings.bestMetric ? parseBestMetric(settings.bestMetric, splits) : undefined;
  }

  async run(): Promise<TrainingResult> {
    for (;;) {
      if (this.#isEvaluationDue()) await this.#evaluate();
      if (this.#isFinished()) return this.#finish();
      await this.#update();
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
    if (this.#step === this.#plan.totalUpdates) return true;
    const { earlyStoppingPatience } = this.#job.settings;
    if (earlyStoppingPatience === undefined || !this.#bestMetric) return false;
    const best = bestEvaluation(this.#history, this.#bestMetric);
    return this.#history.length - 1 - best >= earlyStoppingPatience;
  }

  async #update(): Promise<void> {
    const { train, settings } = this.#job;
    const batches = this.#plan.update(this.#step).map(({ rows, index }) => ({
      batch: train.source.batch(rows),
      labels: Int32Array.from(rows, (row) => train.labels[row]!),
      dropoutSeed: deriveSeed(settings.seed, `dropout ${index}`),
    }));
    const { tally } = await this.#updater.update(batches, this.#work.signal);
    this.#tally = addTallies(this.#tally, tally);
    this.#reportProgress();
  }

  /** How far it is on the way from one evaluation to the next. */
  #reportProgress(): void {
    const { epochs, evalSteps } = this.#job.settings;
    const { totalUpdates, updatesPerEpoch } = this.#plan;
    const to = Math.min(totalUpdates, Math.ceil(this.#step / this.#interval) * this.#interval);
    const from = this.#history.at(-1)?.step ?? 0;
    const { rows, tokens, rowLossSum } = this.#tally;
    this.#work.onProgress?.({
      stage: "train",
      subject: evalSteps ? `to step ${to}/${totalUpdates}` : `epoch ${to / updatesPerEpoch}/${epochs}`,
      done: rows,
      total: this.#plan.rowsAfter(to) - this.#plan.rowsAfter(from),
      tokens,
      loss: rowLossSum / rows,
    });
  }

  async #evaluate(): Promise<void> {
    this.#logits = await this.#allLogits();
    const evaluations = Object.fromEntries(
      Object.entries(this.#logits).map(([name, logits]) => {
        const { labels } = this.#job.evaluate[name]!;
        const { rows, loss, accuracy, macroF1 } = classificationReport(logits, labels, this.#job.classNames);
        return [name, { rows, loss, accuracy, macroF1 }];
      }),
    );
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
      this.#bestLogits = this.#logits;
    }
    const seconds = (performance.now() - this.#intervalStart) / 1000;
    this.#intervalStart = performance.now();
    this.#seconds.push(seconds);
    await this.#job.onEvaluation?.(this.#history, seconds);
  }

  async #allLogits(): Promise<Record<string, Logits>> {
    const { evaluate, classNames, parameters } = this.#job;
    const logits: Record<string, Logits> = {};
    for (const [subject, { source }] of Object.entries(evaluate)) {
      const values = await this.#forward.all(source, parameters, {
        stage: "evaluate",
        subject,
        ...this.#work,
      });
      logits[subject] = new Logits(source.count, classNames.length, values);
    }
    return logits;
  }

  /** Whether the last evaluation is the best so far. */
  #isBest(): boolean {
    if (!this.#bestMetric) return false;
    return bestEvaluation(this.#history, this.#bestMetric) === this.#history.length - 1;
  }

  #finish(): TrainingResult {
    const history = this.#history;
    const metric = this.#bestMetric;
    const best = metric && describeBest(history[bestEvaluation(history, metric)]!, metric);
    const isRestored = this.#job.settings.loadBestModelAtEnd && this.#best.step !== this.#step;
    if (isRestored) {
      for (const [name, values] of this.#best.values) this.#job.parameters.get(name)!.set(values);
    }
    const logits = isRestored ? this.#bestLogits : this.#logits;
    return { history, seconds: this.#seconds, logits, best };
  }
}
