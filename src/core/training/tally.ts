import { outputsOf, type Reading } from "../evaluation/outputs.ts";
import type { HistoryEntry } from "./run-record.ts";

/** Sums over training batches, each as it was in front of its update; plain data, so that a checkpoint can hold it. */
export interface Tally {
  rows: number;
  /** Padding not counted. */
  tokens: number;
  /** Sum of the batches' mean losses. */
  lossSum: number;
  /** Sum of the rows' losses. */
  rowLossSum: number;
  /** Rows that were answered right: of a multi-label task, every class of them. */
  right: number;
}

export const emptyTally: Tally = { rows: 0, tokens: 0, lossSum: 0, rowLossSum: 0, right: 0 };

/** A batch after its step. */
export interface TalliedBatch {
  rows: number;
  /** Padding not counted. */
  tokens: number;
  /** Mean of the batch. */
  loss: number;
  /** [rows, outputs] */
  logits: Float32Array;
  /** As the step reads them. */
  labels: Int32Array;
}

export function tallyBatch({ rows, tokens, loss, logits, labels }: TalliedBatch, reading: Reading): Tally {
  const right = outputsOf(reading, rows, logits.length / rows, logits).right(labels);
  return { rows, tokens, lossSum: loss, rowLossSum: loss * rows, right };
}

export function addTallies(a: Tally, b: Tally): Tally {
  return {
    rows: a.rows + b.rows,
    tokens: a.tokens + b.tokens,
    lossSum: a.lossSum + b.lossSum,
    rowLossSum: a.rowLossSum + b.rowLossSum,
    right: a.right + b.right,
  };
}

/** What a line of the history says of the training rows. */
export function scoreOf({ rows, lossSum, rowLossSum, right }: Tally): HistoryEntry["train"] {
  return { rows, lossSum, loss: rowLossSum / rows, accuracy: right / rows };
}
