import type { Answer } from "../../core/data/targets.ts";
import type { PairedComparison } from "../../core/evaluation/compare.ts";
import type { SavedRecord } from "./record-schema.ts";

/** Finished runs side by side: everything that the comparison's report shows, as plain data. */
export interface Comparison {
  /** In the order given. Everything below that is "by run" has this order. */
  runs: ComparedRun[];
  /** What sets the runs' recipes apart, and where it differs the machine and the versions that they ran on. */
  differences: SettingDifference[];
  /** Every split that a run was evaluated on. */
  splits: SplitComparison[];
  /** How much worse each run does on rows from elsewhere; only where the splits' names say so. */
  mismatch?: MismatchComparison;
}

/** A run beside others. */
export interface ComparedRun {
  /** The folder's name, with as much of its path as tells the runs apart. */
  name: string;
  folder: string;
  record: SavedRecord;
}

/** A setting that runs differ in. */
export interface SettingDifference {
  /** A recipe's key, `textuneVersion`, or a key of the record's environment as `environment.cpu`. */
  key: string;
  /** By run; null where it is not set. */
  values: unknown[];
}

/** The runs on one split. */
export interface SplitComparison {
  split: string;
  /** Every two runs that were evaluated on it. */
  pairs: PairComparison[];
  /** Accuracy by genre, in alphabetical order; empty where the data has none. */
  genres: GenreComparison[];
}

export interface GenreComparison {
  genre: string;
  /** By run; null where the run has no row of the genre. */
  scores: (GenreScore | null)[];
}

export interface GenreScore {
  rows: number;
  right: number;
}

/** Two runs on one split, row by row where they were evaluated on the same rows. */
export type PairComparison = PairedRuns | UnpairedRuns;

export interface PairedRuns {
  /** Indices of the runs. */
  first: number;
  second: number;
  paired: true;
  result: PairedComparison;
  /**
   * McNemar's p-value, adjusted by Holm's method where more than two runs are compared on the split: several tests
   * find something by chance more often than one.
   */
  adjustedPValue: number;
  /** Rows that only one of the two has right, those on which both are surest first. */
  onlyFirstRight: Disagreement[];
  onlySecondRight: Disagreement[];
}

export interface UnpairedRuns {
  first: number;
  second: number;
  paired: false;
  /** Why they can't be compared row by row. */
  reason: string;
}

/** A row that one of two runs has right. Pairs hold the first run's value and the second's. */
export interface Disagreement {
  /** Index in the split as each run evaluated it, from 0. */
  rows: [first: number, second: number];
  texts: string[];
  genre?: string;
  label: Answer;
  predicted: [first: Answer, second: Answer];
  /** How sure the runs were of their answers, 0 to 1. */
  probabilities: [first: number, second: number];
}

/** Accuracy on rows like those trained on (matched) against rows from elsewhere (mismatched). */
export interface MismatchComparison {
  matched: string;
  mismatched: string;
  /** By run; null where it was not evaluated on both. */
  runs: ({ matched: number; mismatched: number; difference: number; low: number; high: number } | null)[];
}
