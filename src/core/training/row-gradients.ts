import type { Gradient } from "./optimizers/optimizer.ts";

/**
 * Adds up the gradients of lookups of the same row: what the gradient of an embedding table is, without the rows
 * that no one looked up.
 *
 * @param indices Row of each lookup: [lookups].
 * @param values [lookups, size]
 * @returns One row each, in the order of their first lookup.
 */
export function sumRows(indices: Int32Array, values: Float32Array, size: number): Gradient {
  const place = new Map<number, number>();
  for (const row of indices) if (!place.has(row)) place.set(row, place.size);
  const sums = new Float32Array(place.size * size);
  for (let i = 0; i < indices.length; i++) {
    const to = place.get(indices[i]!)! * size;
    const from = i * size;
    for (let j = 0; j < size; j++) sums[to + j]! += values[from + j]!;
  }
  return { values: sums, rows: Int32Array.from(place.keys()) };
}
