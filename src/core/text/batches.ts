/** Bounds of a batch. */
export interface BatchLimits {
  maxRows: number;
  /** Tokens with padding: rows × the longest of them. A single longer row is a batch of its own. */
  maxTokens: number;
}

/** Megabatches of length grouping hold this many batches, or fewer so that there are four of them. */
const MEGABATCH = 50;

/**
 * Batches for work whose order doesn't matter: rows of similar length together, so that little is padded, the
 * longest first, so that memory is at its highest at once. Rows of equal length keep their order.
 *
 * @param lengths Tokens of each row.
 */
export function lengthSortedBatches(
  lengths: Uint32Array,
  { maxRows, maxTokens }: BatchLimits,
): Uint32Array[] {
  const order = Uint32Array.from(lengths.keys()).sort((a, b) => lengths[b]! - lengths[a]! || a - b);
  const batches: Uint32Array[] = [];
  for (let start = 0; start < order.length; ) {
    const longest = Math.max(1, lengths[order[start]!]!);
    const end = start + Math.max(1, Math.min(maxRows, Math.floor(maxTokens / longest)));
    batches.push(order.slice(start, end));
    start = end;
  }
  return batches;
}

/** Cuts an order of rows into batches; the last one may be smaller. */
export function consecutiveBatches(order: Uint32Array, batchSize: number): Uint32Array[] {
  const batches: Uint32Array[] = [];
  for (let start = 0; start < order.length; start += batchSize) {
    batches.push(order.slice(start, start + batchSize));
  }
  return batches;
}

/**
 * Makes a random order of rows cheaper to pad, as Hugging Face's `group_by_length`: it is cut into megabatches of 50
 * batches (fewer, so that there are at least four), each sorted by length, longest first, and the longest row of all
 * is put in front, so that a run that does not fit into memory fails at once.
 *
 * @param order A random permutation of the rows, `EpochOrder.epoch(i)`; the result is a function of it alone.
 * @param lengths Tokens of each row.
 */
export function lengthGroupedOrder(order: Uint32Array, lengths: Uint32Array, batchSize: number): Uint32Array {
  const batches = Math.max(1, Math.min(MEGABATCH, Math.floor(order.length / (batchSize * 4))));
  const megabatchSize = batches * batchSize;
  const grouped = new Uint32Array(order.length);
  let longest = 0;
  for (let start = 0; start < order.length; start += megabatchSize) {
    // An array, whose sort is stable: rows of equal length stay in random order.
    const megabatch = [...order.subarray(start, start + megabatchSize)];
    grouped.set(
      megabatch.sort((a, b) => lengths[b]! - lengths[a]!),
      start,
    );
    if (lengths[grouped[start]!]! > lengths[grouped[longest]!]!) longest = start;
  }
  if (longest > 0) [grouped[0], grouped[longest]] = [grouped[longest]!, grouped[0]!];
  return grouped;
}
