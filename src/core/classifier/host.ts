import type { Runner } from "../runner/runner.ts";
import type { RunRecord } from "../training/run-record.ts";

/** What only the host of a classifier knows: Node.js, or a browser. */
export interface Host {
  /** The machine and the versions, for the record of a run. */
  environment(): RunRecord["environment"];
  /** The most memory that was held so far, in bytes; undefined where the host doesn't tell. */
  peakMemory(): number | undefined;
  /**
   * Something new to do the work, which whoever asks for it disposes of: a thread of its own, or nothing but the
   * caller's. Every classifier has one to predict and takes another for each training.
   */
  runner(): Runner;
}

/** Where the features of a frozen encoder are kept, so that the next run with the same rows doesn't encode them again. */
export interface FeatureStore {
  /**
   * The place of one split's features.
   *
   * @param key Of everything that they depend on, as hexadecimal digits: equal keys, equal features.
   */
  entry(key: string): FeatureEntry;
}

/** The features of one split, kept or not yet. */
export interface FeatureEntry {
  /** [rows, hidden size]; undefined where they aren't kept, or are damaged. */
  get(): Promise<Float32Array | undefined>;
  /** @param hiddenSize Values of a row. */
  put(values: Float32Array, hiddenSize: number): Promise<void>;
}
