import type { Position } from "./spec.ts";
import { colour } from "./theme.ts";

/** A place along y for each name, by the field `index`: names may be equal, or be cut to be so. */
export const namedLines = (names: readonly string[]): Position => ({
  field: "index",
  type: "ordinal",
  title: null,
  axis: {
    domain: false,
    ticks: false,
    labelExpr: `${JSON.stringify(names)}[datum.value]`,
    labelColor: colour("ink"),
  },
});
