import type { TensorData } from "../engine/tensor.ts";
import { collate } from "../text/collate.ts";
import type { TokenRows } from "../text/token-rows.ts";

/** What a batch feeds to a graph. */
export interface BatchInput {
  /** Values of the symbolic dimensions: `batch`, and `length` where rows are tokens. */
  sizes: Record<string, number>;
  feeds: Record<string, TensorData>;
  /** Tokens in it, padding not counted. */
  tokens: number;
}

/** The rows of a split as a model reads them. */
export interface RowSource {
  readonly count: number;
  /** Cost of each row in tokens, for batches of rows of similar length; undefined where all cost the same. */
  readonly lengths: Uint32Array | undefined;
  /** Whether what comes out for a row depends on the rows that it shares a batch with: padding takes part. */
  readonly mixesRows: boolean;
  batch(rows: Uint32Array): BatchInput;
}

/** Graph input that frozen features are fed to: [batch, hidden size] float32. */
export const featuresInput = "features";

/** Graph input that the hidden states of frozen layers are fed to: [batch, length, hidden size] float32. */
export const hiddenStatesInput = "hidden_states";

/** Tokenized texts, padded to the longest of each batch. */
export class TokenSource implements RowSource {
  readonly count: number;
  readonly lengths: Uint32Array;
  readonly mixesRows: boolean;
  readonly #rows: TokenRows;
  readonly #padId: number;

  /** @param options.attentionMask false lets padding take part, the mistake that a study may want to show. */
  constructor(rows: TokenRows, padId: number, { attentionMask = true }: { attentionMask?: boolean } = {}) {
    this.count = rows.count;
    this.lengths = lengthsOf(rows);
    this.#rows = rows;
    this.#padId = padId;
    this.mixesRows = !attentionMask;
  }

  batch(rows: Uint32Array): BatchInput {
    const batch = collate(this.#rows, rows, this.#padId);
    return {
      sizes: { batch: batch.size, length: batch.length },
      feeds: {
        input_ids: batch.inputIds,
        attention_mask: this.mixesRows ? batch.attentionMask.fill(1) : batch.attentionMask,
        token_type_ids: batch.tokenTypeIds,
      },
      tokens: rows.reduce((sum, row) => sum + this.lengths[row]!, 0),
    };
  }
}

/** Features of a frozen encoder, computed once. */
export class FeatureSource implements RowSource {
  readonly count: number;
  readonly lengths = undefined;
  readonly mixesRows = false;
  readonly #features: Float32Array;
  readonly #size: number;

  /** @param features Row-major [count, size]. */
  constructor(features: Float32Array, size: number) {
    this.count = features.length / size;
    this.#features = features;
    this.#size = size;
  }

  batch(rows: Uint32Array): BatchInput {
    const size = this.#size;
    const features = new Float32Array(rows.length * size);
    for (const [i, row] of rows.entries()) {
      features.set(this.#features.subarray(row * size, (row + 1) * size), i * size);
    }
    return { sizes: { batch: rows.length }, feeds: { [featuresInput]: features }, tokens: 0 };
  }
}

/** Hidden states that frozen layers gave for each token, computed once, padded to the longest row of each batch. */
export class HiddenStateSource implements RowSource {
  readonly count: number;
  readonly lengths: Uint32Array;
  readonly mixesRows = false;
  readonly #hidden: Float32Array;
  readonly #offsets: Uint32Array;
  readonly #size: number;

  /**
   * @param hidden Row-major [tokens, size], the tokens of all rows one after the other.
   * @param offsets Where each row's tokens begin, and after the last where they end.
   */
  constructor(hidden: Float32Array, { count, offsets }: Pick<TokenRows, "count" | "offsets">, size: number) {
    this.count = count;
    this.lengths = lengthsOf({ count, offsets });
    this.#hidden = hidden;
    this.#offsets = offsets;
    this.#size = size;
  }

  batch(rows: Uint32Array): BatchInput {
    const size = this.#size;
    const length = rows.reduce((most, row) => Math.max(most, this.lengths[row]!), 0);
    // What stands in the padding is of no account: no token attends to it.
    const hidden = new Float32Array(rows.length * length * size);
    const attentionMask = new Int32Array(rows.length * length);
    let tokens = 0;
    for (const [place, row] of rows.entries()) {
      const [from, to] = [this.#offsets[row]!, this.#offsets[row + 1]!];
      hidden.set(this.#hidden.subarray(from * size, to * size), place * length * size);
      attentionMask.fill(1, place * length, place * length + to - from);
      tokens += to - from;
    }
    return {
      sizes: { batch: rows.length, length },
      feeds: { [hiddenStatesInput]: hidden, attention_mask: attentionMask },
      tokens,
    };
  }
}

/** Tokens of each row. */
function lengthsOf({ count, offsets }: Pick<TokenRows, "count" | "offsets">): Uint32Array {
  return Uint32Array.from({ length: count }, (_, i) => offsets[i + 1]! - offsets[i]!);
}
