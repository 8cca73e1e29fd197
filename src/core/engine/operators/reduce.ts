import { type Dim, elementCount } from "../dimension.ts";
import { constant, type Tensor, trace } from "../tensor.ts";
import { divide, multiply } from "./elementwise.ts";
import { dimAsScalar, expand, reshape } from "./shape.ts";

/** Options of a reduction. */
export interface ReduceOptions {
  /** Keep the reduced axes with size 1. @default false */
  keepDims?: boolean;
}

function reducedShape(shape: readonly Dim[], axes: ReadonlySet<number>, keepDims: boolean): Dim[] {
  return shape.flatMap((dim, i) => (axes.has(i) ? (keepDims ? [1] : []) : [dim]));
}

/** Sum over `axes` (default: all; negative axes count from the end). */
export function reduceSum(
  x: Tensor,
  axes: readonly number[] = x.shape.map((_, i) => i),
  { keepDims = false }: ReduceOptions = {},
): Tensor {
  if (axes.length === 0) return x;
  const reduced = new Set(axes.map((axis) => (axis < 0 ? axis + x.rank : axis)));
  const sorted = [...reduced].sort((a, b) => a - b);
  return trace("ReduceSum", [x, constant(sorted, "int64", [sorted.length])], {
    shape: reducedShape(x.shape, reduced, keepDims),
    attributes: { keepdims: keepDims ? 1 : 0 },
    gradient: (dy) => [expand(reshape(dy, reducedShape(x.shape, reduced, true)), x.shape)],
  });
}

/** Mean over `axes` (default: all). */
export function reduceMean(
  x: Tensor,
  axes: readonly number[] = x.shape.map((_, i) => i),
  options: ReduceOptions = {},
): Tensor {
  const count = elementCount(axes.map((axis) => x.dim(axis)));
  const sum = reduceSum(x, axes, options);
  return typeof count === "number" ? multiply(sum, 1 / count) : divide(sum, dimAsScalar(count, x.dtype));
}
