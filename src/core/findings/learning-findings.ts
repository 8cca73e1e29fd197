import { integer, percent } from "../format.ts";
import type { FinalEvaluation, Finding, RunRecord } from "../training/run-record.ts";

/** Fewer updates than this leave most heads and encoders near where they started. */
const FEW_UPDATES = 100;
/** A training loss below this share of the loss at chance has learnt its rows, in however few updates. */
const LEARNT_SHARE = 0.5;
/** The loss falls still where the last quarter of the training took more than this share of the loss at chance off it. */
const FALLING_SHARE = 0.02;
/** Evaluations that a course can be read from. */
const LEAST_EVALUATIONS = 4;
/** An expected calibration error above this is far off. */
const BAD_CALIBRATION = 0.1;
/** Of fewer rows the calibration error is mostly chance. */
const LEAST_CALIBRATED_ROWS = 100;

type Course = Pick<RunRecord, "history" | "solution">;

/** Few updates, and a loss that shows it. @param chance The loss of knowing the shares of the classes alone. */
export function fewUpdates({ history, solution }: Course, chance: number): Finding | undefined {
  const last = history.at(-1);
  if (!last || solution || last.step >= FEW_UPDATES || !(last.train.loss > LEARNT_SHARE * chance))
    return undefined;
  return {
    code: "few-updates",
    severity: "warning",
    found: `Training was ${integer(last.step)} update${last.step === 1 ? "" : "s"} of the weights, and its loss is still ${last.train.loss.toFixed(3)}, with ${chance.toFixed(3)} at chance.`,
    why: "Few rows make few updates an epoch: the model has hardly moved from where it began.",
    advice:
      "Give more epochs, or leave epochs out: their default has a minimum of updates. A head on a frozen encoder can be solved at once with method: logistic.",
  };
}

/** The training ended before the loss did. */
export function stillFalling({ history, solution }: Course, chance: number): Finding | undefined {
  if (solution || history.length < LEAST_EVALUATIONS) return undefined;
  const last = history.at(-1)!;
  const before = history[Math.ceil(0.75 * history.length) - 1]!;
  const fell = before.train.loss - last.train.loss;
  if (!(fell > FALLING_SHARE * chance)) return undefined;
  const [split] = Object.keys(last.evaluations);
  const evaluated = split === undefined ? undefined : history.map((entry) => entry.evaluations[split]!.loss);
  // Where it falls on the training rows alone, more of it would only learn them by heart.
  if (evaluated && evaluated.at(-1)! > Math.min(...evaluated)) return undefined;
  const onSplit = evaluated ? ` On ${split} it is ${evaluated.at(-1)!.toFixed(3)}, the lowest so far.` : "";
  return {
    code: "loss-still-falling",
    severity: "warning",
    found: `The training loss was still falling at the end: from ${before.train.loss.toFixed(3)} to ${last.train.loss.toFixed(3)} over the last quarter of the training.${onSplit}`,
    why: "The model is underfitted: it would have learnt more.",
    advice: "Give more epochs or a larger learning rate.",
  };
}

/** Probabilities far from how often they come true. */
export function badlyCalibrated({
  split,
  report,
}: Pick<FinalEvaluation, "split" | "report">): Finding | undefined {
  const { calibrationError, reliability, rows } = report;
  if (rows < LEAST_CALIBRATED_ROWS || !(calibrationError > BAD_CALIBRATION)) return undefined;
  const judged = reliability.reduce((sum, bin) => sum + bin.rows, 0);
  const share = (value: (bin: (typeof reliability)[number]) => number) =>
    reliability.reduce((sum, bin) => sum + (bin.rows > 0 ? bin.rows * value(bin) : 0), 0) / judged;
  const confidence = share((bin) => bin.confidence ?? 0);
  const right = share((bin) => bin.accuracy ?? 0);
  const isSure = confidence > right;
  const what =
    report.task === "multiLabel"
      ? `the mean probability that a class applies is ${percent(confidence)}, and ${percent(right)} of them do`
      : `the mean probability of its answers is ${percent(confidence)}, and ${percent(right)} of them are right`;
  return {
    code: "badly-calibrated",
    severity: "warning",
    found: `On ${split} the model's probabilities are off by ${percent(calibrationError)} on average: ${what}.`,
    why: `It is ${isSure ? "surer than it is right" : "right more often than it is sure"}: a probability of it can't be taken at its word, nor a threshold on it.`,
    advice: isSure
      ? "Train for fewer epochs, keep the best (loadBestModelAtEnd with bestMetric: loss), or give labelSmoothing; method: logistic chooses how far to trust few rows."
      : "Train for longer: an underfitted model is not sure of anything. Give more epochs or, for a head, method: logistic.",
  };
}

/** A classifier answers by a head that was never trained. */
export function untrainedHead(parameters: readonly string[]): Finding {
  return {
    code: "untrained-head",
    severity: "warning",
    found: `The classifier's head is untrained: ${parameters.join(", ")} ${parameters.length === 1 ? "is" : "are"} random.`,
    why: "Its answers are random too, whatever the text.",
    advice: "Train it with fit, or load a classifier that was trained.",
  };
}
