import { percent } from "../../../core/format.ts";
import { textWidth } from "./fonts.ts";
import type { Panel, Position } from "./spec.ts";
import { colour } from "./theme.ts";

export interface Point {
  x: number;
  y: number;
}

export interface Line {
  name: string;
  colour: string;
  dash: number[];
  /** In order of x. Points whose y is not finite are left out. */
  points: Point[];
}

export interface LinePanel {
  title: string;
  yTitle: string;
  /** `share`: y is from 0 to 1 and written in percent. */
  unit: "share" | "number";
  lines: Line[];
  /** What y can't exceed. */
  yLimits: [low: number, high: number];
}

/** Pixels of a panel as a whole, and what the axis and its title take of it. */
const TOTAL_WIDTH = 450;
const AXIS_WIDTH = 60;
const SMALLEST_WIDTH = 200;
const HEIGHT = 230;
const LABEL_SIZE = 11;
/** Pixels between the middles of two labels. */
const LABEL_STEP = 15;
/** Above so many points per line, dots would merge into the line. */
const MOST_DOTS = 40;

/** Lines over epochs, each named at its right end, with its last value. */
export function linePanel(panel: LinePanel): Panel {
  const lines = panel.lines.map((line) => ({
    ...line,
    points: line.points.filter((point) => Number.isFinite(point.y)),
  }));
  const drawn = lines.filter((line) => line.points.length > 0);
  const xs = drawn.flatMap((line) => line.points.map((point) => point.x));
  const first = Math.min(...xs);
  const last = Math.max(...xs);
  const single = first === last;
  const margin = single ? 0.5 : (last - first) * 0.02;
  const [low, high] = domain(
    drawn.flatMap((line) => line.points.map((point) => point.y)),
    panel.yLimits,
  );
  const span = high - low;
  const x: Position = {
    field: "x",
    type: "quantitative",
    title: "Epoch",
    scale: { domain: [first - margin, last + margin], nice: false },
    axis: { grid: false, tickMinStep: 1, tickCount: 8, format: "d" },
  };
  const y: Position = {
    field: "y",
    type: "quantitative",
    title: panel.yTitle,
    scale: { domain: [low, high], nice: false, zero: false },
    axis: { domain: false, ticks: false, minExtent: 34, tickCount: 5, format: tickFormat(panel.unit, span) },
  };
  // Colours and dashes are in the data: panels side by side would share a scale.
  const color = { field: "colour", type: "nominal", scale: null } as const;
  const strokeDash = { field: "dash", type: "nominal", scale: null } as const;
  // Names can be equal once they are cut: the index keeps the lines apart.
  const points = drawn.flatMap(({ points, colour, dash }, line) =>
    points.map((point) => ({ line, colour, dash, ...point })),
  );
  const ends = drawn.map((line) => line.points.at(-1)!.y);
  const labelPositions = spread(ends.map((value) => ((high - value) / span) * HEIGHT));
  const labels = drawn.map((line, i) => ({
    text: `${line.name} ${panel.unit === "share" ? percent(ends[i]!) : ends[i]!.toFixed(3)}`,
    colour: line.colour,
    x: single ? last : last + margin,
    y: high - (labelPositions[i]! / HEIGHT) * span,
  }));
  const labelWidth = single ? 0 : Math.max(...labels.map((label) => textWidth(label.text, LABEL_SIZE)));
  const dots = drawn.every((line) => line.points.length <= MOST_DOTS);
  return {
    width: Math.max(SMALLEST_WIDTH, TOTAL_WIDTH - AXIS_WIDTH - labelWidth),
    height: HEIGHT,
    layer: [
      {
        // Not the panel's own title: that keeps clear of axis labels, so titles side by side could differ in height.
        data: { values: [{}] },
        mark: { type: "text", align: "left", fontSize: 14, fontWeight: 700, color: colour("ink") },
        encoding: { x: { value: 0 }, y: { value: -22 }, text: { value: panel.title } },
      },
      {
        data: { values: points },
        mark: { type: "line", strokeWidth: 2, point: dots ? { size: 28, filled: true } : false },
        encoding: { x, y, color, strokeDash, detail: { field: "line" } },
      },
      {
        data: { values: labels },
        mark: { type: "text", align: "left", baseline: "middle", dx: single ? 12 : 6, fontSize: LABEL_SIZE },
        encoding: { x, y, color, text: { field: "text" } },
      },
    ],
  };
}

/** The values' range with some air, inside the limits, and never empty. */
function domain(values: number[], [floor, ceiling]: [number, number]): [number, number] {
  const least = Math.min(...values);
  const most = Math.max(...values);
  const air = Math.max((most - least) * 0.08, Math.abs(most) * 0.02, 1e-6);
  return [Math.max(floor, least - air), Math.min(ceiling, most + air)];
}

/** Enough decimals that neighbouring ticks differ. */
function tickFormat(unit: LinePanel["unit"], span: number): string {
  const share = unit === "share";
  const decimals = Math.max(0, Math.ceil(-Math.log10((span * (share ? 100 : 1)) / 5)));
  return `.${decimals}${share ? "%" : "f"}`;
}

/** Moves labels apart until neighbours are a step from each other, as little as needed and inside the panel. */
function spread(positions: number[]): number[] {
  const order = positions.map((_, i) => i).sort((a, b) => positions[a]! - positions[b]!);
  const moved = [...positions];
  // Clusters of touching labels, each centred on the mean of where its labels want to be.
  const clusters: { members: number[]; middle: number }[] = [];
  for (const i of order) {
    let cluster = { members: [i], middle: inside([i]) };
    for (;;) {
      const above = clusters.at(-1);
      if (above === undefined) break;
      const room = ((above.members.length + cluster.members.length) / 2) * LABEL_STEP;
      if (cluster.middle - above.middle >= room) break;
      clusters.pop();
      const members = [...above.members, ...cluster.members];
      cluster = { members, middle: inside(members) };
    }
    clusters.push(cluster);
  }
  for (const { members, middle } of clusters) {
    members.forEach((member, k) => {
      moved[member] = middle + (k - (members.length - 1) / 2) * LABEL_STEP;
    });
  }
  return moved;

  function inside(members: number[]): number {
    const wanted = members.reduce((sum, member) => sum + positions[member]!, 0) / members.length;
    const reach = (members.length / 2) * LABEL_STEP;
    return Math.max(reach, Math.min(HEIGHT - reach, wanted));
  }
}
