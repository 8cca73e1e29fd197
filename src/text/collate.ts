import type { Batch, TokenRows } from "./token-rows.ts";

export interface CollateOptions {
  /** Fills short rows. */
  padId: number;
  /** Pad every batch to this length; rows must not be longer. @default the longest row of the batch */
  padTo?: number;
  /** Round the length up to a multiple of this. @default 1 */
  padToMultipleOf?: number;
}

/**
 * Pads rows on the right to a common length.
 *
 * @param indices Rows of the batch, in its order.
 */
export function collate(
  rows: TokenRows,
  indices: Uint32Array,
  { padId, padTo = 0, padToMultipleOf = 1 }: CollateOptions,
): Batch {
  const size = indices.length;
  const longest = indices.reduce((most, i) => Math.max(most, rows.offsets[i + 1]! - rows.offsets[i]!), 0);
  if (padTo > 0 && longest > padTo) {
    throw new RangeError(`a row of ${longest} tokens can't be padded to ${padTo}: truncate first`);
  }
  const length = Math.ceil(Math.max(longest, padTo) / padToMultipleOf) * padToMultipleOf;
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
