import type { Batch, TokenRows } from "./token-rows.ts";

/**
 * Pads rows on the right to the length of the longest.
 *
 * @param indices Rows of the batch, in its order.
 * @param padId Fills short rows.
 */
export function collate(rows: TokenRows, indices: Uint32Array, padId: number): Batch {
  const size = indices.length;
  const length = indices.reduce((most, i) => Math.max(most, rows.offsets[i + 1]! - rows.offsets[i]!), 0);
  const inputIds = new Int32Array(size * length).fill(padId);
  const attentionMask = new Int32Array(size * length);
  const tokenTypeIds = new Int32Array(size * length);
  for (const [place, row] of indices.entries()) {
    const [from, to] = [rows.offsets[row]!, rows.offsets[row + 1]!];
    const at = place * length;
    inputIds.set(rows.ids.subarray(from, to), at);
    attentionMask.fill(1, at, at + to - from);
    if (rows.typeIds) tokenTypeIds.set(rows.typeIds.subarray(from, to), at);
  }
  return { size, length, inputIds, attentionMask, tokenTypeIds };
}
