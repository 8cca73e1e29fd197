import stringWidth from "string-width";
import { cut, cutNames, oneLine, pad, type Terminal } from "./terminal.ts";

export interface TerminalTable {
  /** Column titles. The first column is aligned left, the others right, unless named in `left`. */
  header: string[];
  rows: string[][];
  /** Rows under a rule. */
  totals?: string[][];
  /** Indices of further columns of text, aligned left. */
  left?: number[];
  /** Colours a cell of `rows`, once it has its width. */
  style?: (cell: string, row: number, column: number) => string;
}

const GAP = "  ";
/** A column of text is not cut below this. */
const LEAST_TEXT = 8;

/** A table as lines. Columns of text are cut until it fits the terminal. */
export function formatTable(
  { header, rows, totals = [], left = [], style = (cell) => cell }: TerminalTable,
  terminal: Terminal,
): string {
  const { dim } = terminal.colours;
  const cells = [header, ...rows, ...totals].map((row) => row.map(oneLine));
  const isText = (column: number) => column === 0 || left.includes(column);
  const widths = header.map((_, column) => Math.max(...cells.map((row) => stringWidth(row[column] ?? ""))));
  const excess = () =>
    widths.reduce((sum, width) => sum + width, GAP.length * (widths.length - 1)) - terminal.width;
  while (excess() > 0) {
    const widest = widths
      .map((_, column) => column)
      .filter((column) => isText(column) && widths[column]! > LEAST_TEXT)
      .sort((a, b) => widths[b]! - widths[a]!)[0];
    if (widest === undefined) break;
    widths[widest]! -= 1;
  }
  const names = cutNames(
    cells.map(([name = ""]) => name),
    widths[0]!,
  );
  for (const [i, row] of cells.entries()) row[0] = names[i]!;
  const line = (row: string[], styled = (cell: string, _column: number) => cell) =>
    widths
      .map((width, column) => pad(cut(row[column] ?? "", width), width, isText(column) ? "left" : "right"))
      .map(styled)
      .join(GAP)
      .trimEnd();
  const [title, ...rest] = cells;
  const body = rest.map((row, i) =>
    line(row, (cell, column) => (i < rows.length ? style(cell, i, column) : cell)),
  );
  const rule = dim("─".repeat(widths.reduce((sum, width) => sum + width, GAP.length * (widths.length - 1))));
  return [
    dim(line(title!)),
    ...body.slice(0, rows.length),
    ...(totals.length > 0 ? [rule, ...body.slice(rows.length)] : []),
  ].join("\n");
}
