import { epochText } from "../format.ts";
import type { Finding, HistoryEntry, RunRecord } from "../training/run-record.ts";
import type { TrainingSettings } from "../training/settings.ts";

/** What a report says where the end of a training was not the end of its schedule. */
export function bestModelFindings(
  { epochs, earlyStoppingPatience, loadBestModelAtEnd }: TrainingSettings,
  history: readonly HistoryEntry[],
  best: RunRecord["best"],
): Finding[] {
  const last = history.at(-1)!;
  if (!best) return [];
  const findings: Finding[] = [];
  if (last.epoch < epochs) {
    findings.push({
      code: "early-stop",
      severity: "note",
      found: `Training stopped after epoch ${epochText(last)} of ${epochs}: ${best.metric} had not improved in ${earlyStoppingPatience} evaluations.`,
      why: "The learning rate follows a schedule of all epochs, of which this run saw a part.",
      advice: "Give a larger earlyStoppingPatience to train on.",
    });
  }
  if (loadBestModelAtEnd && best.step < last.step) {
    findings.push({
      code: "best-model-restored",
      severity: "note",
      found: `The model is that of epoch ${epochText(best)}, the best by ${best.metric} (${best.value.toPrecision(4)}), not that of the last.`,
      why: "A score that chose the model is a little better than what new data will give.",
      advice: "Judge the model by a split that did not choose it.",
    });
  }
  return findings;
}
