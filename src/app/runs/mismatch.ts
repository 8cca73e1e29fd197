import { differenceInterval } from "../../core/evaluation/interval.ts";
import type { MismatchComparison } from "./comparison.ts";
import type { SavedRecord } from "./record-schema.ts";

/**
 * Matched against mismatched, where splits are named so, as in MultiNLI's `validation_matched` and
 * `validation_mismatched`.
 */
export function mismatchComparison(
  splits: readonly string[],
  records: readonly SavedRecord[],
): MismatchComparison | undefined {
  const mismatched = splits.find((split) => split.includes("mismatched"));
  const matched = splits.find((split) => split.includes("matched") && !split.includes("mismatched"));
  if (mismatched === undefined || matched === undefined) return undefined;
  const runs = records.map((record) => {
    const [near, far] = [rightRows(record, matched), rightRows(record, mismatched)];
    if (!near || !far) return null;
    const [a, b] = [near.successes / near.trials, far.successes / far.trials];
    return { matched: a, mismatched: b, difference: a - b, ...differenceInterval(near, far) };
  });
  return runs.every((run) => run === null) ? undefined : { matched, mismatched, runs };
}

function rightRows({ evaluations }: SavedRecord, split: string) {
  const report = evaluations.find((evaluation) => evaluation.split === split)?.report;
  return report && { successes: Math.round(report.accuracy * report.rows), trials: report.rows };
}
