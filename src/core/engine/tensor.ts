import { type Dim, formatShape } from "./dimension.ts";
import { float32ToFloat16 } from "./float16.ts";

/** Element types that the engine traces. */
export type DType = "float32" | "float16" | "int32" | "int64" | "uint32" | "int8" | "uint8" | "bool";

/** Values of an ONNX attribute: an integer, a float (`{ float }`), a string or a list of integers. */
export type Attribute = number | { float: number } | string | readonly number[];

/** The derivative of an operator: from the gradient of its first output to that of each input. */
export type GradientRule = (dy: Tensor) => readonly (Tensor | undefined)[];

/** Typed arrays that hold tensor data. Booleans are bytes, and float16 is its bits. */
export type TensorData =
  | Float32Array
  | Uint16Array
  | Int32Array
  | BigInt64Array
  | Uint32Array
  | Int8Array
  | Uint8Array;

/** Where a tensor comes from. */
export type Source =
  /** Fed at each run: data or a parameter. */
  | { kind: "input"; name: string }
  /** Written into the graph. */
  | { kind: "constant"; values: TensorData }
  /** The runtime values of dimensions as an int64 vector; the writer derives them from the inputs' shapes. */
  | { kind: "shape"; dims: readonly Dim[] }
  | { kind: "operator"; node: OperatorNode; output: number };

/** One traced operator: an ONNX node to be. */
export interface OperatorNode {
  readonly op: string;
  /** `""` is ONNX's own domain, `com.microsoft` ONNX Runtime's. */
  readonly domain: string;
  readonly inputs: readonly (Tensor | undefined)[];
  readonly attributes: Readonly<Record<string, Attribute>>;
  readonly outputs: Tensor[];
  readonly gradient: GradientRule | undefined;
  /** Where in the model it was traced, e.g. `layer.0/attention`. */
  readonly scope: string;
}

let nextId = 0;
let currentScope = "";

/** A traced value: a type and a shape, and where it comes from. It holds no data. */
export class Tensor {
  /** Tensors are numbered as they are traced, so ids are a topological order. */
  readonly id: number = nextId++;
  readonly dtype: DType;
  readonly shape: readonly Dim[];
  readonly source: Source;

  constructor(dtype: DType, shape: readonly Dim[], source: Source) {
    this.dtype = dtype;
    this.shape = shape;
    this.source = source;
  }

  get rank(): number {
    return this.shape.length;
  }

  /** Size of an axis; negative axes count from the end. */
  dim(axis: number): Dim {
    const dim = this.shape.at(axis);
    if (dim === undefined) throw new RangeError(`a tensor ${formatShape(this.shape)} has no axis ${axis}`);
    return dim;
  }

  toString(): string {
    return `${this.dtype}${formatShape(this.shape)}`;
  }
}

/** Names the operators traced inside `body`, so that a graph reads well in a viewer. */
export function scoped<T>(name: string, body: () => T): T {
  const outer = currentScope;
  currentScope = outer ? `${outer}/${name}` : name;
  try {
    return body();
  } finally {
    currentScope = outer;
  }
}

/** A value fed at each run. The same name must not be traced twice in one graph. */
export function input(name: string, dtype: DType, shape: readonly Dim[]): Tensor {
  return new Tensor(dtype, shape, { kind: "input", name });
}

const arrayTypes = {
  float32: Float32Array,
  float16: Uint16Array,
  int32: Int32Array,
  int64: BigInt64Array,
  uint32: Uint32Array,
  int8: Int8Array,
  uint8: Uint8Array,
  bool: Uint8Array,
} as const;

/** The typed array that holds `count` elements of `dtype`. */
export function allocate(dtype: DType, count: number): TensorData {
  return new arrayTypes[dtype](count);
}

/** A value written into the graph. `shape` defaults to a scalar. */
export function constant(
  values: number | readonly number[],
  dtype: DType,
  shape: readonly number[] = [],
): Tensor {
  const list = typeof values === "number" ? [values] : values;
  return new Tensor(dtype, shape, { kind: "constant", values: dataOf(list, dtype) });
}

function dataOf(list: readonly number[], dtype: DType): TensorData {
  if (dtype === "int64") return BigInt64Array.from(list, BigInt);
  if (dtype === "float16") return float32ToFloat16(Float32Array.from(list));
  return arrayTypes[dtype].from(list) as TensorData;
}

/** The runtime sizes of `dims` as an int64 vector [dims.length]. */
export function shapeVector(dims: readonly Dim[]): Tensor {
  if (dims.every((dim): dim is number => typeof dim === "number"))
    return constant(dims, "int64", [dims.length]);
  return new Tensor("int64", [dims.length], { kind: "shape", dims });
}

/** What an operator needs to be traced, besides its inputs. */
export interface OperatorSpec {
  shape: readonly Dim[];
  /** Default: the first input's. */
  dtype?: DType;
  domain?: string;
  attributes?: Record<string, Attribute>;
  /** Leave out where no gradient flows (comparisons, integer arithmetic). */
  gradient?: GradientRule;
  /** Outputs after the first, which carry no gradient of their own (a layer norm's mean). */
  extraOutputs?: { dtype: DType; shape: readonly Dim[] }[];
}

/** Traces one operator and returns all its outputs. */
export function operator(op: string, inputs: readonly (Tensor | undefined)[], spec: OperatorSpec): Tensor[] {
  const node: OperatorNode = {
    op,
    domain: spec.domain ?? "",
    inputs,
    attributes: spec.attributes ?? {},
    outputs: [],
    gradient: spec.gradient,
    scope: currentScope,
  };
  const dtype = spec.dtype ?? inputs[0]!.dtype;
  for (const [output, type] of [{ dtype, shape: spec.shape }, ...(spec.extraOutputs ?? [])].entries()) {
    node.outputs.push(new Tensor(type.dtype, type.shape, { kind: "operator", node, output }));
  }
  return node.outputs;
}

/** Traces an operator with one output. */
export function trace(op: string, inputs: readonly (Tensor | undefined)[], spec: OperatorSpec): Tensor {
  return operator(op, inputs, spec)[0]!;
}

/** The tensors that `tensor` is computed from. */
export function inputsOf(tensor: Tensor): readonly Tensor[] {
  if (tensor.source.kind !== "operator") return [];
  return tensor.source.node.inputs.filter((input) => input !== undefined);
}

/** Every tensor that `outputs` depend on, themselves included, in the order they were traced. */
export function reachable(outputs: readonly Tensor[]): Tensor[] {
  const seen = new Set<Tensor>();
  const pending = [...outputs];
  for (let tensor = pending.pop(); tensor; tensor = pending.pop()) {
    if (seen.has(tensor)) continue;
    seen.add(tensor);
    pending.push(...inputsOf(tensor));
  }
  return [...seen].sort((a, b) => a.id - b.id);
}
