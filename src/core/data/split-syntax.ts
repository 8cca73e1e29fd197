import { DataError } from "../errors.ts";
import { concatenate, type Dataset } from "./dataset.ts";
import { suggestName } from "./nearest-name.ts";
import { roundHalfToEven } from "./rounding.ts";

/** One term of a split expression: `test`, `train[:5%]`, `train[10%:15%]`, `train[-100:]`. */
export interface SplitSlice {
  split: string;
  /** As written, for messages and reports: `[:5%]`, or nothing. */
  slice: string;
  from?: number;
  to?: number;
  unit: "%" | "rows";
}

const TERM =
  /^(?<split>\w+(\.\w+)*)(?<slice>\[((?<from>-?\d[\d_]*)(?<fromPercent>%)?)?:((?<to>-?\d[\d_]*)(?<toPercent>%)?)?\])?$/;

/**
 * The terms of a split expression in the syntax of Hugging Face `datasets`: slices by rows or percent, counted from
 * the end where negative, joined by `+`.
 *
 * @throws DataError where the expression is malformed.
 */
export function parseSplit(expression: string): SplitSlice[] {
  return expression.split("+").map((term) => {
    const parts = TERM.exec(term.trim())?.groups;
    if (parts === undefined) {
      throw new DataError(
        `"${expression}" is not a split; write train, train[:5%], train[10%:15%], train[-100:] or train+test`,
      );
    }
    const number = (digits: string | undefined) =>
      digits === undefined ? undefined : Number(digits.replaceAll("_", ""));
    const percent = parts.fromPercent !== undefined || parts.toPercent !== undefined;
    const [from, to] = [number(parts.from), number(parts.to)];
    if (percent && (Math.abs(from ?? 0) > 100 || Math.abs(to ?? 0) > 100)) {
      throw new DataError(`"${term.trim()}" asks for more than 100 %`);
    }
    return { split: parts.split!, slice: parts.slice ?? "", from, to, unit: percent ? "%" : "rows" };
  });
}

/**
 * First and one past the last row of a slice. Percentages are rounded to the nearest row, halves to even; a bound
 * beyond the split is cut back to it.
 */
export function sliceBounds({ from, to, unit }: SplitSlice, length: number): [from: number, to: number] {
  const bound = (value: number | undefined, otherwise: number): number => {
    if (value === undefined) return otherwise;
    const row = unit === "%" ? roundHalfToEven((value * length) / 100) : value;
    return Math.min(row < 0 ? Math.max(length + row, 0) : row, length);
  };
  return [bound(from, 0), bound(to, length)];
}

/** The rows that `terms` choose from splits, which must hold those that they name. */
export function chooseRows(terms: readonly SplitSlice[], splits: ReadonlyMap<string, Dataset>): Dataset {
  const parts = terms.map((term) => {
    const dataset = splits.get(term.split)!;
    return term.slice === "" ? dataset : dataset.slice(...sliceBounds(term, dataset.length), term.slice);
  });
  return concatenate(parts);
}

/** @throws DataError where `split` is not among `splits`. */
export function checkSplit(split: string, splits: readonly string[], source: string): void {
  if (splits.includes(split)) return;
  throw new DataError(`${source} has no split "${split}"${suggestName(split, splits, "splits")}`);
}
