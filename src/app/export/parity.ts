import { sameAnswer, type Targets } from "../../core/data/targets.ts";
import { wilsonInterval } from "../../core/evaluation/interval.ts";
import type { Outputs } from "../../core/evaluation/outputs.ts";

/** Rows that a model got right. */
export interface Accuracy {
  /** 0 to 1; of a multi-label model the rows whose whole set is right. */
  accuracy: number;
  /** 95 % Wilson interval. */
  interval: { low: number; high: number };
}

/** How an exported model answers, against the classifier that it was exported from. */
export interface Parity {
  /** The largest difference of any probability of any row, 0 to 1. */
  largestDifference: number;
  /** The mean over the rows of the largest difference among a row's classes. */
  meanDifference: number;
  /** Share of the rows that both give the same answer. */
  agreement: number;
  /** Where the rows have labels. */
  accuracy?: Accuracy;
}

/** Compares what an exported model gives for some rows with what the classifier gives. */
export function parity(before: Outputs, after: Outputs, targets: Targets | undefined): Parity {
  const differences = rowDifferences(before, after);
  const answers = after.answers();
  const agreeing = before.answers().filter((answer, row) => sameAnswer(answer, answers[row]!)).length;
  return {
    largestDifference: differences.reduce((most, difference) => Math.max(most, difference), 0),
    meanDifference: meanOf(differences),
    agreement: agreeing / before.rows,
    ...(targets && { accuracy: accuracyOf(after, targets) }),
  };
}

export function accuracyOf(outputs: Outputs, targets: Targets): Accuracy {
  const right = outputs.right(targets.values);
  return { accuracy: right / targets.rows, interval: wilsonInterval(right, targets.rows) };
}

/** The mean over the rows of the largest difference among a row's probabilities. */
export function meanDifference(before: Outputs, after: Outputs): number {
  return meanOf(rowDifferences(before, after));
}

function rowDifferences(before: Outputs, after: Outputs): Float64Array {
  const { classes } = before;
  const [p, q] = [before.probabilities(), after.probabilities()];
  const largest = new Float64Array(before.rows);
  for (let i = 0; i < p.length; i++) {
    const row = Math.floor(i / classes);
    largest[row] = Math.max(largest[row]!, Math.abs(p[i]! - q[i]!));
  }
  return largest;
}

const meanOf = (values: Float64Array): number => values.reduce((a, b) => a + b, 0) / values.length;
