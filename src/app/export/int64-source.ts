import type { TensorData } from "../../core/engine/tensor.ts";
import type { BatchInput, RowSource } from "../../core/training/row-source.ts";

/** Tokenized rows as an exported model is fed, in int64. */
export class Int64Source implements RowSource {
  readonly count: number;
  readonly lengths: Uint32Array | undefined;
  readonly mixesRows: boolean;
  readonly #source: RowSource;

  constructor(source: RowSource) {
    this.count = source.count;
    this.lengths = source.lengths;
    this.mixesRows = source.mixesRows;
    this.#source = source;
  }

  batch(rows: Uint32Array): BatchInput {
    const batch = this.#source.batch(rows);
    return {
      ...batch,
      feeds: Object.fromEntries(Object.entries(batch.feeds).map(([name, data]) => [name, widened(data)])),
    };
  }
}

function widened(data: TensorData): TensorData {
  return data instanceof Int32Array ? BigInt64Array.from(data, BigInt) : data;
}
