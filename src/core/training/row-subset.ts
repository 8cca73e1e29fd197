import type { BatchInput, RowSource } from "./row-source.ts";

/** Some rows of a source. */
export class RowSubset implements RowSource {
  readonly count: number;
  readonly lengths: Uint32Array | undefined;
  readonly mixesRows: boolean;
  readonly #source: RowSource;
  readonly #chosen: Uint32Array;

  /** @param chosen Positions in the source. */
  constructor(source: RowSource, chosen: Uint32Array) {
    const { lengths, mixesRows } = source;
    this.count = chosen.length;
    this.lengths = lengths && chosen.map((row) => lengths[row]!);
    this.mixesRows = mixesRows;
    this.#source = source;
    this.#chosen = chosen;
  }

  batch(rows: Uint32Array): BatchInput {
    return this.#source.batch(rows.map((row) => this.#chosen[row]!));
  }
}
