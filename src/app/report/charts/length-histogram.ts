import type { LengthBins } from "../../../core/training/run-record.ts";
import type { Chart } from "./render.ts";
import type { Position } from "./spec.ts";
import { colour } from "./theme.ts";

export interface LengthHistogram {
  title: string;
  /** What lengths are counted in: `tokens`, `words`. */
  unit: string;
  bins: LengthBins;
  /** The longest that the model takes, in the same unit; drawn where lengths come near it. */
  limit?: number;
}

/** How many rows have which length, with the model's limit where it matters. */
export function lengthHistogramChart({ title, unit, bins, limit }: LengthHistogram): Chart {
  const values = bins.rows.map((rows, i) => ({ from: i * bins.width, to: (i + 1) * bins.width, rows }));
  const end = Math.max(1, values.length) * bins.width;
  const { beyond = 0 } = bins;
  const total = bins.rows.reduce((sum, rows) => sum + rows, beyond);
  const longer =
    beyond > 0
      ? `, ${beyond.toLocaleString("en-US")} of them longer than ${(end - 1).toLocaleString("en-US")}`
      : "";
  const marked = limit !== undefined && limit <= end * 1.5;
  const right = marked ? Math.max(end, limit) : end;
  const x = (field: "from" | "limit"): Position & { field: string } => ({
    field,
    type: "quantitative",
    title: `Length (${unit})`,
    scale: { domain: [0, right], nice: false },
    axis: { grid: false, tickCount: 7, format: ",d" },
  });
  // Above the highest bar there is room for the label.
  const top = Math.max(1, ...bins.rows) * (marked ? 1.12 : 1);
  // Which side of the line has room for its label.
  const labelLeft = marked && limit > right / 2;
  return {
    description: `${title}: lengths of ${total} rows in ${unit}, in bins of ${bins.width}${longer}.`,
    spec: {
      title: { text: title, subtitle: `${total.toLocaleString("en-US")} rows${longer}` },
      width: 330,
      height: 190,
      layer: [
        {
          data: { values },
          mark: { type: "bar", color: colour("series1"), binSpacing: values.length > 60 ? 0 : 1 },
          encoding: {
            x: { ...x("from"), bin: "binned" },
            x2: { field: "to" },
            y: {
              field: "rows",
              type: "quantitative",
              title: "Rows",
              scale: { domain: [0, top], nice: !marked },
              axis: { domain: false, ticks: false, tickCount: 4, tickMinStep: 1, format: ",d" },
            },
          },
        },
        {
          data: { values: marked ? [{ limit }] : [] },
          mark: { type: "rule", color: colour("series2"), strokeWidth: 1.5, strokeDash: [5, 3] },
          encoding: { x: x("limit") },
        },
        {
          data: { values: marked ? [{ limit, label: `limit ${limit}` }] : [] },
          mark: {
            type: "text",
            color: colour("series2"),
            fontSize: 11,
            align: labelLeft ? "right" : "left",
            dx: labelLeft ? -6 : 6,
            baseline: "top",
          },
          encoding: { x: x("limit"), y: { value: 0 }, text: { field: "label" } },
        },
      ],
    },
  };
}
