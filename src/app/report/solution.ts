import { counted, percent } from "../../core/format.ts";
import type { RunRecord } from "../../core/training/run-record.ts";
import { accuracyName } from "./answer-format.ts";

const scalings = {
  length: "features scaled to a mean length of 1",
  standardize: "standardised features",
  none: "features as they are",
} as const;

/** What says how a head was solved. */
export type SolvedRecord = Pick<RunRecord, "solution" | "history" | "task">;

/** How the head was solved, how strongly it was held back, and whether that came to an end; undefined where it was trained. */
export function solutionText({ solution, history, task }: SolvedRecord): string | undefined {
  if (!solution) return undefined;
  const { C, folds, iterations, converged, scaling } = solution;
  const end = converged ? "converged" : "did not converge";
  const train = history.at(-1)?.train;
  const fit = train
    ? ` On the training rows its log loss is ${train.loss.toFixed(4)}, its ${accuracyName(task)} ${percent(train.accuracy)}.`
    : "";
  return `The head was solved by logistic regression on ${scalings[scaling]}, ${strengths(C, folds)}; L-BFGS ${end} in ${counted(iterations, "iteration")}.${fit}`;
}

function strengths(C: readonly number[], folds: readonly number[]): string {
  const values = C.map((value) => Number(value.toPrecision(3)));
  const [least, most] = [Math.min(...values), Math.max(...values)];
  const dealt = Math.max(...folds, 0);
  const chosen = dealt > 1 ? `, chosen by ${dealt}-fold cross-validation` : "";
  if (C.length === 0) return "without a class to tell from another";
  return `C = ${least === most ? least : `${least} to ${most}, one for each class`}${chosen}`;
}
