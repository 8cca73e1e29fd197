import type { Panel, Position } from "./spec.ts";

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
  /** d3 format of the values at the lines' ends, e.g. `.1%`. */
  format: string;
  lines: Line[];
  /** What y can't exceed. */
  yLimits: [low: number, high: number];
}

const WIDTH = 330;
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
  const [low, high] = domain(
    drawn.flatMap((line) => line.points.map((point) => point.y)),
    panel.yLimits,
  );
  const span = high - low;
  const x: Position = {
    field: "x",
    type: "quantitative",
    title: "Epoch",
    scale: { domain: first === last ? [first - 0.5, first + 0.5] : [first, last], nice: false },
    axis: { grid: false, tickMinStep: 1, tickCount: 8, format: "d" },
  };
  const y: Position = {
    field: "y",
    type: "quantitative",
    title: panel.yTitle,
    scale: { domain: [low, high], nice: false, zero: false },
    axis: { domain: false, ticks: false, tickCount: 5, format: tickFormat(panel.format, span) },
  };
  const series = { field: "name", type: "nominal", sort: null, legend: null } as const;
  const names = drawn.map((line) => line.name);
  const colours = { ...series, scale: { domain: names, range: drawn.map((line) => line.colour) } };
  const dashes = { ...series, scale: { domain: names, range: drawn.map((line) => line.dash) } };
  const points = drawn.flatMap((line) => line.points.map((point) => ({ name: line.name, ...point })));
  const ends = drawn.map((line) => ({ name: line.name, value: line.points.at(-1)!.y }));
  const places = spread(ends.map((end) => ((high - end.value) / span) * HEIGHT));
  const labels = ends.map((end, i) => ({ ...end, x: last, y: high - (places[i]! / HEIGHT) * span }));
  const dots = drawn.every((line) => line.points.length <= MOST_DOTS);
  return {
    title: panel.title,
    width: WIDTH,
    height: HEIGHT,
    layer: [
      {
        data: { values: points },
        mark: { type: "line", strokeWidth: 2, point: dots ? { size: 28, filled: true } : false },
        encoding: { x, y, color: colours, strokeDash: dashes },
      },
      {
        data: { values: labels },
        transform: [{ calculate: `datum.name + '  ' + format(datum.value, '${panel.format}')`, as: "label" }],
        mark: { type: "text", align: "left", baseline: "middle", dx: 10, fontSize: LABEL_SIZE },
        encoding: { x, y, color: colours, text: { field: "label" } },
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
function tickFormat(format: string, span: number): string {
  const percent = format.endsWith("%");
  const decimals = Math.max(0, Math.ceil(-Math.log10((span * (percent ? 100 : 1)) / 5)));
  return `.${decimals}${percent ? "%" : "f"}`;
}

/** Moves positions apart until neighbours are a label's step from each other, as little as needed. */
function spread(positions: number[]): number[] {
  const order = positions.map((_, i) => i).sort((a, b) => positions[a]! - positions[b]!);
  const moved = [...positions];
  // Clusters of touching labels, each centred on the mean of where its labels want to be.
  const clusters: { members: number[]; middle: number }[] = [];
  for (const i of order) {
    let cluster = { members: [i], middle: positions[i]! };
    for (;;) {
      const above = clusters.at(-1);
      if (above === undefined) break;
      const room = ((above.members.length + cluster.members.length) / 2) * LABEL_STEP;
      if (cluster.middle - above.middle >= room) break;
      clusters.pop();
      const members = [...above.members, ...cluster.members];
      cluster = { members, middle: members.reduce((sum, m) => sum + positions[m]!, 0) / members.length };
    }
    clusters.push(cluster);
  }
  for (const { members, middle } of clusters) {
    members.forEach((member, k) => {
      moved[member] = middle + (k - (members.length - 1) / 2) * LABEL_STEP;
    });
  }
  return moved;
}
