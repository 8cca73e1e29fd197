/**
 * Tokenized rows of a split, packed: row i's ids are `ids[offsets[i] .. offsets[i + 1])`, special tokens included.
 * `typeIds` (0 for the first text, 1 for the second) is parallel to `ids` and present only for pairs.
 */
export interface TokenRows {
  readonly count: number;
  /** [total tokens] */
  readonly ids: Int32Array;
  /** [total tokens] */
  readonly typeIds?: Uint8Array;
  /** [count + 1] */
  readonly offsets: Uint32Array;
  /** Length of each row before truncation, special tokens included: [count]. */
  readonly fullLengths: Uint32Array;
}

/** A padded batch, row-major [size, length]. Padding is on the right. */
export interface Batch {
  readonly size: number;
  readonly length: number;
  readonly inputIds: Int32Array;
  /** 1 for a token, 0 for padding. */
  readonly attentionMask: Int32Array;
  readonly tokenTypeIds: Int32Array;
}
