import type { Position } from "./spec.ts";
import { colour } from "./theme.ts";

/** The chart's parameter that holds the names of its lines. */
const NAMES = "names";

/** Names as a value that the chart's expressions can read. Pasted into an expression, a name could end or change it. */
export const namesParameter = (names: readonly string[]) => ({ name: NAMES, value: [...names] });

/** The expression that labels an axis by an index into `namesParameter`. */
export const nameOfIndex = `${NAMES}[datum.value]`;

/** A position along y for each of the names in `namesParameter`, by the field `index`: names may be equal, or be cut to be so. */
export const namedLines: Position = {
  field: "index",
  type: "ordinal",
  title: null,
  axis: { domain: false, ticks: false, labelExpr: nameOfIndex, labelColor: colour("ink") },
};
