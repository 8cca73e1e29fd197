import { Logits } from "../evaluation/logits.ts";
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
  /** Rows whose most probable class was their label. */
  right: number;
}

export const emptyTally: Tally = { rows: 0, tokens: 0, lossSum: 0, rowLossSum: 0, right: 0 };

/**
 * @param loss Mean of the batch.
 * @param logits [labels.length, outputs]
 */
export function tallyBatch(loss: number, logits: Float32Array, labels: Int32Array, tokens: number): Tally {
  const rows = labels.length;
  const predictions = Logits.ofOutputs(rows, logits.length / rows, logits).predictions();
  const right = labels.reduce((count, label, i) => count + Number(predictions[i] === label), 0);
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
