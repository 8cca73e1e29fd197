import { float32ToFloat16 } from "./float16.ts";
import * as op from "./operators/index.ts";
import { rewrite } from "./rewrite.ts";
import { input, Tensor, type TensorData } from "./tensor.ts";

/** A graph that computes in another precision, and the values that it is to be written with. */
export interface FrozenGraph<Name extends string = string> {
  outputs: Record<Name, Tensor>;
  /** Values of the graph's inputs that aren't fed, for `constants` of the writer. */
  values: Map<string, TensorData>;
}

/**
 * The same graph in float16 throughout, weights included; its outputs are float32 again. Numbers beyond float16's
 * range become its largest. Inputs that are fed keep their types.
 *
 * @param values Weights by the name of their input.
 */
export function halfGraph<Name extends string>(
  outputs: Readonly<Record<Name, Tensor>>,
  values: ReadonlyMap<string, Float32Array>,
): FrozenGraph<Name> {
  const halves = new Map<string, TensorData>();
  const half = (dtype: Tensor["dtype"]) => (dtype === "float32" ? "float16" : dtype);
  const rewritten = rewrite(outputs, {
    dtype: (tensor) => half(tensor.dtype),
    input: (tensor, name) => {
      const weights = values.get(name);
      if (tensor.dtype !== "float32") return undefined;
      if (!weights) return op.cast(input(name, "float32", tensor.shape), "float16");
      halves.set(name, float32ToFloat16(weights));
      return input(name, "float16", tensor.shape);
    },
    constant: ({ dtype, shape, source }) => {
      if (dtype !== "float32" || source.kind !== "constant") return undefined;
      const bits = float32ToFloat16(source.values as Float32Array);
      return new Tensor("float16", shape, { kind: "constant", values: bits });
    },
    operator: ({ node, copy }) => {
      if (node.op !== "Cast" || node.outputs[0]!.dtype !== "float32") return undefined;
      return copy({ attributes: { to: op.onnxType.float16 } });
    },
  });
  const entries = Object.entries<Tensor>(rewritten).map(([name, tensor]) => [
    name,
    tensor.dtype === "float16" ? op.cast(tensor, "float32") : tensor,
  ]);
  return { outputs: Object.fromEntries(entries) as Record<Name, Tensor>, values: halves };
}
