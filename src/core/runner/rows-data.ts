import type { TokenRows } from "../text/token-rows.ts";
import { FeatureSource, HiddenStateSource, type RowSource, TokenSource } from "../training/row-source.ts";
import { RowSubset } from "../training/row-subset.ts";

/** Rows of a split as plain data, for a graph that reads tokens or one that reads features. */
export type RowsData = TokenRowsData | FeatureRowsData | HiddenRowsData;

/** Tokenized texts. */
export interface TokenRowsData {
  kind: "tokens";
  rows: TokenRows;
  /** Fills short rows. */
  padId: number;
  /** false lets padding take part, the mistake that a study may want to show. */
  attentionMask: boolean;
}

/** Features of a frozen encoder. */
export interface FeatureRowsData {
  kind: "features";
  /** Row-major [rows, size]. */
  values: Float32Array;
  size: number;
  /** Positions of the rows that are meant, in this order. @default all */
  chosen?: Uint32Array;
}

/** Hidden states that frozen layers gave for each token. */
export interface HiddenRowsData {
  kind: "hidden";
  /** Row-major [tokens, size], the tokens of all rows one after the other. */
  values: Float32Array;
  count: number;
  /** Where each row's tokens begin, and after the last where they end. */
  offsets: Uint32Array;
  size: number;
}

/** How a graph reads them. */
export function rowSource(data: RowsData): RowSource {
  if (data.kind === "tokens") {
    const { rows, padId, attentionMask } = data;
    return new TokenSource(rows, padId, { attentionMask });
  }
  if (data.kind === "hidden") return new HiddenStateSource(data.values, data, data.size);
  const source = new FeatureSource(data.values, data.size);
  return data.chosen ? new RowSubset(source, data.chosen) : source;
}
