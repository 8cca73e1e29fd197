import type { Task } from "../data/targets.ts";
import { Logits } from "./logits.ts";
import { MultiLabelLogits } from "./multi-label-logits.ts";

/**
 * What a classifier gives for the rows of a split. Both kinds read labels as `Targets` holds them and have
 * `probabilities`, `answers`, `losses` and `right`.
 */
export type Outputs = Logits | MultiLabelLogits;

/** How the numbers of a classifier's last layer are to be read. */
export interface Reading {
  /** @default "singleLabel" */
  task?: Task;
  /** Probabilities above which a class applies, [classes]; for a multi-label task. @default 0.5 each */
  thresholds?: readonly number[];
}

/** @param values of the last layer, row-major [rows, outputs] */
export function outputsOf(
  { task, thresholds }: Reading,
  rows: number,
  outputs: number,
  values: Float32Array,
): Outputs {
  if (task === "multiLabel") return new MultiLabelLogits(rows, outputs, values, thresholds);
  return outputs === 1 ? Logits.binary(values) : new Logits(rows, outputs, values);
}
