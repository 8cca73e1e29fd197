/** A training row whose given label is probably wrong. */
export interface Suspect {
  /** Its place in the training split as read, from 0: for a file, that in the file. */
  row: number;
  /** Class names: the row's label, and the most probable class. */
  given: string;
  suggested: string;
  /** 0 to 1. */
  probabilityGiven: number;
  probabilitySuggested: number;
  /** One text, or premise and hypothesis. */
  texts: string[];
}

/** What cross-validation says about the labels of a run's training rows. */
export interface SuspectReport {
  /** Name of the run. */
  run: string;
  /** The rows that were judged: where they came from, and how many. */
  data: string;
  rows: number;
  /** The pretrained encoder whose features they were judged on. */
  model: string;
  /** Whether the run trained an encoder of its own. It saw every label, so it has no say here. */
  encoderTrained: boolean;
  folds: number;
  /** Share of the rows whose given label is the most probable class, and what always naming the largest class gives. */
  accuracy: number;
  majorityBaseline: number;
  /** Class names, in the order of `thresholds` and `joint`; what those are, see `ConfidentLearning`. */
  labels: string[];
  thresholds: (number | null)[];
  joint: number[][];
  /** The likeliest label errors first. */
  suspects: Suspect[];
}
