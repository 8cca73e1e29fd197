import { type Dim, formatShape, sameDim } from "../dimension.ts";
import { constant, type Tensor, trace } from "../tensor.ts";
import { broadcastShape, sumTo } from "./broadcast.ts";
import { expand, reshape } from "./shape.ts";

/** Options of a matrix product. */
export interface MatmulOptions {
  /** Use aᵀ. @default false */
  transA?: boolean;
  /** Use bᵀ. @default false */
  transB?: boolean;
  /** Factor of the product. @default 1 */
  alpha?: number;
}

function productShape(a: Tensor, b: Tensor, { transA, transB }: MatmulOptions): [rows: Dim, columns: Dim] {
  const inner = a.dim(transA ? -2 : -1);
  if (!sameDim(inner, b.dim(transB ? -1 : -2))) {
    throw new RangeError(
      `can't multiply ${formatShape(a.shape)}${transA ? "ᵀ" : ""} by ${formatShape(b.shape)}${transB ? "ᵀ" : ""}`,
    );
  }
  return [a.dim(transA ? -1 : -2), b.dim(transB ? -2 : -1)];
}

/** Gradients of op(a)·op(b): each is again one product, with transposes chosen so that nothing is copied. */
function productGradients(
  product: (a: Tensor, b: Tensor, options: MatmulOptions) => Tensor,
  a: Tensor,
  b: Tensor,
  dy: Tensor,
  { transA = false, transB = false, alpha = 1 }: MatmulOptions,
): [Tensor, Tensor] {
  const da = transA
    ? product(b, dy, { transA: transB, transB: true, alpha })
    : product(dy, b, { transB: !transB, alpha });
  const db = transB
    ? product(dy, a, { transA: true, transB: transA, alpha })
    : product(a, dy, { transA: !transA, alpha });
  return [da, db];
}

/** alpha · op(a) · op(b) of two matrices: one `Gemm`, whose transposes are free. */
export function gemm(a: Tensor, b: Tensor, options: MatmulOptions = {}): Tensor {
  return trace("Gemm", [a, b], {
    shape: productShape(a, b, options),
    attributes: gemmAttributes(options),
    gradient: (dy) => productGradients(gemm, a, b, dy, options),
  });
}

function gemmAttributes({ transA = false, transB = false, alpha = 1 }: MatmulOptions) {
  return { transA: transA ? 1 : 0, transB: transB ? 1 : 0, alpha: { float: alpha } };
}

/** x · weightᵀ + bias for a matrix x [n, in], weight [out, in] and bias [out]. */
export function affine(x: Tensor, weight: Tensor, bias: Tensor): Tensor {
  const options = { transB: true };
  return trace("Gemm", [x, weight, bias], {
    shape: productShape(x, weight, options),
    attributes: gemmAttributes(options),
    gradient: (dy) => [...productGradients(gemm, x, weight, dy, options), columnSums(dy)],
  });
}

/**
 * The sum of a matrix's rows: [n, size] → [size]. As a product with a row of ones it takes a half to an eighth of the
 * time of ONNX Runtime's `ReduceSum` over the first axis.
 */
export function columnSums(x: Tensor): Tensor {
  const ones = expand(constant(1, x.dtype), [1, x.dim(0)]);
  return reshape(gemm(ones, x), [x.dim(1)]);
}

/** alpha · op(a) · op(b) over the last two axes; the axes in front are batches, broadcast. */
export function matmul(a: Tensor, b: Tensor, options: MatmulOptions = {}): Tensor {
  const batch = broadcastShape(a.shape.slice(0, -2), b.shape.slice(0, -2));
  return trace("FusedMatMul", [a, b], {
    domain: "com.microsoft",
    shape: [...batch, ...productShape(a, b, options)],
    attributes: gemmAttributes(options),
    gradient: (dy) => {
      const [da, db] = productGradients(matmul, a, b, dy, options);
      return [sumTo(da, a.shape), sumTo(db, b.shape)];
    },
  });
}

/** a · b over the last two axes as ONNX itself has it, batches in front, broadcast; no gradient. */
export function plainMatmul(a: Tensor, b: Tensor): Tensor {
  const batch = broadcastShape(a.shape.slice(0, -2), b.shape.slice(0, -2));
  return trace("MatMul", [a, b], { shape: [...batch, ...productShape(a, b, {})] });
}
