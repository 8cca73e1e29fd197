import { sameAnswer, type Task } from "../../core/data/targets.ts";
import { type PairedCounts, pairedComparison } from "../../core/evaluation/compare.ts";
import type { Disagreement, PairedRuns, UnpairedRuns } from "./comparison.ts";
import type { StoredPrediction } from "./predictions.ts";

/** One run's side of a pair. */
export interface PredictedSplit {
  /** Index of the run. */
  run: number;
  /** The file of the predictions, for messages. */
  source: string;
  task: Task;
  labels: readonly string[];
  predictions: readonly StoredPrediction[] | undefined;
}

/** A row as the two runs see it. */
type PairedRow = [first: StoredPrediction, second: StoredPrediction];

/** Disagreements kept of each kind. */
const disagreementsKept = 20;

/**
 * Compares two runs row by row. Rows are matched by their texts and their class, so that runs which shuffled the
 * same rows differently can still be paired.
 */
export function pairRuns(
  first: PredictedSplit,
  second: PredictedSplit,
): Omit<PairedRuns, "adjustedPValue"> | UnpairedRuns {
  const runs = { first: first.run, second: second.run };
  const rows = matchRows(first, second);
  if (typeof rows === "string") return { ...runs, paired: false, reason: rows };
  const counts: PairedCounts = { bothRight: 0, onlyFirstRight: 0, onlySecondRight: 0, bothWrong: 0 };
  const onlyFirstRight: PairedRow[] = [];
  const onlySecondRight: PairedRow[] = [];
  for (const row of rows) {
    const [firstRight, secondRight] = row.map(({ label, predicted }) => sameAnswer(label, predicted));
    if (firstRight && secondRight) counts.bothRight += 1;
    else if (firstRight) onlyFirstRight.push(row);
    else if (secondRight) onlySecondRight.push(row);
    else counts.bothWrong += 1;
  }
  counts.onlyFirstRight = onlyFirstRight.length;
  counts.onlySecondRight = onlySecondRight.length;
  return {
    ...runs,
    paired: true,
    result: pairedComparison(counts),
    onlyFirstRight: surest(onlyFirstRight),
    onlySecondRight: surest(onlySecondRight),
  };
}

/** The rows in the first run's order, or why they can't be matched. */
function matchRows(first: PredictedSplit, second: PredictedSplit): PairedRow[] | string {
  if (!first.predictions) return `there is no ${first.source}`;
  if (!second.predictions) return `there is no ${second.source}`;
  if (first.task !== second.task) return "one gives a row one class and the other any number of them";
  if (first.labels.join("\n") !== second.labels.join("\n")) return "their classes differ";
  const [a, b] = [first.predictions.length, second.predictions.length];
  if (a !== b) return `one was evaluated on ${a} rows and the other on ${b}`;
  const waiting = new Map<string, StoredPrediction[]>();
  for (const prediction of second.predictions) {
    const key = keyOf(prediction);
    const same = waiting.get(key);
    if (same) same.push(prediction);
    else waiting.set(key, [prediction]);
  }
  const rows: PairedRow[] = [];
  for (const prediction of first.predictions) {
    const other = waiting.get(keyOf(prediction))?.shift();
    if (other) rows.push([prediction, other]);
  }
  if (rows.length === a) return rows;
  return `they were evaluated on different rows: ${a - rows.length} of ${a} differ in their text or class`;
}

const keyOf = ({ label, texts }: StoredPrediction): string => JSON.stringify([label, ...texts]);

/** Those on which both runs are surest, by the product of their confidences. */
function surest(rows: readonly PairedRow[]): Disagreement[] {
  return rows
    .map(([first, second]): Disagreement => {
      const { texts, genre, label } = first;
      return {
        rows: [first.row, second.row],
        texts,
        genre,
        label,
        predicted: [first.predicted, second.predicted],
        probabilities: [confidence(first), confidence(second)],
      };
    })
    .sort((a, b) => b.probabilities[0] * b.probabilities[1] - a.probabilities[0] * a.probabilities[1])
    .slice(0, disagreementsKept);
}

/** Of a set of classes, the probability that all of what is said of them holds, if classes come independently. */
function confidence({ predicted, probabilities }: StoredPrediction): number {
  if (typeof predicted === "number") return probabilities[predicted]!;
  return probabilities.reduce((sure, p, c) => sure * (predicted.includes(c) ? p : 1 - p), 1);
}
