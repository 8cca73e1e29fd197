import { type Answer, classesOf, type Task } from "../../core/data/targets.ts";
import { counted, integer, percent } from "../../core/format.ts";
import type { PredictedRow } from "../../core/training/run-record.ts";

// How answers and their scores are called, everywhere in reports and on the terminal.

/** What the share of right rows is called: of rows of several classes, the whole set must be right. */
export const accuracyName = (task: Task): string => (task === "multiLabel" ? "exact match" : "accuracy");

/** The same at the beginning of a title. */
export const accuracyTitle = (task: Task): string => (task === "multiLabel" ? "Exact match" : "Accuracy");

/** The loss along an axis. */
export const lossTitle = (task: Task): string =>
  task === "multiLabel" ? "Mean binary cross-entropy (nats)" : "Mean cross-entropy (nats)";

/** The names of an answer's classes. */
export function answerText(answer: Answer, labels: readonly string[]): string {
  const names = classesOf(answer).map((label) => labels[label] ?? `class ${label}`);
  return names.length === 0 ? "no class" : names.join(", ");
}

/** `“World”`, or `no class` as it stands. */
export function quotedAnswer(answer: Answer, labels: readonly string[]): string {
  const text = answerText(answer, labels);
  return classesOf(answer).length === 0 ? text : `“${text}”`;
}

/** Rows of 0, 1, 2, … classes, in words: `1.4 classes a row on average; 12 rows have none, 80 one, 20 two, 3 more`. */
export function rowsBySizeText(rowsBySize: readonly number[]): string {
  const rows = rowsBySize.reduce((sum, count) => sum + count, 0);
  const classes = rowsBySize.reduce((sum, count, size) => sum + count * size, 0);
  const [none = 0, one = 0, two = 0, ...more] = rowsBySize;
  const rest = more.reduce((sum, count) => sum + count, 0);
  const mean = (classes / Math.max(1, rows)).toFixed(2);
  return `${mean} classes a row on average; ${counted(none, "row")} ${none === 1 ? "has" : "have"} none, ${integer(one)} one, ${integer(two)} two, ${integer(rest)} more`;
}

/** How sure the model was of a wrong answer; of a set of classes, of which of them. */
export function sureText({ probability, predicted, about }: PredictedRow, labels: readonly string[]): string {
  const sure = `${percent(probability)} sure`;
  if (about === undefined) return sure;
  const said = classesOf(predicted).includes(about) ? "that it is" : "that it is not";
  return `${sure} ${said} ${labels[about]}`;
}
