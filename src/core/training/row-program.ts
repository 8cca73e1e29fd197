import { Program } from "../engine/program.ts";
import { reachable, type Tensor, type TensorData } from "../engine/tensor.ts";
import { breathe, type Progress, type WorkOptions } from "../progress.ts";
import { consecutiveBatches, lengthSortedBatches } from "../text/batches.ts";
import type { RowSource } from "./row-source.ts";
import type { ParameterValues } from "./step.ts";

/** Rows at once where a row costs next to nothing. */
const featureBatch = 1024;
/** Rows at once where a row goes through the encoder. */
const maxRows = 64;
/**
 * Elements of the widest activation of a batch, 6 MB: larger ones fall out of the processor's cache between two
 * operators, smaller ones leave the matrix products too little to do. DistilBERT-base encodes 29 % faster with the 512
 * tokens that this gives than with 4,096 (bench/encode.ts).
 */
const activationElements = 512 * 3072;

/** Rows at once, in their own order, where a row's result depends on its batch. */
const mixedBatch = 32;

/** A forward pass that gives one vector per row: features, or logits; or one per token: hidden states. */
export class RowProgram {
  readonly #program: Program<"output">;
  readonly #width: number;
  /** Padded tokens at once. */
  readonly #maxTokens: number;

  private constructor(program: Program<"output">, width: number, maxTokens: number) {
    this.#program = program;
    this.#width = width;
    this.#maxTokens = maxTokens;
  }

  /**
   * @param output [batch, width] or [batch, length, width], width fixed.
   * @param frozen Parameters that stay as they are as long as the program is used; the matrices among them are compiled
   * in, which is faster and costs their memory once more.
   */
  static async compile(output: Tensor, frozen: ParameterValues = new Map()): Promise<RowProgram> {
    const maxTokens = Math.floor(activationElements / widestActivation(output));
    const constants = matricesOf(output, frozen);
    return new RowProgram(
      await Program.compile({ output }, { constants }),
      output.dim(-1) as number,
      maxTokens,
    );
  }

  /**
   * The same where all parameters stay as they are and are compiled in, in whatever precision they have.
   *
   * @param output [batch, width], width fixed.
   */
  static async compileFrozen(output: Tensor, values: ReadonlyMap<string, TensorData>): Promise<RowProgram> {
    const maxTokens = Math.floor(activationElements / widestActivation(output));
    const program = await Program.compile({ output }, { constants: values });
    return new RowProgram(program, output.dim(1) as number, maxTokens);
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
    const values = new Float32Array(source.count * this.#width);
    const feeds = Object.fromEntries(parameters);
    let done = 0;
    let tokens = 0;
    for (const rows of this.batches(source)) {
      await breathe(signal);
      tokens += await this.batch(source, rows, feeds, values);
      done += rows.length;
      onProgress?.({ stage, subject, done, total: source.count, tokens });
    }
    return values;
  }

  /**
   * Runs every row of tokens, where the program gives a vector for each token.
   *
   * @param offsets Where each row's tokens begin, and after the last where they end.
   * @returns Row-major [tokens, width], padding left out, in row order.
   * @throws Interrupted if `signal` stops it.
   */
  async allTokens(
    source: RowSource,
    offsets: Uint32Array,
    parameters: ParameterValues,
    { onProgress, signal, stage, subject }: WorkOptions & Pick<Progress, "stage" | "subject">,
  ): Promise<Float32Array> {
    const width = this.#width;
    const values = new Float32Array(offsets[source.count]! * width);
    const feeds = Object.fromEntries(parameters);
    let done = 0;
    let tokens = 0;
    for (const rows of this.batches(source)) {
      await breathe(signal);
      const batch = source.batch(rows);
      const { output } = await this.#program.run(batch.sizes, { ...feeds, ...batch.feeds });
      for (const [i, row] of rows.entries()) {
        const [from, to] = [offsets[row]!, offsets[row + 1]!];
        const start = i * batch.sizes.length! * width;
        values.set((output as Float32Array).subarray(start, start + (to - from) * width), from * width);
      }
      done += rows.length;
      tokens += batch.tokens;
      onProgress?.({ stage, subject, done, total: source.count, tokens });
    }
    return values;
  }

  /** What must be fed: the inputs of a batch, and the parameters that are not compiled in. */
  get inputNames(): string[] {
    return this.#program.inputNames;
  }

  /** Values of a row. */
  get width(): number {
    return this.#width;
  }

  /**
   * The batches that `all` runs, in its order.
   *
   * @param mostRows Rows at once at most. @default as many as suit the model
   */
  batches(source: RowSource, mostRows?: number): Uint32Array[] {
    return batchesOf(source, this.#maxTokens, mostRows);
  }

  /**
   * Runs one batch.
   *
   * @param feeds Values of the parameters that are not compiled in.
   * @param values Row-major [source.count, width]: takes what comes out for these rows.
   * @returns Tokens of the batch, padding not counted.
   */
  async batch(
    source: RowSource,
    rows: Uint32Array,
    feeds: Readonly<Record<string, TensorData>>,
    values: Float32Array,
  ): Promise<number> {
    const width = this.#width;
    const batch = source.batch(rows);
    const { output } = await this.#program.run(batch.sizes, { ...feeds, ...batch.feeds });
    for (const [i, row] of rows.entries()) {
      values.set((output as Float32Array).subarray(i * width, (i + 1) * width), row * width);
    }
    return batch.tokens;
  }

  async release(): Promise<void> {
    await this.#program.release();
  }
}

/** The parameters that matrix products multiply by. */
function matricesOf(output: Tensor, parameters: ParameterValues): Map<string, Float32Array> {
  const matrices = new Map<string, Float32Array>();
  for (const { source } of reachable([output])) {
    const factor =
      source.kind === "operator" && source.node.op === "Gemm" ? source.node.inputs[1] : undefined;
    if (factor?.source.kind !== "input") continue;
    const values = parameters.get(factor.source.name);
    if (values) matrices.set(factor.source.name, values);
  }
  return matrices;
}

/** Operators that multiply activations by a weight, in float32 and in int8. */
const products = new Set(["Gemm", "MatMulInteger"]);

/** Elements per token of the widest result of a matrix product: the feed-forward layer's. */
function widestActivation(output: Tensor): number {
  const widths = reachable([output]).map(({ source, rank, shape }) =>
    source.kind === "operator" && products.has(source.node.op) && rank === 2 ? Number(shape[1]) : 1,
  );
  return Math.max(...widths);
}

/**
 * Batches where the order of the rows doesn't matter. Where rows of a batch mix, it does: sorted by length they would
 * hardly be padded, and the mistake that mixes them would not show.
 */
function batchesOf(
  { count, lengths, mixesRows }: RowSource,
  maxTokens: number,
  mostRows = Number.POSITIVE_INFINITY,
): Uint32Array[] {
  if (lengths && !mixesRows) {
    return lengthSortedBatches(lengths, { maxRows: Math.min(maxRows, mostRows), maxTokens });
  }
  const all = Uint32Array.from({ length: count }, (_, i) => i);
  return consecutiveBatches(all, Math.min(mixesRows ? mixedBatch : featureBatch, mostRows));
}
