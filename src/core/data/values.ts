/**
 * What a cell of a dataset may hold. `null` is a missing value. Whole numbers that a `number` can't hold exactly
 * (beyond 2⁵³) are `bigint`.
 */
export type Value = string | number | bigint | boolean | null | Value[] | { [key: string]: Value };

/** One row: column name to value. */
export type Row = Record<string, Value>;
