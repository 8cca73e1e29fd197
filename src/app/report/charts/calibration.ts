import type { Task } from "../../../core/data/targets.ts";
import type { ReliabilityBin } from "../../../core/evaluation/calibration.ts";
import { percent } from "../../../core/format.ts";
import type { Chart } from "./render.ts";
import type { Position } from "./spec.ts";
import { colour } from "./theme.ts";

export interface CalibrationChart {
  title: string;
  bins: ReliabilityBin[];
  /** Expected calibration error, 0 to 1. */
  error: number;
  /** Of a multi-label task the probabilities are those that a class applies. @default "singleLabel" */
  task?: Task;
}

/** What is sure, and what comes true, of either task. */
const words = {
  singleLabel: {
    probability: "Confidence: probability of the predicted class",
    share: "Share right",
    comesTrue: "right",
    diagonal: "confidence = accuracy",
    counted: "Rows",
  },
  multiLabel: {
    probability: "Probability that a class applies",
    share: "Share that have it",
    comesTrue: "have it",
    diagonal: "as often as said",
    counted: "Rows × classes",
  },
};

/** Reliability diagram: how often the model is right, against how sure it is; below, how many rows are so sure. */
export function calibrationChart({ title, bins, error, task = "singleLabel" }: CalibrationChart): Chart {
  const { probability, share: shareTitle, comesTrue, diagonal, counted } = words[task];
  const filled = bins.filter((bin) => bin.rows > 0);
  const share = (field: string, title: string | null, axis: object): Position => ({
    field,
    type: "quantitative",
    title,
    scale: { domain: [0, 1] },
    axis: { tickCount: 5, format: ".0%", ...axis },
  });
  const x = share("confidence", null, { labels: false, ticks: false });
  const y = share("accuracy", shareTitle, {
    domain: false,
    ticks: false,
  });
  return {
    description: `${title}: expected calibration error ${percent(error, 1)}. ${filled
      .map(
        (bin) =>
          `${bin.rows} rows about ${percent(bin.confidence ?? 0, 0)} sure, ${percent(bin.accuracy ?? 0, 0)} ${comesTrue}`,
      )
      .join("; ")}.`,
    spec: {
      title: {
        text: title,
        subtitle: `Expected calibration error ${percent(error, 1)}; dashed: ${diagonal}`,
      },
      spacing: 8,
      vconcat: [
        {
          width: 300,
          height: 220,
          layer: [
            {
              data: {
                values: [
                  { confidence: 0, accuracy: 0 },
                  { confidence: 1, accuracy: 1 },
                ],
              },
              mark: { type: "line", color: colour("muted"), strokeDash: [4, 4], strokeWidth: 1 },
              encoding: { x, y },
            },
            {
              data: { values: filled },
              mark: { type: "line", color: colour("series1"), strokeWidth: 1.5 },
              encoding: { x, y },
            },
            {
              // A dot's area is its number of rows: small bins are noise.
              data: { values: filled },
              mark: { type: "circle", color: colour("series1"), opacity: 1 },
              encoding: {
                x,
                y,
                size: { field: "rows", type: "quantitative", legend: null, scale: { range: [12, 160] } },
              },
            },
          ],
        },
        {
          width: 300,
          height: 56,
          data: { values: bins },
          mark: { type: "bar", color: colour("series1"), binSpacing: 1 },
          encoding: {
            x: {
              ...share("from", probability, { grid: false }),
              bin: "binned",
            } as Position,
            x2: { field: "to" },
            y: {
              field: "rows",
              type: "quantitative",
              title: counted,
              axis: { domain: false, ticks: false, tickCount: 2, tickMinStep: 1, format: ",d" },
            },
          },
        },
      ],
    },
  };
}
