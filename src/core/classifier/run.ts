import type { HistoryEntry, RunRecord } from "../training/run-record.ts";
import type { ScoredSplit } from "./record.ts";
import type { ClassifierState } from "./state.ts";

/** A finished training: what happened, and the model it left. Plain data, for whoever saves or shows it. */
export interface Run {
  /** Everything that a report shows: history, scores, findings, settings. */
  readonly record: RunRecord;
  /** Loss and accuracy of every evaluation, as in the record. */
  readonly history: readonly HistoryEntry[];
  /** The evaluated splits and what the trained model gives for their rows. */
  readonly splits: readonly ScoredSplit[];
  /** The classifier as training left it; a later training of it doesn't change this one. */
  readonly model: ClassifierState;
}
