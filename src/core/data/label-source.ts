import { DataError } from "../errors.ts";
import type { Feature, Features } from "./features.ts";
import { type LabelEncoding, multiHotWidth, positionsOfOnes } from "./multi-hot.ts";
import { listNames } from "./nearest-name.ts";
import type { StoredColumn } from "./table.ts";
import { isMinusOne, isMissing, showValue, type Value } from "./values.ts";

/**
 * Where the classes of a row stand: in one column, as a class or a list of classes, or in several columns that are
 * named after the classes and hold 1 where theirs applies, else 0.
 */
export interface LabelSource {
  columns: readonly string[];
  /** What stands between the classes of a text cell, such as `|`. @default a cell is one class */
  separator?: string;
  /** What the numbers of a list are. @default indices, unless the lists can only be multi-hot */
  encoding?: LabelEncoding;
}

/** Column names that mean the class when nothing else says which column does. */
const USUAL_NAMES = ["label", "labels"];

/** The column that holds the class: `label`, `labels`, or the only column whose classes have names. */
export function guessLabelColumn(features: Features): string | undefined {
  const names = Object.keys(features);
  const usual = USUAL_NAMES.find((name) => names.includes(name));
  if (usual !== undefined) return usual;
  const named = names.filter((name) => itemOf(features[name]!).type === "classLabel");
  return named.length === 1 ? named[0] : undefined;
}

const itemOf = (feature: Feature): Feature =>
  feature.type === "list" ? (feature.items ?? feature) : feature;

/** Whether a source gives every row a set of classes rather than one. */
export function givesSets({ columns, separator }: LabelSource, feature: Feature): boolean {
  return columns.length > 1 || separator !== undefined || feature.type === "list";
}

/**
 * The labels of all rows as one column: a class each, or a list of classes.
 *
 * @param columns The source's columns, in its order.
 * @param describeRow Says where row i is, for the error message.
 * @param width Numbers of a multi-hot list; that of the first list where left out.
 * @throws DataError at the first cell that can't be read.
 */
export function labelsOf(
  source: LabelSource,
  columns: readonly StoredColumn[],
  describeRow: (i: number) => string,
  width = multiHotWidth(columns[0]?.values ?? []),
): StoredColumn {
  const [first] = columns;
  if (columns.length === 1 && source.separator === undefined) {
    checkLists(first!, describeRow);
    return source.encoding === "multi-hot" ? positions(first!, width, describeRow) : first!;
  }
  const rows = first!.values.length;
  const values = Array.from({ length: rows }, (_, row) => {
    const cells = columns.map((column) => column.values[row]!);
    const label = rowLabel(source, cells);
    if ("classes" in label) return label.classes;
    throw new DataError(
      `${describeRow(row)} has ${label.problem}; correct the row or leave it out with filter`,
    );
  });
  return { feature: labelFeature(source, first!.feature), values };
}

/** Multi-hot lists as lists of class indices. */
function positions(
  { values }: StoredColumn,
  width: number,
  describeRow: (i: number) => string,
): StoredColumn {
  const classes = values.map((value, row) => {
    if (!Array.isArray(value)) return value;
    const ones = positionsOfOnes(value, width);
    if (typeof ones !== "string") return ones;
    throw new DataError(`${describeRow(row)} has ${ones}; correct the row or leave it out with filter`);
  });
  return { feature: { type: "list", items: { type: "int" } }, values: classes };
}

/** @throws DataError where some rows have a list and one has something else */
function checkLists({ feature, values }: StoredColumn, describeRow: (i: number) => string): void {
  if (feature.type !== "json" || !values.some(Array.isArray)) return;
  const row = values.findIndex((value) => value !== null && !Array.isArray(value));
  const value = showValue(values[row]!);
  const remedy = typeof values[row] === "object" ? "correct the row" : `write [${value}]`;
  throw new DataError(
    `${describeRow(row)} has label ${value}, where other rows have a list of classes; ${remedy}`,
  );
}

/** What the labels of a source hold, given what its first column does. */
export function labelFeature({ columns, separator }: LabelSource, feature: Feature): Feature {
  if (columns.length > 1) return { type: "list", items: { type: "classLabel", names: [...columns] } };
  return separator === undefined ? feature : { type: "list", items: { type: "string" } };
}

/** What people write between several classes in one cell. */
const usualSeparators = ["|", ";", ",", "/"];

/** How a text reads as several of the classes: `fruit|tool`. */
export function joinedClasses(
  text: string,
  classes: readonly string[],
): { separator: string; parts: string[] } | undefined {
  for (const separator of usualSeparators) {
    const parts = text.split(separator).map((part) => part.trim());
    if (parts.length > 1 && parts.every((part) => classes.includes(part))) return { separator, parts };
  }
  return undefined;
}

/** The classes of one row, or what is wrong with it; `missing` where it just has no label. */
export type RowLabel = { classes: Value[] } | { problem: string; missing: boolean };

/** Reads the cells of one row, where the source gives sets of classes. */
export function rowLabel({ columns, separator, encoding }: LabelSource, cells: readonly Value[]): RowLabel {
  if (separator !== undefined) return splitCell(cells[0]!, separator);
  if (columns.length === 1) {
    const [cell] = cells;
    if (Array.isArray(cell)) {
      if (encoding !== "multi-hot") return { classes: cell };
      const ones = positionsOfOnes(cell, cell.length);
      return typeof ones === "string" ? { problem: ones, missing: false } : { classes: ones };
    }
    return isMissing(cell!)
      ? { problem: "no label", missing: true }
      : { problem: `label ${showValue(cell!)}, where other rows have a list of classes`, missing: false };
  }
  const classes: Value[] = [];
  for (const [label, cell] of cells.entries()) {
    const flag = flagOf(cell);
    const name = columns[label]!;
    if (flag === undefined) {
      if (isMissing(cell)) return { problem: `no value in "${name}"`, missing: true };
      const missing = isMinusOne(cell);
      const meaning = missing ? ", which marks a row without a label" : "";
      return { problem: `${showValue(cell!)} in "${name}"${meaning}, where 0 or 1 is expected`, missing };
    }
    if (flag) classes.push(label);
  }
  return { classes };
}

/** Cells that were missing from a file, and files that know only text, say 0 and 1 in several ways. */
function flagOf(cell: Value): boolean | undefined {
  if (typeof cell === "boolean") return cell;
  if (isMissing(cell) || typeof cell === "object") return undefined;
  if (typeof cell === "string" && /^(true|false)$/i.test(cell)) return cell.toLowerCase() === "true";
  const number = Number(cell);
  return number === 0 || number === 1 ? number === 1 : undefined;
}

/** An empty cell holds no class, which is a label too. */
function splitCell(cell: Value, separator: string): RowLabel {
  if (typeof cell === "object" && cell !== null) {
    return { problem: "a list or an object, not text to split", missing: false };
  }
  const parts = cell === null ? [] : String(cell).split(separator);
  return { classes: parts.map((part) => part.trim()).filter((part) => part !== "") };
}

/** @throws DataError unless there is something to choose from and each column is named once */
export function checkLabelColumns(columns: readonly string[]): void {
  if (columns.length < 2) {
    throw new DataError(
      `one column of 0 and 1 (${listNames(columns)}) is a column of classes, not of labels beside each other`,
    );
  }
  const twice = columns.find((name, i) => columns.indexOf(name) !== i);
  if (twice !== undefined) throw new DataError(`the label column "${twice}" is named twice`);
}

/** @throws DataError where classes stand in columns of their own and one has none: nothing is known of it */
export function checkEveryColumn({ columns }: LabelSource, classes: readonly string[], source: string): void {
  const missing = columns.length > 1 ? classes.filter((name) => !columns.includes(name)) : [];
  if (missing.length === 0) return;
  throw new DataError(
    `${source} has no label column for ${listNames(missing)}; labelColumns are those of all classes: ${listNames(classes)}`,
  );
}
