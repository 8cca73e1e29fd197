import type { MultiLabelReport } from "../../../core/evaluation/multi-label-metrics.ts";
import { percent } from "../../../core/format.ts";
import { fitNames } from "./fonts.ts";
import { namedLines, namesParameter } from "./named-lines.ts";
import type { Chart } from "./render.ts";
import type { Position } from "./spec.ts";
import { colour } from "./theme.ts";

/** Classes that the chart shows, those of most rows. */
const MOST_CHARTED = 40;

export interface ClassScores extends Pick<MultiLabelReport, "perClass"> {
  title: string;
}

/** F1 of every class as bars, with a line from precision to recall; classes of most rows first. */
export function classScoresChart({ title, perClass }: ClassScores): Chart {
  const shown = [...perClass].sort((a, b) => b.support - a.support).slice(0, MOST_CHARTED);
  const values = shown.map(({ f1, precision, recall, support }, index) => ({
    ...{ index, f1, precision, recall, support },
    low: Math.min(precision, recall),
    high: Math.max(precision, recall),
    // Beside whatever reaches furthest, so that nothing is written over.
    end: Math.max(f1, precision, recall),
    text: percent(f1),
  }));
  const y = namedLines;
  const x = (field: string): Position => ({
    field,
    type: "quantitative",
    title: null,
    scale: { domain: [0, 1] },
    axis: { tickCount: 5, format: ".0%" },
  });
  const cut = shown.length < perClass.length ? `; the ${shown.length} classes of most rows` : "";
  return {
    description: `${title}: ${shown.map(({ label, f1 }) => `${label} ${percent(f1)}`).join(", ")}.`,
    spec: {
      params: [
        namesParameter(
          fitNames(
            shown.map(({ label }) => label),
            11,
            170,
          ),
        ),
      ],
      title: { text: title, subtitle: `line: from precision (|) to recall (●)${cut}` },
      width: 260,
      height: { step: shown.length > 20 ? 17 : 24 },
      data: { values },
      layer: [
        {
          mark: { type: "bar", color: colour("series1"), opacity: 0.45, height: { band: 0.7 } },
          encoding: { x: x("f1"), y },
        },
        {
          mark: { type: "rule", color: colour("ink"), strokeWidth: 1 },
          encoding: { x: x("low"), x2: { field: "high" }, y },
        },
        { mark: { type: "tick", color: colour("ink"), thickness: 1.5 }, encoding: { x: x("precision"), y } },
        {
          mark: { type: "circle", color: colour("ink"), opacity: 1, size: 30 },
          encoding: { x: x("recall"), y },
        },
        {
          mark: { type: "text", align: "left", dx: 8, fontSize: 11, color: colour("ink") },
          encoding: { x: x("end"), y, text: { field: "text" } },
        },
      ],
    },
  };
}
