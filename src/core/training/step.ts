import { gradients } from "../engine/gradient.ts";
import { writeOnnx } from "../engine/onnx-writer.ts";
import { Program } from "../engine/program.ts";
import { input, reachable, type Tensor, type TensorData } from "../engine/tensor.ts";
import { dropoutSeedName } from "../nn/dropout.ts";
import { classifierLoss, type LossOptions, labelsShape } from "../nn/losses.ts";
import type { Parameter } from "../nn/parameters.ts";
import type { Gradient } from "./optimizers/optimizer.ts";
import { sumRows } from "./row-gradients.ts";
import type { BatchInput } from "./row-source.ts";

/** A model as training sees it: logits [batch, outputs] and the parameters that they depend on. */
export interface LogitsGraph {
  logits: Tensor;
  parameters: readonly Parameter[];
}

/** Parameter values by name. */
export type ParameterValues = ReadonlyMap<string, Float32Array>;

/** What a training step gives back. The arrays are overwritten by the next step. */
export interface StepResult {
  /** Mean loss of the batch. */
  loss: number;
  /** [batch, outputs] */
  logits: Float32Array;
  gradients: Map<string, Gradient>;
}

const labelsInput = "labels";
const gradientPrefix = "gradient/";
const rowsPrefix = "rows/";

interface TracedStep {
  outputs: Record<string, Tensor>;
  /** Parameters whose gradient is that of looked-up rows. */
  tables: ReadonlySet<string>;
}

/**
 * Traces forward, loss and backward of one step. A table that is only looked up gets the gradient of the rows that
 * the batch reads, so that its cost goes with the tokens and not with the vocabulary.
 */
function traceStep(
  { logits, parameters }: LogitsGraph,
  trainable: (name: string) => boolean,
  lossOptions: LossOptions,
): TracedStep {
  const labels = input(labelsInput, "int32", labelsShape(logits, lossOptions));
  const loss = classifierLoss(logits, labels, lossOptions);
  const outputs: Record<string, Tensor> = { loss, logits };
  const tables = new Set<string>();
  const names: string[] = [];
  const targets: Tensor[] = [];
  const consumers = consumersOf(loss);
  for (const { name, tensor } of parameters) {
    if (!trainable(name)) continue;
    names.push(name);
    const [reader, ...others] = consumers.get(tensor) ?? [];
    const lookup = others.length === 0 ? lookupOf(reader, tensor) : undefined;
    targets.push(lookup ? lookup.result : tensor);
    if (lookup) {
      tables.add(name);
      outputs[rowsPrefix + name] = lookup.indices;
    }
  }
  for (const [i, gradient] of gradients(loss, targets).entries())
    outputs[gradientPrefix + names[i]] = gradient;
  return { outputs, tables };
}

function consumersOf(loss: Tensor): Map<Tensor, Tensor[]> {
  const consumers = new Map<Tensor, Tensor[]>();
  for (const tensor of reachable([loss])) {
    if (tensor.source.kind !== "operator") continue;
    for (const source of tensor.source.node.inputs) {
      if (source) consumers.set(source, [...(consumers.get(source) ?? []), tensor]);
    }
  }
  return consumers;
}

function lookupOf(
  reader: Tensor | undefined,
  table: Tensor,
): { result: Tensor; indices: Tensor } | undefined {
  if (reader?.source.kind !== "operator") return undefined;
  const { op, inputs } = reader.source.node;
  return op === "Gather" && inputs[0] === table ? { result: reader, indices: inputs[1]! } : undefined;
}

/** The training step of a model as the bytes of an `.onnx` file that any ONNX tool opens. */
export function trainingStepOnnx(
  graph: LogitsGraph,
  trainable: (name: string) => boolean,
  lossOptions: LossOptions = {},
): Uint8Array {
  return writeOnnx(traceStep(graph, trainable, lossOptions).outputs, { graphName: "training_step" }).bytes;
}

/** Forward, loss and backward of one batch, compiled for any batch size and length. */
export class TrainingStep {
  readonly #program: Program;
  readonly #tables: ReadonlySet<string>;
  readonly #parameters: ReadonlyMap<string, Parameter>;

  private constructor(
    program: Program,
    tables: ReadonlySet<string>,
    parameters: ReadonlyMap<string, Parameter>,
  ) {
    this.#program = program;
    this.#tables = tables;
    this.#parameters = parameters;
  }

  static async compile(
    graph: LogitsGraph,
    trainable: (name: string) => boolean,
    lossOptions: LossOptions = {},
  ): Promise<TrainingStep> {
    const { outputs, tables } = traceStep(graph, trainable, lossOptions);
    const parameters = new Map(graph.parameters.map((parameter) => [parameter.name, parameter]));
    return new TrainingStep(await Program.compile(outputs, { reuseOutputs: true }), tables, parameters);
  }

  /**
   * @param labels Class indices, [batch]; of a multi-label task 1 where a class applies, [batch, classes].
   * @param dropoutSeed 32 bits, different for every step.
   */
  async run(
    batch: BatchInput,
    labels: Int32Array,
    parameters: ParameterValues,
    dropoutSeed: number,
  ): Promise<StepResult> {
    const feeds: Record<string, TensorData> = {
      ...Object.fromEntries(parameters),
      ...batch.feeds,
      [labelsInput]: labels,
      [dropoutSeedName]: Uint32Array.of(dropoutSeed),
    };
    const results = await this.#program.run(batch.sizes, feeds);
    const found = new Map<string, Gradient>();
    for (const [key, values] of Object.entries(results)) {
      if (!key.startsWith(gradientPrefix)) continue;
      const name = key.slice(gradientPrefix.length);
      const gradient = values as Float32Array;
      found.set(
        name,
        this.#tables.has(name)
          ? sumRows(results[rowsPrefix + name] as Int32Array, gradient, this.parameter(name).shape.at(-1)!)
          : { values: gradient },
      );
    }
    return { loss: Number(results.loss![0]), logits: results.logits as Float32Array, gradients: found };
  }

  /** A parameter of the graph, trained or not. */
  parameter(name: string): Parameter {
    const parameter = this.#parameters.get(name);
    if (!parameter) throw new RangeError(`there is no parameter ${name}`);
    return parameter;
  }

  async release(): Promise<void> {
    await this.#program.release();
  }
}
