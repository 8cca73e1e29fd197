/**
 * What a cell of a dataset may hold. `null` is a missing value. Whole numbers that a `number` can't hold exactly
 * (beyond 2⁵³) are `bigint`.
 */
export type Value = string | number | bigint | boolean | null | Value[] | { [key: string]: Value };

/** One row: column name to value. */
export type Row = Record<string, Value>;

/** A cell of a row; `null` where the row lacks the column, whatever it is called (`constructor`, `toString`). */
export const cellOf = (row: Row, column: string): Value => (Object.hasOwn(row, column) ? row[column]! : null);

/** A cell that says nothing; pandas writes a missing number as NaN. */
export const isMissing = (value: Value): boolean =>
  value === null || Number.isNaN(value) || (typeof value === "string" && value.trim() === "");

/** −1, as a number or as text, which marks a row without a label in many published datasets. */
export const isMinusOne = (value: Value): boolean =>
  value !== null && typeof value !== "object" && typeof value !== "boolean" && Number(value) === -1;

/** A value as JSON, whole numbers of any size with all of their digits. */
export function jsonOf(value: Value): string {
  if (typeof value === "bigint") return String(value);
  if (Array.isArray(value)) return `[${value.map(jsonOf).join(",")}]`;
  if (typeof value === "object" && value !== null) {
    return `{${Object.entries(value)
      .map(([key, item]) => `${JSON.stringify(key)}:${jsonOf(item)}`)
      .join(",")}}`;
  }
  return JSON.stringify(value);
}

/** A value for a one-line message. */
export function showValue(value: Value): string {
  const json = jsonOf(value);
  return json.length > 80 ? `${json.slice(0, 79)}…` : json;
}
