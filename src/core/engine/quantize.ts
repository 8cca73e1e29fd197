import type { FrozenGraph } from "./half-graph.ts";
import * as op from "./operators/index.ts";
import { type QuantizedMatrix, quantizeColumns, quantizeRows } from "./quantized-matrix.ts";
import { rewrite } from "./rewrite.ts";
import { input, operator, reachable, type Tensor, type TensorData, trace } from "./tensor.ts";

/**
 * What a quantised matrix does: `product`, activations are multiplied by it in int8; `rows`, its rows are looked up and
 * become float32 again; `stored`, it is int8 in the file and float32 in whatever reads it.
 */
export type QuantizedUse = "product" | "rows" | "stored";

/** A matrix that is, or could be, quantised. */
export interface QuantizableLayer {
  /** The parameter's name. */
  name: string;
  use: QuantizedUse;
  elements: number;
  /** What the matrix gives in the graph that isn't quantised: a product, or looked-up rows. */
  output: Tensor;
}

/** How a graph is quantised. */
export interface QuantizeOptions {
  /** Names of parameters that stay in float32. @default none */
  keep?: ReadonlySet<string>;
  /**
   * Names of matrices whose products are made in float32, of weights that are stored in int8: for layers whose
   * activations have outliers, which one scale for all of them can't do justice. ONNX Runtime makes such weights float32
   * once, when it loads the graph.
   *
   * @default none
   */
  float32Products?: ReadonlySet<string>;
  /**
   * Bits of the weights of products. Processors without VNNI or AMX add pairs of products of an activation (u8) and a
   * weight (s8) in 16 bits, which weights of 7 bits can't overflow; with 8 an answer may differ by processor.
   *
   * @default 7
   */
  weightBits?: 7 | 8;
}

/** Parameters with fewer elements aren't worth it: a bias, a layer norm, the last layer of a head. */
const fewestElements = 2048;

/**
 * The matrices of a graph that can be quantised, in the order of the forward pass.
 *
 * @param values Weights by the name of their input.
 */
export function quantizableLayers(
  outputs: Readonly<Record<string, Tensor>>,
  values: ReadonlyMap<string, Float32Array>,
): QuantizableLayer[] {
  const found = new Map<string, QuantizableLayer>();
  for (const tensor of reachable(Object.values(outputs))) {
    if (tensor.source.kind !== "operator") continue;
    const { node } = tensor.source;
    for (const [place, weight] of node.inputs.entries()) {
      if (weight?.source.kind !== "input" || weight.rank !== 2) continue;
      const { name } = weight.source;
      const elements = values.get(name)?.length ?? 0;
      if (elements < fewestElements || found.has(name)) continue;
      const use =
        place === 1 && isProduct(tensor) ? "product" : place === 0 && readsRows(tensor) ? "rows" : "stored";
      found.set(name, { name, use, elements, output: tensor });
    }
  }
  return [...found.values()];
}

/**
 * The same graph in int8. Activations of a product are quantised as they come, a batch at a time, to u8 of one scale;
 * weights to s8 with a scale for each column of the product: ONNX Runtime fuses what is written here to
 * `DynamicQuantizeMatMul` or `MatMulIntegerToFloat`, whose u8·s8 kernels reach VNNI and AMX. Tables of embeddings and
 * matrices that are read in other ways are int8 with a scale for each row. Everything else stays as it is.
 *
 * @param values Weights by the name of their input; those of inputs that aren't quantised are handed on.
 */
export function quantizedGraph<Name extends string>(
  outputs: Readonly<Record<Name, Tensor>>,
  values: ReadonlyMap<string, Float32Array>,
  { keep = new Set(), float32Products = new Set(), weightBits = 7 }: QuantizeOptions = {},
): FrozenGraph<Name> {
  const layers = new Map(
    quantizableLayers(outputs, values).flatMap((layer) =>
      keep.has(layer.name) ? [] : [[layer.name, layer] as const],
    ),
  );
  const quantized = new Map<string, TensorData>();
  const matrices = new Map<string, { codes: Tensor; scales: Tensor }>();
  /** A matrix's int8 form as inputs of the graph, made once however often it is read. */
  const matrix = (weight: Tensor, form: "columns" | "rows") => {
    const name = nameOf(weight);
    const key = `${name}.${form}`;
    const known = matrices.get(key);
    if (known) return known;
    const [rows, size] = weight.shape as [number, number];
    const made: QuantizedMatrix =
      form === "columns"
        ? quantizeColumns(values.get(name)!, rows, size, weightBits)
        : quantizeRows(values.get(name)!, rows, size);
    quantized.set(`${key}.int8`, made.codes).set(`${key}.scale`, made.scales);
    const tensors = {
      codes: input(`${key}.int8`, "int8", form === "columns" ? [size, rows] : [rows, size]),
      scales: input(`${key}.scale`, "float32", form === "columns" ? [rows] : [rows, 1]),
    };
    matrices.set(key, tensors);
    return tensors;
  };
  const isQuantized = (tensor: Tensor | undefined) =>
    tensor?.source.kind === "input" && layers.has(tensor.source.name);
  const dequantized = (weight: Tensor) => {
    const { codes, scales } = matrix(weight, "rows");
    return op.multiply(op.cast(codes, "float32"), scales);
  };
  const activations = new Map<Tensor, QuantizedActivation>();

  const rewritten = rewrite(outputs, {
    operator: ({ node, inputs, copy }) => {
      const output = node.outputs[0]!;
      if (!node.inputs.some(isQuantized)) return undefined;
      const weight = node.inputs[1];
      if (isQuantized(weight) && isProduct(output) && !float32Products.has(nameOf(weight!))) {
        const [x, , bias] = inputs;
        const activation = activations.get(x!) ?? quantizeActivation(x!);
        activations.set(x!, activation);
        const product = integerProduct(activation, matrix(weight!, "columns"), output);
        return bias ? op.add(product, bias) : product;
      }
      if (isQuantized(node.inputs[0]) && readsRows(output)) {
        const { codes, scales } = matrix(node.inputs[0]!, "rows");
        const read = (table: Tensor, width: number) =>
          trace(node.op, [table, ...inputs.slice(1)], {
            shape: output.shape.with(-1, width),
            attributes: { ...node.attributes },
          });
        const width = Number(output.dim(-1));
        return op.multiply(op.cast(read(codes, width), "float32"), read(scales, 1));
      }
      return copy({
        inputs: inputs.map((x, i) => (isQuantized(node.inputs[i]) ? dequantized(node.inputs[i]!) : x)),
      });
    },
  });
  for (const [name, weights] of values) if (!layers.has(name)) quantized.set(name, weights);
  return { outputs: rewritten, values: quantized };
}

interface QuantizedActivation {
  codes: Tensor;
  scale: Tensor;
  zero: Tensor;
}

/** To u8, scale and zero point from the smallest and the largest element. */
function quantizeActivation(x: Tensor): QuantizedActivation {
  const [codes, scale, zero] = operator("DynamicQuantizeLinear", [x], {
    dtype: "uint8",
    shape: x.shape,
    extraOutputs: [
      { dtype: "float32", shape: [] },
      { dtype: "uint8", shape: [] },
    ],
  });
  return { codes: codes!, scale: scale!, zero: zero! };
}

/** x · W in int32, then float32; written as ONNX Runtime's fusions look for it. */
function integerProduct(
  { codes, scale, zero }: QuantizedActivation,
  weight: { codes: Tensor; scales: Tensor },
  { shape }: Tensor,
): Tensor {
  const sums = trace("MatMulInteger", [codes, weight.codes, zero], { dtype: "int32", shape });
  return op.multiply(op.cast(sums, "float32"), op.multiply(scale, weight.scales));
}

/** x · Wᵀ, plus a bias or not: what `affine` and `linear` trace. */
function isProduct({ source }: Tensor): boolean {
  if (source.kind !== "operator" || source.node.op !== "Gemm") return false;
  const { transA, transB, alpha } = source.node.attributes as {
    transA: number;
    transB: number;
    alpha: { float: number };
  };
  return transA === 0 && transB === 1 && alpha.float === 1;
}

/** Whether an operator takes rows of its first input: a lookup, or a slice of the first axis. */
function readsRows({ source }: Tensor): boolean {
  if (source.kind !== "operator") return false;
  const { op, inputs, attributes } = source.node;
  if (op === "Gather") return attributes.axis === 0;
  const axes = op === "Slice" ? inputs[3]?.source : undefined;
  return axes?.kind === "constant" && axes.values.length === 1 && Number(axes.values[0]) === 0;
}

function nameOf({ source }: Tensor): string {
  if (source.kind !== "input") throw new TypeError("only an input has a name");
  return source.name;
}
