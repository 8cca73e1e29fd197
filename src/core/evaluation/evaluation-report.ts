import { Logits } from "./logits.ts";
import { type ClassificationReport, classificationReport } from "./metrics.ts";
import { type MultiLabelReport, multiLabelReport } from "./multi-label-metrics.ts";
import type { Outputs } from "./outputs.ts";

/** How a model did on one split; `task` says whether rows are of one class or of several. */
export type EvaluationReport = ClassificationReport | MultiLabelReport;

/**
 * Scores a split of either task.
 *
 * @param labels as `Targets` holds them
 * @throws DataError, RangeError as `classificationReport` and `multiLabelReport` do
 */
export function evaluationReport(
  outputs: Outputs,
  labels: Int32Array,
  labelNames: readonly string[],
): EvaluationReport {
  return outputs instanceof Logits
    ? classificationReport(outputs, labels, labelNames)
    : multiLabelReport(outputs, labels, labelNames);
}
