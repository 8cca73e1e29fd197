import type { FromScratchOptions, PretrainedOptions } from "../core/classifier/classifier-options.ts";
import type { FitOptions as CoreFitOptions } from "../core/classifier/fit-options.ts";
import type { Prediction, TextInput } from "../core/classifier/predict.ts";
import type { Loading } from "../core/classifier/state.ts";
import type { Task } from "../core/data/targets.ts";
import type { EvaluationReport } from "../core/evaluation/evaluation-report.ts";
import type { OnProgress, WorkOptions } from "../core/progress.ts";
import type { Encoding } from "../core/text/tokenizer.ts";
import type { TokenizerFiles } from "../core/text/tokenizer-files.ts";
import type { WordPieceOptions } from "../core/text/wordpiece-trainer.ts";
import { Connection, type EngineOptions } from "./connection.ts";
import { datasetMessage, type Rows } from "./dataset-message.ts";
import {
  answered,
  type ClassifierInfo,
  type FitAnswer,
  type FitMessage,
  type LoadMessage,
  type Run,
  type ScratchMessage,
  told,
  type WordPieceMessage,
} from "./messages.ts";
import { type ModelSource, sourceMessage } from "./model-source.ts";

/** How a model is found, and where it runs. */
export interface LoadOptions extends EngineOptions {
  /** Of the hub: branch, tag or commit. @default "main" */
  revision?: string;
  /** Of the hub: an access token, for private and gated models. */
  token?: string;
  /** A hub of one's own. @default "https://huggingface.co" */
  endpoint?: string;
  /** Keeps downloads in the browser's Cache API, for the next visit. @default true */
  cache?: boolean;
  /** Fetches in place of the browser's own `fetch`, in the page. */
  fetch?: typeof fetch;
  onProgress?: OnProgress;
  signal?: AbortSignal;
}

/** How `fit` trains, what it is to score, and who watches. */
export interface FitOptions
  extends Omit<CoreFitOptions, "evaluate" | "features" | "checkpoints" | "onRows" | "onPlan"> {
  /** Rows to score at every evaluation, by name. */
  evaluate?: Readonly<Record<string, Rows>>;
  /**
   * Name under which checkpoints are kept in the browser's private files (OPFS). With `resume: true` a training that was
   * stopped, or whose page was closed, goes on from the last one. @default none are kept
   */
  checkpoints?: string;
}

/**
 * A text classifier that is trained and asked in the browser. It lives in a worker of its own, so that the page stays
 * quick, and no text leaves the machine.
 *
 * @example
 * const classifier = await TextClassifier.fromPretrained("sentence-transformers/all-MiniLM-L6-v2", {
 *   labels: ["ham", "spam"],
 *   pooling: "mean",
 *   trainable: "head",
 * });
 * await classifier.fit(rows, { onProgress: ({ done, total }) => (bar.value = done / total) });
 * await classifier.predict("You have WON!!!"); // { label: "spam", score: 0.99, … }
 */
export class TextClassifier {
  readonly #connection: Connection;
  #info: ClassifierInfo;

  private constructor(connection: Connection, info: ClassifierInfo) {
    this.#connection = connection;
    this.#info = info;
  }

  /**
   * Loads a model: an encoder, which gets a new head, or a classifier saved by textune or Hugging Face.
   *
   * @throws ModelError if there is no such model, its architecture isn't supported or its files are damaged.
   * @throws HubError if it can't be downloaded.
   * @throws ConfigError where the browser or the page's headers don't allow what is asked for.
   */
  static async fromPretrained(
    source: ModelSource,
    options: PretrainedOptions & LoadOptions = {},
  ): Promise<TextClassifier> {
    const { runtime, threads, worker, workerUrl, ...model } = options;
    const { revision = "main", token, endpoint, cache = true, fetch, onProgress, signal, ...rest } = model;
    const message: Omit<LoadMessage, "job"> = {
      source: sourceMessage(source),
      options: rest,
      hub: { endpoint: (endpoint ?? "https://huggingface.co").replace(/\/$/, ""), revision },
      ...{ cache, token, pageFetches: fetch !== undefined },
    };
    const engine = { runtime, threads, worker, workerUrl };
    return TextClassifier.#open(engine, "load", message, { callbacks: { onProgress, fetch }, signal });
  }

  /**
   * Builds a model with random weights.
   *
   * @param options.tokenizer The files of one, such as `trainWordPiece` gives.
   * @throws ModelError if the configuration isn't one that textune can run.
   */
  static async fromScratch({
    tokenizer,
    runtime,
    threads,
    worker,
    workerUrl,
    ...options
  }: Omit<FromScratchOptions, "tokenizer"> &
    EngineOptions & { tokenizer: TokenizerFiles }): Promise<TextClassifier> {
    const message: ScratchMessage = { tokenizer, options };
    return TextClassifier.#open({ runtime, threads, worker, workerUrl }, "scratch", message);
  }

  static async #open(
    engine: EngineOptions,
    ...call: Parameters<Connection["call"]>
  ): Promise<TextClassifier> {
    const connection = await Connection.open(engine);
    try {
      return new TextClassifier(connection, await connection.call<ClassifierInfo>(...call));
    } catch (error) {
      connection.close();
      throw error;
    }
  }

  /** Class names, in the order of the logits. */
  get labels(): readonly string[] {
    return this.#info.labels;
  }

  /** Whether a text is of one class, or of any number of them. */
  get task(): Task {
    return this.#info.task;
  }

  /** Probabilities above which the classes apply, [classes]; undefined unless the task is `multiLabel`. */
  get thresholds(): readonly number[] | undefined {
    return this.#info.thresholds;
  }

  /** Which parameters are new, which of the checkpoint's are not used, and why. */
  get loading(): Loading {
    return this.#info.loading;
  }

  /**
   * Trains, and scores other rows after every epoch. It is all or nothing: a training that fails or is stopped leaves
   * the classifier as it was, and `predict` answers by the weights before until the training is done.
   *
   * @throws DataError if a label isn't one of the classes or a text is empty.
   * @throws ConfigError for an option that doesn't exist or can't work.
   * @throws TrainingError if training diverges, the memory doesn't suffice, or the classifier is being trained already.
   * @throws Interrupted if `signal` stops it.
   */
  async fit(train: Rows, fitOptions: FitOptions = {}): Promise<Run> {
    const { evaluate, checkpoints, signal, ...rest } = fitOptions;
    const { onReady, onEvaluation, onProgress, onStep, onResume, ...options } = rest;
    const callbacks = { onReady, onEvaluation, onProgress, onStep, onResume };
    const message: Omit<FitMessage, "job"> = {
      train: datasetMessage(train),
      evaluate:
        evaluate &&
        Object.fromEntries(Object.entries(evaluate).map(([name, rows]) => [name, datasetMessage(rows)])),
      options,
      callbacks: [...answered, ...told].filter((name) => callbacks[name] !== undefined),
      checkpoints,
    };
    const { run, info } = await this.#connection.call<FitAnswer>("fit", message, { callbacks, signal });
    this.#info = info;
    return run;
  }

  /** Scores labelled rows. @throws DataError as `fit` does. */
  async evaluate(rows: Rows, { onProgress, signal }: WorkOptions = {}): Promise<EvaluationReport> {
    const message = { dataset: datasetMessage(rows) };
    return this.#connection.call("evaluate", message, { callbacks: { onProgress }, signal });
  }

  /**
   * Classifies one text (or pair of texts), or many at once. Texts longer than the model was trained on are cut.
   *
   * @throws DataError if a text is empty or no text.
   */
  async predict(input: TextInput, work?: WorkOptions): Promise<Prediction>;
  async predict(inputs: readonly TextInput[], work?: WorkOptions): Promise<Prediction[]>;
  async predict(
    input: TextInput | readonly TextInput[],
    { onProgress, signal }: WorkOptions = {},
  ): Promise<Prediction | Prediction[]> {
    return this.#connection.call("predict", { input }, { callbacks: { onProgress }, signal });
  }

  /** The tokens of texts, as the model reads them. */
  async encode(texts: readonly string[]): Promise<Encoding[]> {
    return this.#connection.call("encode", texts);
  }

  /**
   * The model in Hugging Face's layout, which `fromPretrained` takes again and which Node.js and Python read too.
   *
   * @param as `files` gives them by name; `zip` one file to download.
   */
  async save(as: "zip"): Promise<Blob>;
  async save(as?: "files"): Promise<Map<string, Blob>>;
  async save(as: "files" | "zip" = "files"): Promise<Map<string, Blob> | Blob> {
    return this.#connection.call(as, undefined);
  }

  /** Ends the worker and frees all that it holds; the classifier can't be used any more. */
  async dispose(): Promise<void> {
    this.#connection.close();
  }
}

/**
 * Learns a WordPiece tokenizer from texts, in a worker, see `trainWordPiece` of Node.js.
 *
 * @returns The tokenizer's files, for `TextClassifier.fromScratch`.
 */
export async function trainWordPiece(
  texts: readonly string[],
  { runtime, threads, worker, workerUrl, ...options }: WordPieceOptions & EngineOptions = {},
): Promise<TokenizerFiles> {
  const connection = await Connection.open({ runtime, threads, worker, workerUrl });
  try {
    const message: WordPieceMessage = { texts, options };
    return await connection.call<TokenizerFiles>("wordPiece", message);
  } finally {
    connection.close();
  }
}
