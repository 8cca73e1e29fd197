import type { Task } from "../../../core/data/targets.ts";
import { ownValue } from "../../../core/own-value.ts";
import type { HistoryEntry } from "../../../core/training/run-record.ts";
import { accuracyName, accuracyTitle, lossTitle } from "../answer-format.ts";
import { fitNames, fitText, textWidth } from "./fonts.ts";
import { type Line, linePanel } from "./panel.ts";
import type { Chart } from "./render.ts";
import type { Panel } from "./spec.ts";
import { seriesStyle } from "./theme.ts";

export interface NamedHistory {
  /** Different for each run. */
  name: string;
  history: HistoryEntry[];
}

/** Pixels that a run's name may take in a chart. */
const NAME_WIDTH = 130;

/** Loss and accuracy of several runs while they trained. */
export function runsTrainingPanels(
  runs: NamedHistory[],
  task: Task = "singleLabel",
): [loss: Panel, accuracy: Panel] {
  return [
    lossPanel("Training loss", task, runs, (entry) => entry.train.loss),
    accuracyPanel(`Training ${accuracyName(task)}`, runs, (entry) => entry.train.accuracy),
  ];
}

/** Loss and accuracy of several runs on one split. */
export function runsSplitPanels(
  runs: NamedHistory[],
  split: string,
  task: Task = "singleLabel",
): [loss: Panel, accuracy: Panel] {
  const name = fitText(split, 14, 230);
  return [
    lossPanel(`Loss on ${name}`, task, runs, (entry) => ownValue(entry.evaluations, split)?.loss),
    accuracyPanel(
      `${accuracyTitle(task)} on ${name}`,
      runs,
      (entry) => ownValue(entry.evaluations, split)?.accuracy,
    ),
  ];
}

/**
 * Several runs on the same axes: training loss, and accuracy on every split that they were evaluated on; also training
 * accuracy, where that fills a row of two panels.
 */
export function runsChart(
  runs: NamedHistory[],
  splits: readonly string[],
  task: Task = "singleLabel",
): Chart {
  const [loss, accuracy] = runsTrainingPanels(runs, task);
  const training = splits.length % 2 === 0 ? [loss, accuracy] : [loss];
  const panels = [...training, ...splits.map((split) => runsSplitPanels(runs, split, task)[1])];
  const where = splits.length % 2 === 0 ? ["the training rows", ...splits] : splits;
  return {
    description: `Training loss, and ${accuracyName(task)} on ${where.join(", ")}, over epochs of ${runs.map((run) => run.name).join(", ")}.`,
    spec: { concat: panels, columns: 2, spacing: 40 },
  };
}

/** Takes a score from an epoch; undefined where there is none. */
type ScoreOf = (entry: HistoryEntry) => number | undefined;

const lossPanel = (title: string, task: Task, runs: NamedHistory[], scoreOf: ScoreOf): Panel =>
  linePanel({
    title,
    yTitle: lossTitle(task),
    unit: "number",
    yLimits: [0, Number.POSITIVE_INFINITY],
    lines: lines(runs, scoreOf),
  });

const accuracyPanel = (title: string, runs: NamedHistory[], scoreOf: ScoreOf): Panel =>
  linePanel({
    title,
    yTitle: "Share of rows right",
    unit: "share",
    yLimits: [0, 1],
    lines: lines(runs, scoreOf),
  });

function lines(runs: NamedHistory[], scoreOf: ScoreOf): Line[] {
  const names = shortNames(runs.map((run) => run.name));
  return runs.map((run, i) => ({
    name: names[i]!,
    ...seriesStyle(i),
    points: run.history.map((entry) => ({ x: entry.epoch, y: scoreOf(entry) ?? Number.NaN })),
  }));
}

/** Names that fit; where one doesn't, the words that all begin with are left out, since they tell nothing apart. */
function shortNames(names: string[]): string[] {
  if (names.every((name) => textWidth(name, 11) <= NAME_WIDTH)) return names;
  const words = names.map((name) => name.split(/(?<=[-_ /])/));
  const shared = words[0]!.findIndex((word, i) =>
    words.some((other) => other.length <= i + 1 || other[i] !== word),
  );
  const own = words.map((parts) => (shared > 0 ? "…" : "") + parts.slice(shared).join(""));
  return fitNames(own, 11, NAME_WIDTH);
}
