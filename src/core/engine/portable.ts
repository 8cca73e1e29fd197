import * as op from "./operators/index.ts";
import { rewrite } from "./rewrite.ts";
import type { Tensor } from "./tensor.ts";

/**
 * The same graph in ONNX's own operators alone, for runtimes and providers that lack those of ONNX Runtime: its fused
 * matrix product becomes transposes, a product and a factor, which ONNX Runtime fuses again where it can.
 */
export function portableGraph<Name extends string>(
  outputs: Readonly<Record<Name, Tensor>>,
): Record<Name, Tensor> {
  return rewrite(outputs, {
    operator: ({ node, inputs, copy }) => {
      if (node.domain !== "com.microsoft") return undefined;
      if (node.op === "Gelu") return copy({ domain: "" });
      if (node.op !== "FusedMatMul") return undefined;
      const [a, b] = inputs as [Tensor, Tensor];
      const { transA, transB, alpha } = node.attributes as {
        transA: number;
        transB: number;
        alpha: { float: number };
      };
      const left = transA ? swapLast(a) : a;
      const right = transB ? swapLast(b) : b;
      const product = op.plainMatmul(left, right);
      return alpha.float === 1 ? product : op.multiply(product, alpha.float);
    },
  });
}

/** The last two axes in the other order. */
function swapLast(x: Tensor): Tensor {
  const axes = x.shape.map((_, i) => i);
  return op.transpose(x, [...axes.slice(0, -2), x.rank - 1, x.rank - 2]);
}
