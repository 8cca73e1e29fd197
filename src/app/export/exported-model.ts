import type { ClassifierState } from "../../core/classifier/state.ts";
import { writeOnnx } from "../../core/engine/onnx-writer.ts";
import type { Tensor, TensorData } from "../../core/engine/tensor.ts";
import { type Outputs, outputsOf } from "../../core/evaluation/outputs.ts";
import type { WorkOptions } from "../../core/progress.ts";
import type { TokenRows } from "../../core/text/token-rows.ts";
import { RowProgram } from "../../core/training/row-program.ts";
import { TokenSource } from "../../core/training/row-source.ts";
import { Int64Source } from "./int64-source.ts";

/** Rows that warm a program up before it is timed. */
const warmUpRows = 16;

/** A classifier's graph and its values, in some precision, as it is written. */
export class ExportedModel {
  readonly #state: ClassifierState;
  readonly #logits: Tensor;
  readonly #values: ReadonlyMap<string, TensorData>;

  /** @param values of everything in the graph that isn't fed. */
  constructor(state: ClassifierState, logits: Tensor, values: ReadonlyMap<string, TensorData>) {
    this.#state = state;
    this.#logits = logits;
    this.#values = values;
  }

  /** The bytes of the `.onnx` file. */
  onnx(): Uint8Array {
    return writeOnnx({ logits: this.#logits }, { graphName: "classifier", constants: this.#values }).bytes;
  }

  /** Runs tokenized rows through ONNX Runtime, and how long that took once warm, in seconds. */
  async outputs(
    rows: TokenRows,
    work: WorkOptions & { subject: string },
  ): Promise<{ outputs: Outputs; seconds: number }> {
    const program = await RowProgram.compileFrozen(this.#logits, this.#values);
    try {
      const { padId } = this.#state.tokenizer;
      const options = { stage: "evaluate", ...work } as const;
      const few = new Int64Source(new TokenSource(firstRows(rows, warmUpRows), padId));
      await program.all(few, new Map(), { ...options, onProgress: undefined });
      const started = performance.now();
      const values = await program.all(new Int64Source(new TokenSource(rows, padId)), new Map(), options);
      const seconds = (performance.now() - started) / 1000;
      const width = Number(this.#logits.dim(1));
      return { outputs: outputsOf(this.#state, rows.count, width, values), seconds };
    } finally {
      await program.release();
    }
  }
}

/** The first rows of a split. */
export function firstRows(rows: TokenRows, count: number): TokenRows {
  const kept = Math.min(rows.count, count);
  const end = rows.offsets[kept]!;
  return {
    count: kept,
    ids: rows.ids.subarray(0, end),
    ...(rows.typeIds && { typeIds: rows.typeIds.subarray(0, end) }),
    offsets: rows.offsets.subarray(0, kept + 1),
    fullLengths: rows.fullLengths.subarray(0, kept),
  };
}
