import type { HistoryEntry } from "../../training/run-record.ts";
import { percent } from "../format.ts";
import { fitText } from "./fonts.ts";
import { type Line, linePanel } from "./panel.ts";
import type { Chart } from "./render.ts";
import type { Panel } from "./spec.ts";
import { seriesStyle } from "./theme.ts";

const name = (text: string) => fitText(text, 11, 130);

/** Mean training loss over epochs. */
export function trainingLossPanel(history: HistoryEntry[]): Panel {
  const points = history.map((entry) => ({ x: entry.epoch, y: entry.train.loss }));
  return linePanel({
    title: "Training loss",
    yTitle: "Mean cross-entropy (nats)",
    unit: "number",
    yLimits: [0, Number.POSITIVE_INFINITY],
    lines: [{ name: "train", ...seriesStyle(0), points }],
  });
}

/** Accuracy over epochs: the training rows and every evaluated split. */
export function accuracyPanel(history: HistoryEntry[]): Panel {
  const splits = [...new Set(history.flatMap((entry) => Object.keys(entry.evaluations)))];
  const lines: Line[] = [
    {
      name: "train",
      ...seriesStyle(0),
      points: history.map((entry) => ({ x: entry.epoch, y: entry.train.accuracy })),
    },
    ...splits.map((split, i) => ({
      name: name(split),
      ...seriesStyle(i + 1),
      points: history.flatMap((entry) => {
        const score = entry.evaluations[split];
        return score === undefined ? [] : [{ x: entry.epoch, y: score.accuracy }];
      }),
    })),
  ];
  return linePanel({
    title: "Accuracy",
    yTitle: "Share of rows right",
    unit: "share",
    yLimits: [0, 1],
    lines,
  });
}

/** The two-panel figure of a run: training loss, and train and evaluation accuracy. */
export function historyChart(history: HistoryEntry[]): Chart {
  return {
    description: `${describeLoss(history)} ${describeAccuracy(history)}`,
    spec: { hconcat: [trainingLossPanel(history), accuracyPanel(history)], spacing: 40 },
  };
}

/** The loss curve in words: where it begins and ends. */
export function describeLoss(history: HistoryEntry[]): string {
  const first = history[0];
  const last = history.at(-1);
  if (first === undefined || last === undefined) return "No epochs.";
  return `Training loss: ${first.train.loss.toFixed(3)} at epoch ${first.epoch}, ${last.train.loss.toFixed(3)} at epoch ${last.epoch}.`;
}

/** The accuracy curves in words: where they end. */
export function describeAccuracy(history: HistoryEntry[]): string {
  const last = history.at(-1);
  if (last === undefined) return "No epochs.";
  const scores = Object.entries({ train: last.train, ...last.evaluations });
  return `Accuracy at epoch ${last.epoch}: ${scores.map(([split, score]) => `${split} ${percent(score.accuracy)}`).join(", ")}.`;
}
