import { fitNames, textWidth } from "./fonts.ts";
import { nameOfIndex, namesParameter } from "./named-lines.ts";
import type { Chart } from "./render.ts";
import type { Layer, Position } from "./spec.ts";
import { colour } from "./theme.ts";

export interface ConfusionMatrix {
  title: string;
  labels: string[];
  /** `confusion[true][predicted]` counts rows. */
  confusion: number[][];
}

/** Above so many classes the cells have no room for the share, nor for the count. */
const MOST_WITH_SHARE = 9;
const MOST_WITH_COUNT = 24;

/**
 * True classes down, predicted classes across. A cell is as strong as its share of the true class's rows; right
 * predictions and mistakes have different colours. Small matrices print count and share in each cell.
 */
export function confusionChart({ title, labels, confusion }: ConfusionMatrix): Chart {
  const classes = labels.length;
  const cell = classes <= 4 ? 72 : classes <= MOST_WITH_SHARE ? 58 : classes <= MOST_WITH_COUNT ? 34 : 14;
  const names = fitNames(labels, 11, 170);
  const upright = Math.max(...names.map((name) => textWidth(name, 11))) <= cell - 8;
  const values = confusion.flatMap((row, truth) => {
    const support = row.reduce((sum, count) => sum + count, 0);
    return row.map((count, predicted) => {
      const share = support === 0 ? 0 : count / support;
      // The square root lets small shares of mistakes be seen.
      return { truth, predicted, count, share, strength: Math.sqrt(share), right: truth === predicted };
    });
  });
  const axis = {
    domain: false,
    ticks: false,
    labelExpr: nameOfIndex,
    labelColor: colour("ink"),
    labelPadding: 6,
  };
  const slanted = {
    labelAngle: cell < 20 ? -90 : -45,
    labelAlign: "right",
    labelBaseline: "middle",
  } as const;
  const x: Position = {
    field: "predicted",
    type: "ordinal",
    title: "Predicted class",
    axis: { ...axis, ...(upright ? { labelAngle: 0 } : slanted) },
  };
  const y: Position = { field: "truth", type: "ordinal", title: "True class", axis };
  const cellText = (calculate: string, fontSize: number, dy: number): Layer => ({
    transform: [{ filter: "datum.count > 0" }, { calculate, as: "text" }],
    mark: { type: "text", fontSize, dy },
    encoding: {
      x,
      y,
      text: { field: "text" },
      color: {
        condition: { test: "datum.strength > 0.88", value: colour("onHeat") },
        value: colour("ink"),
      },
    },
  });
  const cells: Layer = {
    mark: { type: "rect", stroke: colour("grid"), strokeWidth: 1 },
    encoding: {
      x,
      y,
      fill: {
        condition: { test: "datum.right", value: colour("heatRight") },
        value: colour("heatWrong"),
      },
      fillOpacity: { field: "strength", type: "quantitative", scale: null },
    },
  };
  const layer = [cells];
  if (classes <= MOST_WITH_SHARE) {
    layer.push(cellText("format(datum.count, ',d')", 13, -7), cellText("format(datum.share, '.1%')", 10, 9));
  } else if (classes <= MOST_WITH_COUNT) {
    layer.push(cellText("format(datum.count, ',d')", 10, 0));
  }
  const right = confusion.reduce((sum, row, c) => sum + row[c]!, 0);
  const total = confusion.flat().reduce((sum, count) => sum + count, 0);
  return {
    description: `${title}: ${right} of ${total} rows on the diagonal, that is right.`,
    spec: {
      params: [namesParameter(names)],
      title: {
        text: title,
        subtitle: "Blue: right, orange: wrong; the stronger, the larger the share of the true class",
      },
      width: { step: cell },
      height: { step: cell },
      data: { values },
      layer,
    },
  };
}
