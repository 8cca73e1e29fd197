import type { LengthDescription } from "../text/length-summary.ts";
import type { ColumnDescription } from "./column-types.ts";
import type { DuplicateDescription } from "./duplicates.ts";
import type { LabelDescription } from "./label-counts.ts";
import type { Overlap } from "./overlap.ts";
import type { ClassSamples } from "./samples.ts";
import type { TokenDescription } from "./token-counts.ts";

/** Lengths of the texts of a column. */
export interface TextLengths {
  column: string;
  /** Code points. */
  characters: LengthDescription;
  /** Stretches between white space. */
  words: LengthDescription;
}

/** What a split holds. Plain data: it survives JSON. */
export interface SplitDescription {
  name: string;
  /** Where it came from: `fancyzhx/ag_news train`, a file. */
  source: string;
  rows: number;
  columns: ColumnDescription[];
  /** The text column, or both of a pair. */
  textColumns: string[];
  /** The column of the classes, or columns that are named after them. */
  labelColumns?: string[];
  labels?: LabelDescription;
  /** Why the label columns hold no classes. */
  labelProblem?: string;
  /** All rows that the split is a slice of, where it is one. */
  cutFrom?: { rows: number; labels: LabelDescription };
  texts: TextLengths[];
  /** Rows without a text (of a pair: without one of the two), and rows of a single word. */
  emptyTexts: number;
  oneWordTexts: number;
  /** Distinct words, case and punctuation aside. */
  vocabulary: number;
  tokens?: TokenDescription;
  duplicates: DuplicateDescription;
  samples: ClassSamples[];
}

/** How an evaluation split compares with the training split. */
export interface TrainingComparison {
  overlap: Overlap;
  /** Share of the words of the evaluation split, each as often as it comes, that training never shows; 0 to 1. */
  unseenWords: number;
}

/** What a dataset holds. Plain data: it survives JSON. */
export interface DatasetDescription {
  name: string;
  splits: SplitDescription[];
  comparisons: TrainingComparison[];
}
