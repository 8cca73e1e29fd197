import { evaluateDim } from "./dimension.ts";
import { writeOnnx } from "./onnx-writer.ts";
import { explainMemory } from "./out-of-memory.ts";
import { fillsGivenOutputs, InferenceSession, RuntimeTensor, threadOptions } from "./runtime.ts";
import { allocate, type Tensor, type TensorData } from "./tensor.ts";

/** How a traced graph is compiled. */
export interface ProgramOptions {
  /** ONNX Runtime's graph optimisations. @default "all" */
  optimization?: "all" | "disabled";
  /**
   * Feed the same buffers at every run and keep the outputs' buffers for the next: `run` then returns the same arrays
   * each time, overwritten. WebAssembly gives new ones all the same. @default false
   */
  reuseOutputs?: boolean;
  /**
   * Values of inputs that never change. ONNX Runtime arranges constant matrices for its products once, where it does so
   * at every run for those that are fed; it keeps a copy of them.
   */
  constants?: ReadonlyMap<string, TensorData>;
}

/** @throws TrainingError where the memory doesn't suffice */
async function explained<T>(work: Promise<T>): Promise<T> {
  try {
    return await work;
  } catch (error) {
    throw explainMemory(error);
  }
}

/** A compiled graph: ONNX Runtime executes it for any batch size and length. */
export class Program<Outputs extends string = string> {
  private readonly session: InferenceSession;
  private readonly inputs: ReadonlyMap<string, Tensor>;
  private readonly outputs: Readonly<Record<Outputs, Tensor>>;
  private readonly reuseOutputs: boolean;
  private readonly buffers = new Map<string, RuntimeTensor>();
  /** A parameter is fed at every run: its wrapper is made once. */
  private readonly wrapped = new Map<string, RuntimeTensor>();

  private constructor(
    session: InferenceSession,
    inputs: ReadonlyMap<string, Tensor>,
    outputs: Readonly<Record<Outputs, Tensor>>,
    reuseOutputs: boolean,
  ) {
    this.session = session;
    this.inputs = inputs;
    this.outputs = outputs;
    this.reuseOutputs = reuseOutputs && fillsGivenOutputs();
  }

  /** Compiles what `outputs` depend on. */
  static async compile<Outputs extends string>(
    outputs: Readonly<Record<Outputs, Tensor>>,
    { optimization = "all", reuseOutputs = false, constants }: ProgramOptions = {},
  ): Promise<Program<Outputs>> {
    const { bytes, inputs } = writeOnnx(outputs, { constants });
    const session = await explained(
      InferenceSession.create(bytes, {
        executionProviders: ["cpu"],
        graphOptimizationLevel: optimization,
        // Patterns are planned per shape: with a new length at every batch they cost memory and time.
        enableMemPattern: false,
        ...threadOptions(),
        // 3 is "error": the optimiser warns of constants it folds in gradients, which no user can act on.
        logSeverityLevel: 3,
      }),
    );
    return new Program(session, inputs, outputs, reuseOutputs);
  }

  /** Names of everything that must be fed. */
  get inputNames(): string[] {
    return [...this.inputs.keys()];
  }

  /**
   * Runs the graph.
   *
   * @param sizes A value for every symbolic dimension: `{ batch: 16, length: 128 }`.
   * @param feeds Row-major data for every input; more is ignored.
   * @returns Row-major data of every output.
   * @throws RangeError if an input is missing or has the wrong number of elements.
   */
  async run(
    sizes: Readonly<Record<string, number>>,
    feeds: Readonly<Record<string, TensorData>>,
  ): Promise<Record<Outputs, TensorData>> {
    const inputs: Record<string, RuntimeTensor> = {};
    for (const [name, tensor] of this.inputs) {
      const data = feeds[name];
      if (!data) throw new RangeError(`the graph's input "${name}" was not fed`);
      inputs[name] = this.wrap(name, tensor, data, sizes);
    }
    const fetches: Record<string, RuntimeTensor | null> = {};
    for (const name of Object.keys(this.outputs) as Outputs[]) {
      fetches[name] = this.reuseOutputs ? this.buffer(name, sizes) : null;
    }
    const results = await explained(this.session.run(inputs, fetches));
    return Object.fromEntries(
      Object.entries(results).map(([name, value]) => [name, value.data as TensorData]),
    ) as Record<Outputs, TensorData>;
  }

  /** Frees the session's memory. */
  async release(): Promise<void> {
    await this.session.release();
  }

  private wrap(
    name: string,
    tensor: Tensor,
    data: TensorData,
    sizes: Readonly<Record<string, number>>,
  ): RuntimeTensor {
    const known = this.wrapped.get(name);
    if (known && known.data === data) return known;
    const dims = tensor.shape.map((dim) => evaluateDim(dim, sizes));
    const count = dims.reduce((a, b) => a * b, 1);
    if (count !== data.length) {
      throw new RangeError(
        `"${name}" needs ${count} elements [${dims.join(", ")}] and was fed ${data.length}`,
      );
    }
    const wrapped = new RuntimeTensor(tensor.dtype, data, dims);
    if (tensor.shape.every((dim) => typeof dim === "number")) this.wrapped.set(name, wrapped);
    return wrapped;
  }

  private buffer(name: Outputs, sizes: Readonly<Record<string, number>>): RuntimeTensor | null {
    const tensor = this.outputs[name];
    const known = this.buffers.get(name);
    const dims = tensor.shape.map((dim) => evaluateDim(dim, sizes));
    if (known?.dims.every((dim, i) => dim === dims[i])) return known;
    const count = dims.reduce((a, b) => a * b, 1);
    const buffer = new RuntimeTensor(tensor.dtype, allocate(tensor.dtype, count), dims);
    this.buffers.set(name, buffer);
    return buffer;
  }
}
