import { version } from "../version.ts";
import { type Dim, SymbolicDim, sameShape } from "./dimension.ts";
import {
  type AttributeProto,
  attributeType,
  encodeModel,
  type NodeProto,
  type TensorProto,
  type ValueInfoProto,
} from "./onnx-schema.ts";
import { onnxType } from "./operators/elementwise.ts";
import { type Attribute, type DType, reachable, type Tensor, type TensorData } from "./tensor.ts";

/** A traced graph as an ONNX model. */
export interface OnnxModel {
  /** The bytes of the `.onnx` file. */
  bytes: Uint8Array;
  /** The inputs that the outputs depend on; every one must be fed. */
  inputs: Map<string, Tensor>;
  nodeCount: number;
}

export interface WriteOptions {
  /** @default "textune" */
  graphName?: string;
  /** Values of inputs that never change: written into the graph, they need not be fed. @default none */
  constants?: ReadonlyMap<string, TensorData>;
}

/** ONNX operator set: the newest that every runtime in use loads; IR version 9 goes with it. */
const opset = 20;
const irVersion = 9;

/**
 * Writes what `outputs` depend on as an ONNX model. Operators traced twice with the same inputs become one node;
 * what no output needs is left out.
 *
 * @throws RangeError if two different inputs share a name or a symbolic size appears in no input.
 */
export function writeOnnx(
  outputs: Readonly<Record<string, Tensor>>,
  { graphName = "textune", constants = new Map() }: WriteOptions = {},
): OnnxModel {
  const writer = new GraphWriter(constants);
  for (const tensor of reachable(Object.values(outputs))) writer.visit(tensor);
  const output = Object.entries(outputs).map(([name, tensor]) => writer.output(name, tensor));
  const { nodes, initializers, inputs } = writer;
  const bytes = encodeModel({
    irVersion,
    producerName: "textune",
    producerVersion: version,
    opsetImport: [
      { domain: "", version: opset },
      { domain: "com.microsoft", version: 1 },
    ],
    graph: {
      name: graphName,
      node: nodes,
      initializer: initializers,
      input: [...inputs].map(([name, tensor]) => valueInfo(name, tensor)),
      output,
    },
  });
  return { bytes, inputs, nodeCount: nodes.length };
}

class GraphWriter {
  readonly nodes: NodeProto[] = [];
  readonly initializers: TensorProto[] = [];
  readonly inputs = new Map<string, Tensor>();
  private readonly constants: ReadonlyMap<string, TensorData>;
  private readonly names = new Map<Tensor, string>();
  private readonly named = new Map<string, Tensor>();
  /** What each value computes → its name; equal work is shared. */
  private readonly known = new Map<string, string>();

  constructor(constants: ReadonlyMap<string, TensorData>) {
    this.constants = constants;
  }

  visit(tensor: Tensor): void {
    if (this.names.has(tensor)) return;
    const { source } = tensor;
    if (source.kind === "input") this.names.set(tensor, this.input(source.name, tensor));
    else if (source.kind === "constant")
      this.names.set(tensor, this.constant(source.values, tensor.dtype, tensor.shape));
    else if (source.kind === "shape") this.names.set(tensor, this.shapeVector(source.dims));
    else {
      const { node } = source;
      const inputs = node.inputs.map((x) => (x ? this.names.get(x)! : ""));
      const path = [node.scope, node.op].filter(Boolean).join("/");
      const outputs = this.node(node.op, inputs, {
        domain: node.domain,
        attributes: node.attributes,
        outputs: node.outputs.length,
        path,
      });
      for (const [i, result] of node.outputs.entries()) this.names.set(result, outputs[i]!);
    }
  }

  output(name: string, tensor: Tensor): ValueInfoProto {
    this.nodes.push({
      name: `output/${name}`,
      opType: "Identity",
      domain: "",
      input: [this.names.get(tensor)!],
      output: [name],
      attribute: [],
    });
    return valueInfo(name, tensor);
  }

  /** Inputs of one name are one, also where graphs that are written together traced it each for itself. */
  private input(name: string, tensor: Tensor): string {
    const before = this.named.get(name);
    if (before) {
      if (before.dtype === tensor.dtype && sameShape(before.shape, tensor.shape)) return name;
      throw new RangeError(`two inputs of the graph are named "${name}"`);
    }
    this.named.set(name, tensor);
    const values = this.constants.get(name);
    if (values) {
      const rawData = new Uint8Array(values.buffer, values.byteOffset, values.byteLength);
      const dataType = onnxType[tensor.dtype];
      this.initializers.push({ name, dataType, dims: tensor.shape as number[], rawData });
    } else this.inputs.set(name, tensor);
    return name;
  }

  private constant(values: TensorData, dtype: DType, shape: readonly Dim[]): string {
    const dataType = onnxType[dtype];
    const rawData = new Uint8Array(values.buffer, values.byteOffset, values.byteLength);
    // Small ones, such as shapes and scalars, come again and again.
    const key =
      rawData.length <= 1024 ? `constant ${dataType} ${shape.join(",")} ${rawData.join(",")}` : undefined;
    const known = key && this.known.get(key);
    if (known) return known;
    const name = `constant_${this.initializers.length}`;
    this.initializers.push({ name, dataType, dims: shape as number[], rawData });
    if (key) this.known.set(key, name);
    return name;
  }

  private node(
    op: string,
    inputs: string[],
    options: {
      path: string;
      domain?: string;
      attributes?: Readonly<Record<string, Attribute>>;
      outputs?: number;
    },
  ): string[] {
    const { path, domain = "", attributes = {}, outputs = 1 } = options;
    const key = JSON.stringify([op, domain, inputs, attributes]);
    const known = this.known.get(key);
    const base = known ?? `${path}_${this.nodes.length}`;
    const names = Array.from({ length: outputs }, (_, i) => (i === 0 ? base : `${base}:${i}`));
    if (known) return names;
    this.known.set(key, base);
    const attribute = Object.entries(attributes).map(([name, value]) => attributeProto(name, value));
    this.nodes.push({ name: base, opType: op, domain, input: inputs, output: names, attribute });
    return names;
  }

  /** An int64 vector of runtime sizes, computed from the inputs' shapes. */
  private shapeVector(dims: readonly Dim[]): string {
    const parts = dims.map((dim) => this.size(dim));
    return parts.length === 1
      ? parts[0]!
      : this.node("Concat", parts, { path: "shape", attributes: { axis: 0 } })[0]!;
  }

  /** One size as an int64 vector of length 1. */
  private size(dim: Dim): string {
    if (typeof dim === "number") return this.integer(dim);
    const terms = [...dim.terms].map(([monomial, coefficient]) => {
      const factors = monomial
        .split("*")
        .filter(Boolean)
        .map((name) => this.symbolSize(name));
      if (coefficient !== 1 || factors.length === 0) factors.push(this.integer(coefficient));
      return factors.reduce((a, b) => this.node("Mul", [a, b], { path: "shape" })[0]!);
    });
    return terms.reduce((a, b) => this.node("Add", [a, b], { path: "shape" })[0]!);
  }

  private integer(value: number): string {
    return this.constant(BigInt64Array.of(BigInt(value)), "int64", [1]);
  }

  private symbolSize(name: string): string {
    for (const [inputName, tensor] of this.inputs) {
      const axis = tensor.shape.findIndex((dim) => dim instanceof SymbolicDim && dim.key === name);
      if (axis < 0) continue;
      return this.node("Shape", [inputName], {
        path: "shape",
        attributes: { start: axis, end: axis + 1 },
      })[0]!;
    }
    throw new RangeError(`the size "${name}" is the dimension of no input that the graph reads`);
  }
}

function valueInfo(name: string, tensor: Tensor): ValueInfoProto {
  const dim = tensor.shape.map((size) =>
    typeof size === "number" ? { dimValue: size } : { dimParam: size.key },
  );
  return { name, type: { tensorType: { elemType: onnxType[tensor.dtype], shape: { dim } } } };
}

function attributeProto(name: string, value: Attribute): AttributeProto {
  if (typeof value === "number") return { name, type: attributeType.int, i: value };
  if (typeof value === "string")
    return { name, type: attributeType.string, s: new TextEncoder().encode(value) };
  if ("float" in value) return { name, type: attributeType.float, f: value.float };
  return { name, type: attributeType.ints, ints: value };
}
