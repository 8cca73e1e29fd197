import { DataError } from "../errors.ts";
import type { Feature } from "./features.ts";
import { isMinusOne, showValue, type Value } from "./values.ts";

/** What the numbers of a list of classes are: a 0 or 1 for every class, or the classes that apply. */
export const labelEncodings = ["multi-hot", "indices"] as const;
export type LabelEncoding = (typeof labelEncodings)[number];

function isFlag(item: Value): boolean {
  if (typeof item === "boolean") return true;
  return (typeof item === "number" || typeof item === "bigint") && (Number(item) === 0 || Number(item) === 1);
}

/**
 * How lists of numbers are to be read. Lists of equal length that hold only 0 and 1 and repeat one of them can't be sets
 * of class indices: they are multi-hot. So are lists of floats or of true and false, which no class is numbered by.
 * Without a repetition, `[0, 1]` is either. Missing lists, and those of nothing but −1, say nothing.
 *
 * @param values All rows that the labels come from, so that every choice of rows is read in the same way.
 * @param where The column and its source, for the error message.
 * @throws DataError where the lists may be either, or are neither.
 */
export function detectEncoding(
  values: readonly Value[],
  feature: Feature,
  where: string,
): LabelEncoding | undefined {
  const lists = values.filter(Array.isArray).filter((list) => list.length === 0 || !list.every(isMinusOne));
  const lengths = new Set(lists.map((list) => list.length));
  const [width = 0] = lengths;
  const repeated = lists.some((list) => new Set(list.map(Number)).size < list.length);
  if (!lists.every((list) => list.every(isFlag))) {
    const counts = repeated && lengths.size === 1 && lists.every((list) => list.every(isNumber));
    if (counts) throw unclear(where, `lists of ${width} numbers that repeat some`);
    return undefined;
  }
  const items = feature.type === "list" ? feature.items : undefined;
  // Declared names are numbered, which lists of as many flags are not.
  if (items?.type === "classLabel" && !(repeated && lengths.size === 1 && width === items.names.length)) {
    return undefined;
  }
  const unnumbered =
    items?.type === "float" || lists.some((list) => list.some((item) => item === true || item === false));
  if (lengths.size === 1 && width > 1 && (repeated || unnumbered)) return "multi-hot";
  if (repeated) throw unclear(where, "lists of only 0 and 1 that repeat one but differ in length");
  if (lengths.size === 1 && width === 2) {
    throw unclear(where, "lists of a 0 and a 1, which may say which classes apply or name classes 0 and 1");
  }
  return undefined;
}

const unclear = (where: string, found: string): DataError =>
  new DataError(
    `${where} holds ${found}; give labelEncoding: multi-hot (a 0 or 1 for every class) or indices (the classes that apply)`,
  );

const isNumber = (item: Value): boolean => typeof item === "number" || typeof item === "bigint";

/** Numbers of the first list: the classes of a multi-hot column. */
export function multiHotWidth(values: readonly Value[]): number {
  const first = values.find(Array.isArray);
  return first?.length ?? 0;
}

/** Positions of the 1s of a list, or what is wrong with it. */
export function positionsOfOnes(list: readonly Value[], width: number): number[] | string {
  if (list.length !== width) return `a list of ${list.length} numbers, where other rows have ${width}`;
  const odd = list.find((item) => !isFlag(item));
  if (odd !== undefined) {
    const shown = showValue(odd);
    return `${shown} in its list of labels, where 0 or 1 is expected (labelEncoding: multi-hot)`;
  }
  return list.flatMap((item, position) => (Number(item) === 1 ? [position] : []));
}
