import { fitNames } from "./fonts.ts";
import { namedLines, namesParameter } from "./named-lines.ts";
import type { Chart } from "./render.ts";
import type { Position } from "./spec.ts";
import { colour } from "./theme.ts";

export interface LabelDistribution {
  title: string;
  labels: string[];
  /** Rows per class, in the order of `labels`. */
  counts: number[];
  /** What the shares are of, where rows are of any number of classes. @default the sum of the counts */
  rows?: number;
}

/** Rows per class as bars, each with its count and share. */
export function labelDistributionChart({ title, labels, counts, rows }: LabelDistribution): Chart {
  const total = rows ?? counts.reduce((sum, count) => sum + count, 0);
  const values = labels.map((_, i) => ({
    index: i,
    count: counts[i] ?? 0,
    share: total === 0 ? 0 : (counts[i] ?? 0) / total,
  }));
  const y = namedLines;
  const x: Position = {
    field: "count",
    type: "quantitative",
    scale: { domain: [0, Math.max(1, ...counts)] },
    axis: null,
  };
  return {
    description: `${title}: ${labels.map((label, i) => `${label} ${counts[i]}`).join(", ")} rows.`,
    spec: {
      params: [namesParameter(fitNames(labels, 11, 170))],
      title: { text: title, subtitle: `${total.toLocaleString("en-US")} rows` },
      width: 260,
      height: { step: labels.length > 20 ? 17 : 24 },
      data: { values },
      layer: [
        {
          mark: { type: "bar", color: colour("series1"), height: { band: 0.7 } },
          encoding: { x, y },
        },
        {
          transform: [
            { calculate: "format(datum.count, ',d') + ' (' + format(datum.share, '.1%') + ')'", as: "text" },
          ],
          mark: { type: "text", align: "left", dx: 6, fontSize: 11, color: colour("ink") },
          encoding: { x, y, text: { field: "text" } },
        },
      ],
    },
  };
}
