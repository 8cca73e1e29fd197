import type { CrossEntropyOptions } from "../nn/losses.ts";
import { integer } from "../report/format.ts";
import type { FinalEvaluation, Finding, RunRecord } from "../training/run-record.ts";

/** A training loss above this share of what knowing the class shares alone gives has learnt nothing. */
const CHANCE_SHARE = 0.99;
/** Of fewer rows, one class for all may be right. */
const LEAST_ROWS = 10;

/** Checks what came out of a run. @param settings What its loss was, where it was more than a cross-entropy. */
export function runFindings(
  record: Pick<RunRecord, "labels" | "data" | "history" | "evaluations">,
  settings: CrossEntropyOptions = {},
): Finding[] {
  return [...record.evaluations.map(majorityPrediction), lossAtChance(record, settings)].filter(
    (finding) => finding !== undefined,
  );
}

/** One class is predicted for every row of a split that has several. */
export function majorityPrediction({
  split,
  report,
}: Pick<FinalEvaluation, "split" | "report">): Finding | undefined {
  const predicted = report.labels.filter((_, i) => report.predictedCounts[i]! > 0);
  const occurring = report.perClass.filter(({ support }) => support > 0);
  if (report.rows < LEAST_ROWS || predicted.length !== 1 || occurring.length < 2) return undefined;
  return {
    code: "majority-prediction",
    severity: "warning",
    found: `The model answers “${predicted[0]}” for all ${integer(report.rows)} rows of ${split}.`,
    why: "It doesn't tell the classes apart; its accuracy is that class's share of the rows.",
    advice:
      "Check the labels and the text column, the learning rate, and that training saw every class; then train for longer.",
  };
}

/** The training loss is where it would be if no text had been read. */
export function lossAtChance(
  { labels, data, history }: Pick<RunRecord, "labels" | "data" | "history">,
  { labelSmoothing = 0, classWeights }: CrossEntropyOptions = {},
): Finding | undefined {
  const last = history.at(-1);
  const counts = data[0]?.labelCounts;
  if (!last || !counts || last.epoch < 1) return undefined;
  const chance = chanceLoss(counts, labelSmoothing, classWeights);
  if (chance === 0 || !(last.train.loss >= CHANCE_SHARE * chance)) return undefined;
  return {
    code: "loss-at-chance",
    severity: "warning",
    found: `After ${Number(last.epoch.toFixed(2))} epochs the training loss is ${last.train.loss.toFixed(3)}; knowing only how frequent the ${labels.length} classes are gives ${chance.toFixed(3)}.`,
    why: "The model has learnt nothing from the texts.",
    advice:
      "Try another learning rate or more epochs; check that labels and texts belong together and that the text column is the right one.",
  };
}

/**
 * Mean cross-entropy of always predicting the class shares, in nats: their entropy, ln(classes) where all classes
 * are equally frequent. Class weights change the shares; smoothing mixes them with equal ones.
 */
function chanceLoss(
  counts: readonly number[],
  labelSmoothing: number,
  classWeights: readonly number[] | undefined,
): number {
  const weighted = counts.map((count, i) => count * (classWeights?.[i] ?? 1));
  const total = weighted.reduce((sum, weight) => sum + weight, 0);
  return weighted.reduce((sum, weight) => {
    const share = (1 - labelSmoothing) * (weight / total) + labelSmoothing / counts.length;
    return share > 0 ? sum - share * Math.log(share) : sum;
  }, 0);
}
