import { TrainingError } from "../errors.ts";
import { Logits } from "../evaluation/logits.ts";
import { classificationReport } from "../evaluation/metrics.ts";
import { breathe, type WorkOptions } from "../progress.ts";
import { EpochOrder } from "../random/data-order.ts";
import { deriveSeed } from "../random/seeds.ts";
import { clipGradients } from "./clipping.ts";
import { Adam } from "./optimizers.ts";
import { RowProgram } from "./row-program.ts";
import type { RowSource } from "./row-source.ts";
import type { HistoryEntry } from "./run-record.ts";
import { type ScheduleName, scheduleFactor } from "./schedules.ts";
import { type LogitsGraph, TrainingStep } from "./step.ts";

/** How to train. */
export interface TrainingSettings {
  epochs: number;
  batchSize: number;
  optimizer: "adam" | "adamw";
  learningRate: number;
  /** Not applied to biases and layer norms. */
  weightDecay: number;
  schedule: ScheduleName;
  /** Share of all updates over which the learning rate rises from 0. */
  warmupRatio: number;
  /** Largest norm of all gradients together; 0 doesn't clip. */
  maxGradNorm: number;
  /** Of the order of the rows and of dropout. */
  seed: number;
}

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
  /** Scored after every epoch, by split name. */
  evaluate: Readonly<Record<string, LabelledRows>>;
  settings: TrainingSettings;
  /** Called after every epoch. */
  onEpoch?: (entry: HistoryEntry, seconds: number) => void | Promise<void>;
}

/** What training gives, besides the updated parameters. */
export interface TrainingResult {
  history: HistoryEntry[];
  /** Logits of each evaluated split after the last epoch, in row order. */
  logits: Record<string, Logits>;
}

/**
 * Trains for a number of epochs. The order of the rows is that of PyTorch's `DataLoader` with the same seed, the
 * last batch of an epoch may be smaller, and everything random is a function of (seed, step).
 *
 * @throws TrainingError if the loss is not a number any more.
 * @throws Interrupted if `signal` stops it.
 */
export async function train(job: TrainingJob, work: WorkOptions = {}): Promise<TrainingResult> {
  const { settings, parameters } = job;
  const step = await TrainingStep.compile(job.graph, job.trainable);
  const forward = await RowProgram.compile(job.evaluationGraph.logits);
  try {
    const optimizer = new Adam({
      decoupled: settings.optimizer === "adamw",
      weightDecay: (name) => (isDecayed(name) ? settings.weightDecay : 0),
    });
    const order = new EpochOrder(job.train.source.count, settings.seed);
    const stepsPerEpoch = Math.ceil(job.train.source.count / settings.batchSize);
    const totalSteps = stepsPerEpoch * settings.epochs;
    const warmup = Math.ceil(settings.warmupRatio * totalSteps);
    const history: HistoryEntry[] = [];
    let logits: Record<string, Logits> = {};

    for (let epoch = 1; epoch <= settings.epochs; epoch++) {
      const start = performance.now();
      const tally = new Tally();
      let learningRate = settings.learningRate;
      for (const rows of batchesOf(order.epoch(epoch - 1), settings.batchSize)) {
        await breathe(work.signal);
        const batch = job.train.source.batch(rows);
        const labels = Int32Array.from(rows, (row) => job.train.labels[row]!);
        const dropoutSeed = deriveSeed(settings.seed, `dropout ${optimizer.steps}`);
        const result = await step.run(batch, labels, parameters, dropoutSeed);
        if (!Number.isFinite(result.loss))
          throw notANumber(epoch, optimizer.steps + 1, settings.learningRate);
        tally.add(result.loss, result.logits, labels, batch.tokens);

        if (settings.maxGradNorm > 0) clipGradients(result.gradients, settings.maxGradNorm);
        const factor = scheduleFactor(settings.schedule, optimizer.steps, warmup, totalSteps);
        learningRate = settings.learningRate * factor;
        optimizer.update(parameters, result.gradients, learningRate);
        work.onProgress?.({
          stage: "train",
          subject: `epoch ${epoch}/${settings.epochs}`,
          done: tally.rows,
          total: job.train.source.count,
          tokens: tally.tokens,
          loss: tally.loss,
        });
      }

      logits = {};
      const evaluations: HistoryEntry["evaluations"] = {};
      for (const [name, { source, labels }] of Object.entries(job.evaluate)) {
        const values = await forward.all(source, parameters, { stage: "evaluate", subject: name, ...work });
        logits[name] = new Logits(source.count, job.classNames.length, values);
        const { rows, loss, accuracy, macroF1 } = classificationReport(logits[name], labels, job.classNames);
        evaluations[name] = { rows, loss, accuracy, macroF1 };
      }
      const entry: HistoryEntry = {
        epoch,
        step: optimizer.steps,
        learningRate,
        train: { rows: tally.rows, lossSum: tally.lossSum, loss: tally.loss, accuracy: tally.accuracy },
        evaluations,
      };
      history.push(entry);
      await job.onEpoch?.(entry, (performance.now() - start) / 1000);
    }
    return { history, logits };
  } finally {
    await step.release();
    await forward.release();
  }
}

/** Weight decay spares biases and the weights of layer norms, as Hugging Face's Trainer does. */
function isDecayed(name: string): boolean {
  return !/(\.bias|_bias|(LayerNorm|layer_norm)\.(weight|bias))$/.test(name);
}

function* batchesOf(order: Uint32Array, size: number): Generator<Uint32Array> {
  for (let start = 0; start < order.length; start += size) yield order.subarray(start, start + size);
}

function notANumber(epoch: number, step: number, learningRate: number): TrainingError {
  return new TrainingError(
    `the loss is not a number at step ${step} (epoch ${epoch}): training diverged; try a learning rate below ${learningRate}`,
  );
}

/** Loss and accuracy accumulated over an epoch, each batch as it was before its update. */
class Tally {
  rows = 0;
  tokens = 0;
  lossSum = 0;
  #rowLoss = 0;
  #right = 0;

  add(loss: number, logits: Float32Array, labels: Int32Array, tokens: number): void {
    const predictions = new Logits(labels.length, logits.length / labels.length, logits).predictions();
    this.rows += labels.length;
    this.tokens += tokens;
    this.lossSum += loss;
    this.#rowLoss += loss * labels.length;
    for (const [i, label] of labels.entries()) if (predictions[i] === label) this.#right++;
  }

  get loss(): number {
    return this.#rowLoss / this.rows;
  }

  get accuracy(): number {
    return this.#right / this.rows;
  }
}
