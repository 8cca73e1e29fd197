import { Targets } from "../data/targets.ts";
import { bytesOf, Sha256 } from "../hash.ts";
import { type ClassifierDesign, traceFeatures, traceLowerLayers } from "../models/classifier.ts";
import { encoderInputs } from "../models/encoder.ts";
import { type Dropout, noDropout, trainingDropout } from "../nn/dropout.ts";
import { Parameters } from "../nn/parameters.ts";
import { breathe } from "../progress.ts";
import { countWords, learnWordPieces } from "../text/wordpiece-trainer.ts";
import type { LabelledRows, TrainingJob } from "../training/job.ts";
import { RowProgram } from "../training/row-program.ts";
import { solveHead } from "../training/solve-head.ts";
import type { LogitsGraph, ParameterValues } from "../training/step.ts";
import { train } from "../training/trainer.ts";
import { RowQueue } from "./row-queue.ts";
import { rowSource } from "./rows-data.ts";
import type { HashPart, ModelData, RowModel, Runner, WordPieceLearner } from "./runner.ts";
import { unshared } from "./shared-values.ts";
import {
  designOf,
  traceClassifier,
  traceHeadOnFeatures,
  traceOnFrozenLayers,
  traceUpperLayers,
} from "./trace.ts";
import type { LabelledData, TrainingOutcome, TrainingTask, TrainingWatch } from "./training-task.ts";

/** SHA-256 as a host computes it. */
export interface Hasher {
  update(part: string | Uint8Array): unknown;
  hex(): string;
}

/** Bytes hashed at once. */
const hashedAtOnce = 1 << 23;

/** Does the work in the thread that asks for it. */
export class LocalRunner implements Runner {
  readonly #hasher: () => Hasher;
  readonly #models = new Set<RowModel>();

  /** @param options.hasher @default one in JavaScript */
  constructor({ hasher = () => new Sha256() }: { hasher?: () => Hasher } = {}) {
    this.#hasher = hasher;
  }

  async open({ design: data, output, weights }: ModelData): Promise<RowModel> {
    const design = designOf(data);
    const parameters = new Parameters();
    const inputs = encoderInputs();
    const traced =
      output === "features"
        ? traceFeatures(design, parameters, inputs, noDropout)
        : output === "logits"
          ? traceClassifier(design, noDropout).logits
          : traceLowerLayers(design, parameters, inputs, output.afterLayers, noDropout);
    const program = await RowProgram.compile(traced, weights);
    const isFed = new Set(program.inputNames);
    const fed = [...weights].filter(([name]) => isFed.has(name));
    const feeds = new Map(fed.map(([name, values]) => [name, unshared(values)]));
    const queue = new RowQueue(program, feeds);
    /** Settled when no call for hidden states is under way. */
    let ofTokens: Promise<unknown> = Promise.resolve();
    let released: Promise<void> | undefined;
    const model: RowModel = {
      run: (rows, options) => {
        if (typeof output !== "object" || rows.kind !== "tokens") return queue.run(rows, options);
        const values = program.allTokens(rowSource(rows), rows.rows.offsets, feeds, options);
        ofTokens = Promise.allSettled([ofTokens, values]);
        return values;
      },
      release: () => {
        this.#models.delete(model);
        released ??= Promise.all([queue.idle(), ofTokens]).then(() => program.release());
        return released;
      },
    };
    this.#models.add(model);
    return model;
  }

  async train(task: TrainingTask, watch: TrainingWatch): Promise<TrainingOutcome> {
    const { settings, classNames, metricNames } = task;
    const design = designOf(task.design);
    const graph = traceTask(task, design, trainingDropout());
    const trained = new Set(task.trained);
    const parameters = trainingValues(graph, task.weights, trained);
    const job: TrainingJob = {
      ...{ graph, parameters, classNames, settings, metricNames },
      evaluationGraph: traceTask(task, design, noDropout),
      trainable: (name) => trained.has(name),
      train: labelledRows(task.train),
      evaluate: Object.fromEntries(
        Object.entries(task.evaluate).map(([name, split]) => [name, labelledRows(split)]),
      ),
      checkpoints:
        task.checkpoints && watch.checkpoints
          ? { ...task.checkpoints, store: watch.checkpoints, onResume: watch.onResume }
          : undefined,
      onStep: watch.onStep,
      onEvaluation: watch.onEvaluation,
      score: watch.score,
    };
    const work = { signal: watch.signal, onProgress: watch.onProgress };
    const solved = task.solver && (await solveHead(job, task.solver, work));
    const { history, seconds, outputs, best } = solved ?? (await train(job, work));
    const logits = Object.entries(outputs).map(([name, { values }]) => [name, values] as const);
    const weights = new Map([...parameters].filter(([name]) => trained.has(name)));
    return {
      history,
      seconds,
      best,
      logits: Object.fromEntries(logits),
      weights,
      solution: solved?.solution,
    };
  }

  async hash(parts: readonly HashPart[], signal?: AbortSignal): Promise<string> {
    const hash = this.#hasher();
    for (const part of parts) {
      if (typeof part === "string") {
        hash.update(part);
        continue;
      }
      const bytes = bytesOf(part);
      for (let at = 0; at < bytes.length; at += hashedAtOnce) {
        hash.update(bytes.subarray(at, at + hashedAtOnce));
        await breathe(signal);
      }
    }
    return hash.hex();
  }

  async wordPieces(): Promise<WordPieceLearner> {
    const counts = new Map<string, number>();
    return {
      add: async (texts, lowercase) => {
        countWords(texts, lowercase, counts);
      },
      learn: async (options) => learnWordPieces(counts, options),
    };
  }

  /** Nothing can end work in the thread that asks for it; signals stop it at its next step. */
  async stop(): Promise<void> {}

  async dispose(): Promise<void> {
    await Promise.all([...this.#models].map((model) => model.release()));
  }
}

/** From what the rows of a task are to logits. */
function traceTask(
  { input, frozenLayers = 0 }: TrainingTask,
  design: ClassifierDesign,
  dropout: Dropout,
): LogitsGraph {
  if (input === "features") return traceHeadOnFeatures(design, dropout);
  if (input === "hidden") return traceUpperLayers(design, frozenLayers, dropout);
  return frozenLayers > 0
    ? traceOnFrozenLayers(design, frozenLayers, dropout)
    : traceClassifier(design, dropout);
}

/** The values of a graph's parameters; those that are trained are copied, so that who asked keeps what was. */
function trainingValues(
  graph: LogitsGraph,
  weights: ParameterValues,
  trained: ReadonlySet<string>,
): Map<string, Float32Array> {
  return new Map(
    graph.parameters.map(({ name }) => {
      const values = weights.get(name)!;
      return [name, trained.has(name) ? values.slice() : unshared(values)];
    }),
  );
}

const labelledRows = ({ rows, targets }: LabelledData): LabelledRows => ({
  source: rowSource(rows),
  targets: Targets.fromData(targets),
});
