import type { DuplicateDescription } from "../profiling/duplicates.ts";
import type { LabelDescription } from "../profiling/label-counts.ts";
import type { LengthSummary } from "../text/length-summary.ts";

/** What the checks need to know of a split, from a description or from a split about to be trained on. */
export interface SplitFacts {
  name: string;
  rows: number;
  /** undefined for a split without classes. */
  labels?: LabelDescription;
  /** All rows that the split is a slice of. */
  cutFrom?: { rows: number; labels: LabelDescription };
  /** Rows without a text, and rows of a single word. */
  emptyTexts: number;
  oneWordTexts: number;
  /** Lengths, each with what they are counted in: `tokens`, `words of text`. */
  lengths: { unit: string; summary: LengthSummary }[];
  truncation?: Truncation;
  /** Share of tokens that the vocabulary doesn't know, 0 to 1. */
  unknownTokens?: number;
  duplicates: DuplicateDescription;
}

/** What is lost to the model's limit. */
export interface Truncation {
  /** Tokens that rows are cut to. */
  limit: number;
  rows: number;
  /** Share of all tokens, 0 to 1. */
  tokens: number;
}
