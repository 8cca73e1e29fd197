/** 0 of no values. */
export function sum(values: Iterable<number>): number {
  let total = 0;
  for (const value of values) total += value;
  return total;
}

/** 0 of no values. */
export const mean = (values: number[]): number => ratio(sum(values), values.length);

/** 0 where the whole is 0, as with scikit-learn's `zero_division=0`. */
export const ratio = (part: number, whole: number): number => (whole === 0 ? 0 : part / whole);
