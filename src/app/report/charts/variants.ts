import { percent } from "../../../core/format.ts";
import { fitNames, fitText, textWidth } from "./fonts.ts";
import { namedLines, namesParameter } from "./named-lines.ts";
import type { Chart } from "./render.ts";
import type { Position } from "./spec.ts";
import { colour } from "./theme.ts";

export interface VariantDot {
  name: string;
  /** Share of the rows that are right, and its interval, 0 to 1. */
  accuracy: number;
  low: number;
  high: number;
  /** What the score is not to be believed for; empty where there is nothing. */
  doubts: string[];
}

export interface VariantDots {
  title: string;
  /** What the share of right rows is called. @default "Accuracy" */
  measure?: string;
  /** The first is what the others are read against. */
  dots: VariantDot[];
}

const WIDTH = 320;
const STEP = 30;
const SIZE = 11;

/** Accuracies as dots with their intervals, one variant a line; what is in doubt is hollow and says why. */
export function variantsChart({ title, measure = "Accuracy", dots }: VariantDots): Chart {
  const low = Math.min(...dots.map((dot) => dot.low));
  const high = Math.max(...dots.map((dot) => dot.high));
  const air = Math.max(0.01, (high - low) * 0.06);
  const values = dots.map((dot, i) => {
    const doubted = dot.doubts.length > 0;
    const line = colour(doubted ? "series2" : "series1");
    return { index: i, ...dot, line, fill: doubted ? colour("surface") : line, text: percent(dot.accuracy) };
  });
  const names = fitNames(
    dots.map(({ name }) => name),
    SIZE,
    180,
  );
  const numberWidth = Math.max(...values.map(({ text }) => textWidth(text, SIZE, true)));
  const y = namedLines;
  const x = (field: string): Position & { field: string } => ({
    field,
    type: "quantitative",
    title: `${measure}, with its 95% interval`,
    scale: { domain: [Math.max(0, low - air), Math.min(1, high + air)], nice: false, zero: false },
    axis: { format: high - low < 0.06 ? ".1%" : ".0%", tickCount: 6, domain: false, ticks: false },
  });
  const stroke = { field: "line", type: "nominal", scale: null } as const;
  const doubted = values
    .filter(({ doubts }) => doubts.length > 0)
    .map(({ index, doubts }) => ({ index, text: fitText(doubts.join(", "), SIZE, 260) }));
  return {
    description: `${title}: ${dots
      .map(({ name, accuracy, doubts }) => [`${name} ${percent(accuracy)}`, ...doubts].join(", "))
      .join("; ")}.`,
    spec: {
      params: [namesParameter(names)],
      title: {
        text: title,
        subtitle: "dashed: the base · hollow: with a warning that the base doesn't have",
      },
      width: WIDTH,
      height: { step: STEP },
      data: { values },
      layer: [
        {
          data: { values: values.slice(0, 1) },
          mark: { type: "rule", color: colour("muted"), strokeDash: [4, 3] },
          encoding: { x: x("accuracy") },
        },
        {
          mark: { type: "rule", strokeWidth: 2 },
          encoding: { x: x("low"), x2: { field: "high" }, y, color: stroke },
        },
        {
          mark: { type: "point", size: 70, strokeWidth: 2, opacity: 1 },
          encoding: {
            ...{ x: x("accuracy"), y, stroke },
            fill: { field: "fill", type: "nominal", scale: null },
          },
        },
        {
          mark: { type: "text", align: "right", fontSize: SIZE, fontWeight: 700, color: colour("ink") },
          encoding: { x: { value: WIDTH + 18 + numberWidth }, y, text: { field: "text" } },
        },
        {
          data: { values: doubted },
          mark: { type: "text", align: "left", fontSize: SIZE, color: colour("series2") },
          encoding: { x: { value: WIDTH + 30 + numberWidth }, y, text: { field: "text" } },
        },
      ],
    },
  };
}
