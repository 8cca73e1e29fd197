import { outputsOf, type Reading } from "../evaluation/outputs.ts";
import type { HistoryEntry } from "./run-record.ts";

/** Sums over training batches, each as it was in front of its update; plain data, so that a checkpoint can hold it. */
export interface Tally {
  rows: number;
  /** Padding not counted. */
  tokens: number;
  /** Of the rows in the loss: their number, unless classes have weights. */
  weight: number;
  /** Sum of the batches' mean losses. */
  lossSum: number;
  /** Sum of the rows' losses, each by its weight. */
  rowLossSum: number;
  /** Rows that were answered right: of a multi-label task, every class of them. */
  right: number;
}

export const emptyTally: Tally = { rows: 0, weight: 0, tokens: 0, lossSum: 0, rowLossSum: 0, right: 0 };

/** A batch after its step. */
export interface TalliedBatch {
  rows: number;
  /** What `loss` is a mean over, see `batchWeight`. */
  weight: number;
  /** Padding not counted. */
  tokens: number;
  /** Mean of the batch. */
  loss: number;
  /** [rows, outputs] */
  logits: Float32Array;
  /** As the step reads them. */
  labels: Int32Array;
}

export function tallyBatch(
  { rows, weight, tokens, loss, logits, labels }: TalliedBatch,
  reading: Reading,
): Tally {
  const right = outputsOf(reading, rows, logits.length / rows, logits).right(labels);
  return { rows, weight, tokens, lossSum: loss, rowLossSum: loss * weight, right };
}

export function addTallies(a: Tally, b: Tally): Tally {
  return {
    rows: a.rows + b.rows,
    weight: a.weight + b.weight,
    tokens: a.tokens + b.tokens,
    lossSum: a.lossSum + b.lossSum,
    rowLossSum: a.rowLossSum + b.rowLossSum,
    right: a.right + b.right,
  };
}

/** What a line of the history says of the training rows. */
export function scoreOf({ rows, weight, lossSum, rowLossSum, right }: Tally): HistoryEntry["train"] {
  return { rows, lossSum, loss: rowLossSum / weight, accuracy: right / rows };
}
