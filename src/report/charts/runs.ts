import type { HistoryEntry } from "../../training/run-record.ts";
import { fitText } from "./fonts.ts";
import { linePanel } from "./panel.ts";
import type { Chart } from "./render.ts";
import { seriesStyle } from "./theme.ts";

export interface NamedHistory {
  /** Different for each run. */
  name: string;
  history: HistoryEntry[];
}

/** Several runs on the same axes: training loss, and accuracy on one split that all were evaluated on. */
export function runsChart(runs: NamedHistory[], split: string): Chart {
  const lines = (value: (entry: HistoryEntry) => number | undefined) =>
    runs.map((run, i) => ({
      name: fitText(run.name, 11, 130),
      ...seriesStyle(i),
      points: run.history.map((entry) => ({ x: entry.epoch, y: value(entry) ?? Number.NaN })),
    }));
  return {
    description: `Training loss and ${split} accuracy over epochs of ${runs.map((run) => run.name).join(", ")}.`,
    spec: {
      hconcat: [
        linePanel({
          title: "Training loss",
          yTitle: "Mean cross-entropy (nats)",
          unit: "number",
          yLimits: [0, Number.POSITIVE_INFINITY],
          lines: lines((entry) => entry.train.loss),
        }),
        linePanel({
          title: `Accuracy on ${fitText(split, 14, 200)}`,
          yTitle: "Share of rows right",
          unit: "share",
          yLimits: [0, 1],
          lines: lines((entry) => entry.evaluations[split]?.accuracy),
        }),
      ],
      spacing: 40,
    },
  };
}
