import type { TokenRows } from "../text/token-rows.ts";
import type { RunRecord } from "../training/run-record.ts";

/** What only the host of a classifier knows: Node.js, or a browser. */
export interface Host {
  /** The machine and the versions, for the record of a run. */
  environment(): RunRecord["environment"];
  /** The most memory that was held so far, in bytes; undefined where the host doesn't tell. */
  peakMemory(): number | undefined;
}

/** What a split's frozen features depend on. */
export interface FeatureKey {
  /** `config.json` and pooling: how the weights are used. */
  design: unknown;
  /** Values of the encoder's parameters by name. */
  encoder: ReadonlyMap<string, Float32Array>;
  rows: TokenRows;
  attentionMask: boolean;
}

/** Where the features of a frozen encoder are kept, so that the next run with the same rows doesn't encode them again. */
export interface FeatureStore {
  /** The place of one split's features. */
  entry(key: FeatureKey): FeatureEntry;
}

/** The features of one split, kept or not yet. */
export interface FeatureEntry {
  /** [rows, hidden size]; undefined where they aren't kept, or are damaged. */
  get(): Promise<Float32Array | undefined>;
  /** @param hiddenSize Values of a row. */
  put(values: Float32Array, hiddenSize: number): Promise<void>;
}
