import type { HeadKind, Pooling } from "../models/classifier.ts";
import type { WorkOptions } from "../progress.ts";
import type { WordPieceOptions } from "../text/wordpiece-trainer.ts";
import type { RowsData } from "./rows-data.ts";
import type { TrainingOutcome, TrainingTask, TrainingWatch } from "./training-task.ts";

/** What a classifier is traced from, as plain data: the same graph on either side of a thread's border. */
export interface DesignData {
  /** The encoder's `config.json`, parsed. */
  config: unknown;
  head: HeadKind;
  pooling: Pooling;
  /** Logits of a row. */
  outputs: number;
}

/** A model to run rows through. */
export interface ModelData {
  design: DesignData;
  /**
   * What it gives for a row: the logits, or the features that the head reads; or for each of its tokens the hidden
   * state behind so many of the encoder's layers.
   */
  output: "logits" | "features" | { afterLayers: number };
  /** Values of all parameters by name; they must not change as long as the model is open. */
  weights: ReadonlyMap<string, Float32Array>;
}

/** How rows are run: how far it is, who may stop it, and how many rows are run at once at most. */
export interface RunOptions extends WorkOptions {
  stage: "encode" | "evaluate";
  /** What the rows are, for progress. */
  subject: string;
  /** @default as many as suit the model */
  batchSize?: number;
}

/**
 * A compiled model. Calls that wait at the same time share batches of rows of similar length, and are answered in the
 * order in which they came; one that is stopped leaves the others alone.
 */
export interface RowModel {
  /**
   * @returns Row-major [rows, outputs or hidden size], in row order; hidden states [tokens, hidden size].
   * @throws Interrupted within one batch, if `signal` stops it.
   */
  run(rows: RowsData, options: RunOptions): Promise<Float32Array>;
  /** Frees it, when the calls that are under way are answered. */
  release(): Promise<void>;
}

/** What a hash is of, one after the other; strings as UTF-8. */
export type HashPart = string | ArrayBufferView;

/** Learns a WordPiece vocabulary from texts that are given piece by piece. */
export interface WordPieceLearner {
  /** @param lowercase The same for all texts. */
  add(texts: readonly string[], lowercase: boolean): Promise<void>;
  /** @returns The tokens in the order of their ids, see `learnWordPieces`. */
  learn(options: WordPieceOptions): Promise<string[]>;
}

/**
 * Where the heavy work of a classifier is done: in the thread of the caller (`LocalRunner`), or in another
 * (`RemoteRunner`, over whatever channel the host has to it). All that it takes and gives is plain data and callbacks,
 * and the results are the same bytes wherever it is. It is the only thing that the classifier knows of threads.
 */
export interface Runner {
  /** Compiles a model. */
  open(model: ModelData): Promise<RowModel>;
  /**
   * Trains, see `train`. The weights that are given stay as they are; those that were trained come back.
   *
   * @throws What `train` throws, and whatever a callback of `watch` throws.
   */
  train(task: TrainingTask, watch: TrainingWatch): Promise<TrainingOutcome>;
  /** SHA-256 of all parts together, in hexadecimal. @throws Interrupted if `signal` stops it. */
  hash(parts: readonly HashPart[], signal?: AbortSignal): Promise<string>;
  wordPieces(): Promise<WordPieceLearner>;
  /** Ends what is under way at once, where it is in another thread: that fails with this error. */
  stop(error: unknown): Promise<void>;
  /** Frees everything, when the calls that are under way are answered. */
  dispose(): Promise<void>;
}
