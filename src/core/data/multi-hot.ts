import { DataError } from "../errors.ts";
import type { Feature } from "./features.ts";
import type { Value } from "./values.ts";

/** What the numbers of a list of classes are: a 0 or 1 for every class, or the classes that apply. */
export const labelEncodings = ["multi-hot", "indices"] as const;
export type LabelEncoding = (typeof labelEncodings)[number];

function isFlag(item: Value): boolean {
  if (typeof item === "boolean") return true;
  return (typeof item === "number" || typeof item === "bigint") && (Number(item) === 0 || Number(item) === 1);
}

/**
 * How lists of numbers are to be read. Lists of equal length that hold only 0 and 1, and repeat one of them, can't be
 * sets of class indices: they are multi-hot. Without a repetition, `[0, 1]` is either.
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
  if (feature.type === "list" && feature.items?.type === "classLabel") return undefined;
  const lengths = new Set<number>();
  let repeated = false;
  for (const value of values) {
    if (!Array.isArray(value)) continue;
    if (!value.every(isFlag)) return undefined;
    lengths.add(value.length);
    repeated ||= new Set(value.map(Number)).size < value.length;
  }
  const [width] = lengths;
  if (lengths.size === 1 && repeated) return "multi-hot";
  const either = lengths.size === 1 && width === 2;
  if (!either && !repeated) return undefined;
  const found = either
    ? "lists of a 0 and a 1, which may say which classes apply or name classes 0 and 1"
    : "lists of only 0 and 1 that repeat one but differ in length";
  throw new DataError(
    `${where} holds ${found}; give labelEncoding: multi-hot (a 0 or 1 for every class) or indices (the classes that apply)`,
  );
}

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
    const shown = typeof odd === "bigint" ? String(odd) : JSON.stringify(odd);
    return `${shown} in its list of labels, where 0 or 1 is expected (labelEncoding: multi-hot)`;
  }
  return list.flatMap((item, position) => (Number(item) === 1 ? [position] : []));
}
