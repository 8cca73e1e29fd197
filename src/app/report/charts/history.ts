import type { Task } from "../../../core/data/targets.ts";
import { percent } from "../../../core/format.ts";
import { ownValue } from "../../../core/own-value.ts";
import type { HistoryEntry } from "../../../core/training/run-record.ts";
import { accuracyTitle, lossTitle } from "../answer-format.ts";
import { fitText } from "./fonts.ts";
import { type Line, linePanel } from "./panel.ts";
import type { Chart } from "./render.ts";
import type { Panel } from "./spec.ts";
import { seriesStyle } from "./theme.ts";

const name = (text: string) => fitText(text, 11, 130);

/** Mean loss over epochs: in training, and on every evaluated split. Where these part, the model learns rows by heart. */
export function lossPanel(history: HistoryEntry[], task: Task = "singleLabel"): Panel {
  const points = history.map((entry) => ({ x: entry.epoch, y: entry.train.loss }));
  return linePanel({
    title: hasEvaluations(history) ? "Loss" : "Training loss",
    yTitle: lossTitle(task),
    unit: "number",
    yLimits: [0, Number.POSITIVE_INFINITY],
    lines: [{ name: "train", ...seriesStyle(0), points }, ...splitLines(history, ({ loss }) => loss)],
  });
}

/** Accuracy over epochs: the training rows and every evaluated split. */
export function accuracyPanel(history: HistoryEntry[], task: Task = "singleLabel"): Panel {
  const lines: Line[] = [
    {
      name: "train",
      ...seriesStyle(0),
      points: history.map((entry) => ({ x: entry.epoch, y: entry.train.accuracy })),
    },
    ...splitLines(history, ({ accuracy }) => accuracy),
  ];
  return linePanel({
    title: accuracyTitle(task),
    yTitle: "Share of rows right",
    unit: "share",
    yLimits: [0, 1],
    lines,
  });
}

/** Micro-F1 over epochs of every evaluated split, for a multi-label task. */
export function microF1Panel(history: HistoryEntry[]): Panel {
  return linePanel({
    title: "Micro-F1",
    yTitle: "F1 of all classes together",
    unit: "share",
    yLimits: [0, 1],
    lines: splitLines(history, ({ microF1 }) => microF1),
  });
}

type Score = HistoryEntry["evaluations"][string];

function splitLines(history: HistoryEntry[], scoreOf: (score: Score) => number | undefined): Line[] {
  const splits = [...new Set(history.flatMap((entry) => Object.keys(entry.evaluations)))];
  return splits.map((split, i) => ({
    name: name(split),
    ...seriesStyle(i + 1),
    points: history.flatMap((entry) => {
      const score = ownValue(entry.evaluations, split);
      const y = score && scoreOf(score);
      return y === undefined ? [] : [{ x: entry.epoch, y }];
    }),
  }));
}

/** The figure of a run: training and evaluation loss, and train and evaluation accuracy; of a multi-label task micro-F1 instead. */
export function historyChart(history: HistoryEntry[], task: Task = "singleLabel"): Chart {
  const isMultiLabel = task === "multiLabel" && hasEvaluations(history);
  const scores = isMultiLabel ? microF1Panel(history) : accuracyPanel(history, task);
  return {
    description: `${describeLoss(history)} ${isMultiLabel ? describeMicroF1(history) : describeAccuracy(history, task)}`,
    spec: { hconcat: [lossPanel(history, task), scores], spacing: 40 },
  };
}

/** Whether anything was scored besides the training rows. */
export const hasEvaluations = (history: readonly HistoryEntry[]): boolean =>
  history.some(({ evaluations }) => Object.keys(evaluations).length > 0);

/** The loss curves in words: where training begins, and where all end. */
export function describeLoss(history: HistoryEntry[]): string {
  const first = history[0];
  const last = history.at(-1);
  if (first === undefined || last === undefined) return "No epochs.";
  const splits = Object.entries(last.evaluations).map(
    ([split, { loss }]) => `, ${loss.toFixed(3)} on ${split}`,
  );
  return `Training loss: ${first.train.loss.toFixed(3)} at epoch ${first.epoch}, ${last.train.loss.toFixed(3)} at epoch ${last.epoch}${splits.join("")}.`;
}

/** The micro-F1 curves in words: where they end. */
export function describeMicroF1(history: HistoryEntry[]): string {
  const last = history.at(-1);
  if (last === undefined) return "No epochs.";
  const scores = Object.entries(last.evaluations).map(
    ([split, score]) => `${split} ${percent(score.microF1 ?? score.accuracy)}`,
  );
  return `Micro-F1 at epoch ${last.epoch}: ${scores.join(", ")}.`;
}

/** The accuracy curves in words: where they end. */
export function describeAccuracy(history: HistoryEntry[], task: Task = "singleLabel"): string {
  const last = history.at(-1);
  if (last === undefined) return "No epochs.";
  const scores = Object.entries({ train: last.train, ...last.evaluations });
  return `${accuracyTitle(task)} at epoch ${last.epoch}: ${scores.map(([split, score]) => `${split} ${percent(score.accuracy)}`).join(", ")}.`;
}
