import type { MultiLabelReport } from "../evaluation/multi-label-metrics.ts";
import { integer } from "../format.ts";
import type { LossOptions } from "../nn/losses.ts";
import type { FinalEvaluation, Finding, RunRecord } from "../training/run-record.ts";
import { badlyCalibrated, fewUpdates, stillFalling } from "./learning-findings.ts";

/** A training loss above this share of what knowing the class shares alone gives has learnt nothing. */
const CHANCE_SHARE = 0.99;
/** Of fewer rows, one class for all may be right. */
const LEAST_ROWS = 10;
/** Class names in a message. */
const MOST_NAMES = 5;

/** Checks what came out of a run. @param settings What its loss was, where it was more than a cross-entropy. */
export function runFindings(
  record: Pick<RunRecord, "labels" | "data" | "history" | "evaluations" | "solution">,
  settings: LossOptions = {},
): Finding[] {
  return [
    ...record.evaluations.flatMap((evaluation) => [
      majorityPrediction(evaluation),
      neverPredicted(evaluation),
      badlyCalibrated(evaluation),
    ]),
    ...courseFindings(record, settings),
    notConverged(record),
  ].filter((finding) => finding !== undefined);
}

/** What the course of the training says: at chance it is neither short nor unfinished, but wrong. */
function courseFindings(
  record: Parameters<typeof runFindings>[0],
  settings: LossOptions,
): (Finding | undefined)[] {
  const atChance = lossAtChance(record, settings);
  const train = record.data[0];
  if (atChance || !train) return [atChance, train && fewUpdates(record, chanceOf(train, settings))];
  const chance = chanceOf(train, settings);
  return [fewUpdates(record, chance) ?? stillFalling(record, chance)];
}

/** Mean loss of knowing only how frequent the classes are. */
function chanceOf(
  { labelCounts: counts, rows }: RunRecord["data"][number],
  { task, labelSmoothing = 0, classWeights }: LossOptions,
): number {
  return task === "multiLabel"
    ? binaryChanceLoss(counts, rows, classWeights)
    : chanceLoss(counts, labelSmoothing, classWeights);
}

/** A head was to be solved, and the minimum was not reached. */
export function notConverged({ solution }: Pick<RunRecord, "solution">): Finding | undefined {
  if (!solution || solution.converged) return undefined;
  return {
    code: "not-converged",
    severity: "warning",
    found: `The logistic regression did not converge in ${integer(solution.iterations)} iterations.`,
    why: "Its weights are not those of the minimum, and may depend on how the machine rounds.",
    advice: "Give a smaller logisticC or featureScaling: standardize, or train with method: steps.",
  };
}

/** One class is predicted for every row of a split that has several. */
export function majorityPrediction({
  split,
  report,
}: Pick<FinalEvaluation, "split" | "report">): Finding | undefined {
  if (report.task === "multiLabel") return sameSetPrediction(split, report);
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

/** The same classes, or none, are said to apply to every row of a split whose rows differ. */
function sameSetPrediction(split: string, report: MultiLabelReport): Finding | undefined {
  const { rows, labels, predictedCounts, perClass } = report;
  const isConstant = (count: number) => count === 0 || count === rows;
  const differ = perClass.some(({ support }) => !isConstant(support));
  if (rows < LEAST_ROWS || !differ || !predictedCounts.every(isConstant)) return undefined;
  const said = labels.filter((_, i) => predictedCounts[i]! > 0);
  const answer =
    said.length === 0
      ? "no class"
      : said.length === labels.length
        ? "every class"
        : said.map((label) => `“${label}”`).join(", ");
  return {
    code: said.length === 0 ? "nothing-predicted" : "majority-prediction",
    severity: "warning",
    found: `The model answers ${answer} for all ${integer(rows)} rows of ${split}.`,
    why: "It doesn't tell the rows apart; its scores are those of an answer that was given without reading them.",
    advice:
      said.length === 0
        ? "Train for longer or with a larger learning rate; rare classes may need classWeights: balanced, or thresholds below 0.5: thresholds: best chooses them on a validation split."
        : "Check the labels and the text column, the learning rate and the thresholds; then train for longer.",
  };
}

/** Classes that rows have and that no row is said to have. */
export function neverPredicted({
  split,
  report,
}: Pick<FinalEvaluation, "split" | "report">): Finding | undefined {
  if (report.task !== "multiLabel" || report.predictedCounts.every((count) => count === 0)) return undefined;
  const silent = report.perClass.filter(({ support, predicted }) => support > 0 && predicted === 0);
  if (silent.length === 0) return undefined;
  const shown = silent.slice(0, MOST_NAMES).map(({ label, support }) => `“${label}” (${integer(support)})`);
  const rest = silent.length > MOST_NAMES ? ` and ${silent.length - MOST_NAMES} more` : "";
  return {
    code: "classes-never-predicted",
    severity: "warning",
    found: `On ${split} ${silent.length === 1 ? "a class is" : `${silent.length} classes are`} never predicted, though rows have ${silent.length === 1 ? "it" : "them"}: ${shown.join(", ")}${rest}.`,
    why: "Their probability never rises above their threshold: every row that has them is answered wrong.",
    advice:
      "Rare classes need lower thresholds (thresholds: best chooses them on a validation split), more weight (classWeights: balanced), more rows or longer training.",
  };
}

/** The training loss is where it would be if no text had been read. */
export function lossAtChance(
  { labels, data, history }: Pick<RunRecord, "labels" | "data" | "history">,
  settings: LossOptions = {},
): Finding | undefined {
  const last = history.at(-1);
  const train = data[0];
  if (!last || !train || last.epoch < 1) return undefined;
  const chance = chanceOf(train, settings);
  if (chance === 0 || !(last.train.loss >= CHANCE_SHARE * chance)) return undefined;
  const epoch = Number(last.epoch.toFixed(2));
  return {
    code: "loss-at-chance",
    severity: "warning",
    found: `After ${epoch} epoch${epoch === 1 ? "" : "s"} the training loss is ${last.train.loss.toFixed(3)}; knowing only how frequent the ${labels.length} classes are gives ${chance.toFixed(3)}.`,
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

/**
 * The same where every class applies or not: the mean over the classes of the entropy of applying. A weighted class
 * is predicted with the odds of its weighted rows.
 */
function binaryChanceLoss(
  counts: readonly number[],
  rows: number,
  classWeights: readonly number[] | undefined,
): number {
  const losses = counts.map((count, i) => {
    const applies = (classWeights?.[i] ?? 1) * (count / rows);
    const doesNot = 1 - count / rows;
    if (applies === 0 || doesNot === 0) return 0;
    const p = applies / (applies + doesNot);
    return -(applies * Math.log(p) + doesNot * Math.log(1 - p));
  });
  return losses.reduce((sum, loss) => sum + loss, 0) / counts.length;
}
