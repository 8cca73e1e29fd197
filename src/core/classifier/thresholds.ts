import type { Targets, Task } from "../data/targets.ts";
import { ConfigError } from "../errors.ts";
import { DEFAULT_THRESHOLD, MultiLabelLogits } from "../evaluation/multi-label-logits.ts";
import type { Outputs } from "../evaluation/outputs.ts";
import { bestThresholds } from "../evaluation/thresholds.ts";
import { isTestSplit } from "../findings/setting-findings.ts";
import type { Finding } from "../training/run-record.ts";

/** Probability above which a class applies: one for all, one each, or those with the best F1 on a split. */
export type Thresholds = number | readonly number[] | "best";

/**
 * A threshold for every class, [classes]; undefined where a row is of one class, so that nothing is to be decided.
 *
 * @throws ConfigError if they don't go with the task or the classes.
 */
export function thresholdsFor(
  task: Task,
  labels: readonly string[],
  given: number | readonly number[] = DEFAULT_THRESHOLD,
): readonly number[] | undefined {
  if (task === "singleLabel") {
    if (given === DEFAULT_THRESHOLD) return undefined;
    throw new ConfigError(
      "thresholds are for task: multiLabel; where a row is of one class, the most probable is it",
    );
  }
  const thresholds = typeof given === "number" ? labels.map(() => given) : [...given];
  if (thresholds.length !== labels.length) {
    throw new ConfigError(
      `thresholds: ${thresholds.length} for ${labels.length} classes; give one for all, or one each in the order ${labels.join(", ")}`,
    );
  }
  const outside = thresholds.find((threshold) => !(threshold >= 0 && threshold < 1));
  if (outside === undefined) return thresholds;
  throw new ConfigError(`thresholds: ${outside} can't be used; give probabilities from 0 to below 1`);
}

/**
 * The evaluated split that thresholds are to be chosen on; undefined where none are to be chosen.
 *
 * @throws ConfigError if there is none, or none but a test split, whose score would then not be that of a test.
 */
export function choosingSplit(
  thresholds: Thresholds | undefined,
  thresholdSplit: string | undefined,
  task: Task,
  splits: readonly string[],
): string | undefined {
  if (thresholds !== "best") {
    if (thresholdSplit === undefined) return undefined;
    throw new ConfigError("thresholdSplit goes with thresholds: best");
  }
  if (task === "singleLabel") throw new ConfigError("thresholds: best is for task: multiLabel");
  const chosen = thresholdSplit ?? splits.find((split) => !isTestSplit(split));
  if (chosen !== undefined && splits.includes(chosen)) return chosen;
  if (chosen !== undefined) {
    throw new ConfigError(
      `thresholdSplit: "${chosen}" is not evaluated; give one of ${splits.join(", ")}, or add it to evaluate`,
    );
  }
  throw new ConfigError(
    "thresholds: best needs a split to choose them on that is no test split; add one to evaluate, such as validation, or train[80%:], or name one as thresholdSplit",
  );
}

/** The thresholds with the best F1 of every class on the rows that `outputs` are of, and what reports say of them. */
export function chooseThresholds(
  split: string,
  outputs: Outputs,
  targets: Targets,
  labels: readonly string[],
): { thresholds: number[]; finding: Finding } {
  if (!(outputs instanceof MultiLabelLogits)) throw new TypeError("thresholds are for multi-label outputs");
  const thresholds = bestThresholds(outputs, targets.values);
  const most = 8;
  const list = labels.slice(0, most).map((label, i) => `${label} ${thresholds[i]!.toFixed(2)}`);
  const rest = labels.length > most ? `, and ${labels.length - most} more` : "";
  return {
    thresholds,
    finding: {
      code: isTestSplit(split) ? "test-split-decides" : "thresholds-chosen",
      severity: isTestSplit(split) ? "warning" : "note",
      found: `The thresholds are those with the best F1 of every class on ${split}: ${list.join(", ")}${rest}.`,
      why: `What was chosen on ${split} fits it a little better than it will fit new data, most of all for classes with few rows. Scores during training, and what chose the best epoch, were decided by the thresholds before.`,
      advice: isTestSplit(split)
        ? "Choose thresholds on a validation split, and score the test split with them."
        : "Judge the model by a split that chose nothing.",
    },
  };
}
