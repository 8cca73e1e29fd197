import { Program } from "../engine/program.ts";
import type { Tensor } from "../engine/tensor.ts";
import { breathe, type Progress, type WorkOptions } from "../progress.ts";
import { consecutiveBatches, lengthSortedBatches } from "../text/batches.ts";
import type { RowSource } from "./row-source.ts";
import type { ParameterValues } from "./step.ts";

/** Rows at once where a row costs next to nothing. */
const featureBatch = 1024;
/**
 * Rows and padded tokens at once where a row goes through the encoder: large enough for the matrix products to run
 * at full speed, small enough that attention scores stay below 100 MB.
 */
const encoderBatch = { maxRows: 64, maxTokens: 4096 };

/** Rows at once, in their own order, where a row's result depends on its batch. */
const mixedBatch = 32;

/** A forward pass that gives one vector per row: features, or logits. */
export class RowProgram {
  readonly #program: Program<"output">;
  readonly #width: number;

  private constructor(program: Program<"output">, width: number) {
    this.#program = program;
    this.#width = width;
  }

  /** @param output [batch, width], width fixed. */
  static async compile(output: Tensor): Promise<RowProgram> {
    return new RowProgram(await Program.compile({ output }), output.dim(1) as number);
  }

  /**
   * Runs every row of a source, in batches of rows of similar length where that changes nothing.
   *
   * @returns Row-major [source.count, width], in row order.
   * @throws Interrupted if `signal` stops it.
   */
  async all(
    source: RowSource,
    parameters: ParameterValues,
    { onProgress, signal, stage, subject }: WorkOptions & Pick<Progress, "stage" | "subject">,
  ): Promise<Float32Array> {
    const width = this.#width;
    const values = new Float32Array(source.count * width);
    const fixedFeeds = Object.fromEntries(parameters);
    let done = 0;
    let tokens = 0;
    for (const rows of batchesOf(source)) {
      await breathe(signal);
      const batch = source.batch(rows);
      const { output } = await this.#program.run(batch.sizes, { ...fixedFeeds, ...batch.feeds });
      for (const [i, row] of rows.entries()) {
        values.set((output as Float32Array).subarray(i * width, (i + 1) * width), row * width);
      }
      done += rows.length;
      tokens += batch.tokens;
      onProgress?.({ stage, subject, done, total: source.count, tokens });
    }
    return values;
  }

  async release(): Promise<void> {
    await this.#program.release();
  }
}

/**
 * Batches where the order of the rows doesn't matter. Where rows of a batch mix, it does: sorted by length they would
 * hardly be padded, and the mistake that mixes them would not show.
 */
function batchesOf({ count, lengths, mixesRows }: RowSource): Iterable<Uint32Array> {
  if (lengths && !mixesRows) return lengthSortedBatches(lengths, encoderBatch);
  const all = Uint32Array.from({ length: count }, (_, i) => i);
  return consecutiveBatches(all, mixesRows ? mixedBatch : featureBatch);
}
