import { breathe } from "../progress.ts";
import type { TokenRows } from "./token-rows.ts";
import type { Tokenizer } from "./tokenizer.ts";

/** What tokenizing did to a split; counts over rows as they were before truncation, special tokens included. */
export interface TokenStats {
  tokens: number;
  /** Tokens that the vocabulary doesn't know. */
  unknownTokens: number;
  /** Rows that lost something to truncation. */
  truncatedRows: number;
  /** Tokens that truncation cut off. */
  truncatedTokens: number;
}

export interface TokenizedRows extends TokenRows {
  readonly stats: TokenStats;
}

export interface TokenizeOptions {
  /** Longest row, special tokens included. @default no limit */
  maxLength?: number;
  /** Called now and then with the number of rows done, and at the end. */
  onProgress?: (done: number, total: number) => void;
  /** Stops between two rows. */
  signal?: AbortSignal;
}

/** How long the event loop may wait: a progress bar draws and Ctrl-C is heard in between. */
const SLICE_MS = 8;

/** Tokens a row to make room for at first. */
const TYPICAL_LENGTH = 64;

/**
 * Tokenizes a split. `texts` are single texts or pairs, not both.
 *
 * @throws ConfigError if `maxLength` leaves no room for text.
 * @throws Interrupted when the signal is aborted.
 */
export async function tokenizeRows(
  tokenizer: Tokenizer,
  texts: readonly string[] | readonly (readonly [string, string])[],
  { maxLength, onProgress, signal }: TokenizeOptions = {},
): Promise<TokenizedRows> {
  const count = texts.length;
  const arePairs = Array.isArray(texts[0]);
  let ids = new Int32Array(count * TYPICAL_LENGTH);
  let typeIds = new Uint8Array(arePairs ? ids.length : 0);
  const offsets = new Uint32Array(count + 1);
  const fullLengths = new Uint32Array(count);
  const stats: TokenStats = { tokens: 0, unknownTokens: 0, truncatedRows: 0, truncatedTokens: 0 };
  await breathe(signal);
  let sliceStart = performance.now();
  for (const [i, text] of texts.entries()) {
    const [first, second] = typeof text === "string" ? [text] : text;
    const row = tokenizer.encode(first!, second, { maxLength });
    const start = offsets[i]!;
    const end = start + row.ids.length;
    if (end > ids.length) {
      ids = grown(ids, new Int32Array(end * 2));
      if (arePairs) typeIds = grown(typeIds, new Uint8Array(end * 2));
    }
    ids.set(row.ids, start);
    if (arePairs) typeIds.set(row.typeIds, start);
    offsets[i + 1] = end;
    fullLengths[i] = row.fullLength;
    stats.tokens += row.fullLength;
    stats.unknownTokens += row.unknownTokens;
    stats.truncatedTokens += row.fullLength - row.ids.length;
    if (row.ids.length < row.fullLength) stats.truncatedRows++;
    if (performance.now() - sliceStart > SLICE_MS) {
      onProgress?.(i + 1, count);
      await breathe(signal);
      sliceStart = performance.now();
    }
  }
  onProgress?.(count, count);
  const total = offsets[count]!;
  return {
    count,
    ids: ids.slice(0, total),
    ...(arePairs && { typeIds: typeIds.slice(0, total) }),
    offsets,
    fullLengths,
    stats,
  };
}

function grown<T extends Int32Array | Uint8Array>(full: T, larger: T): T {
  larger.set(full);
  return larger;
}
