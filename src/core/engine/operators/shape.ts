import {
  addDims,
  type Dim,
  elementCount,
  formatShape,
  sameDim,
  sameShape,
  subtractDims,
} from "../dimension.ts";
import { constant, type DType, shapeVector, type Tensor, trace } from "../tensor.ts";
import { sumTo } from "./broadcast.ts";
import { cast } from "./elementwise.ts";

/** The same elements, in order, in another shape. */
export function reshape(x: Tensor, shape: readonly Dim[]): Tensor {
  if (sameShape(x.shape, shape)) return x;
  if (!sameDim(elementCount(x.shape), elementCount(shape))) {
    throw new RangeError(`${x} can't be reshaped to ${formatShape(shape)}: the number of elements differs`);
  }
  return trace("Reshape", [x, reshapeTarget(x.shape, shape)], {
    shape,
    gradient: (dy) => [reshape(dy, x.shape)],
  });
}

/** ONNX infers one size (−1) and copies those that stay in place (0): most reshapes then need no arithmetic at run time. */
function reshapeTarget(from: readonly Dim[], to: readonly Dim[]): Tensor {
  const copied = to.map((dim, i) =>
    typeof dim === "number" ? dim : i < from.length && sameDim(dim, from[i]!) ? 0 : dim,
  );
  const open = copied.filter((dim) => typeof dim !== "number");
  if (open.length > 1 || to.includes(0)) return shapeVector(to);
  return constant(
    copied.map((dim) => (typeof dim === "number" ? dim : -1)),
    "int64",
    [to.length],
  );
}

/** Reorders the axes: axis i of the result is axis `order[i]` of x. */
export function transpose(x: Tensor, order: readonly number[]): Tensor {
  if (order.every((axis, i) => axis === i)) return x;
  const inverse = order.map((_, i) => order.indexOf(i));
  return trace("Transpose", [x], {
    shape: order.map((axis) => x.dim(axis)),
    attributes: { perm: order },
    gradient: (dy) => [transpose(dy, inverse)],
  });
}

/** Repeats axes of size 1 up to `shape`. */
export function expand(x: Tensor, shape: readonly Dim[]): Tensor {
  if (sameShape(x.shape, shape)) return x;
  return trace("Expand", [x, shapeVector(shape)], { shape, gradient: (dy) => [sumTo(dy, x.shape)] });
}

/** Elements `start` (inclusive) to `end` (exclusive) of one axis. */
export function slice(x: Tensor, axis: number, start: Dim, end: Dim): Tensor {
  const at = axis < 0 ? axis + x.rank : axis;
  const size = x.dim(at);
  if (start === 0 && sameDim(end, size)) return x;
  const axes = constant([at], "int64", [1]);
  return trace("Slice", [x, shapeVector([start]), shapeVector([end]), axes], {
    shape: x.shape.with(at, subtractDims(end, start)),
    gradient: (dy) => [pad(dy, at, start, subtractDims(size, end))],
  });
}

/** Zeros in front of and behind one axis. */
export function pad(x: Tensor, axis: number, before: Dim, after: Dim): Tensor {
  const at = axis < 0 ? axis + x.rank : axis;
  if (before === 0 && after === 0) return x;
  const size = x.dim(at);
  const pads: Dim[] = x.shape.map(() => 0);
  const amounts = shapeVector([...pads.with(at, before), ...pads.with(at, after)]);
  return trace("Pad", [x, amounts], {
    shape: x.shape.with(at, addDims(size, addDims(before, after))),
    gradient: (dy) => [slice(dy, at, before, addDims(before, size))],
  });
}

/** Joins tensors along one axis. */
export function concatenate(parts: readonly Tensor[], axis: number): Tensor {
  const first = parts[0]!;
  const at = axis < 0 ? axis + first.rank : axis;
  const total = parts.map((part) => part.dim(at)).reduce(addDims);
  return trace("Concat", parts, {
    shape: first.shape.with(at, total),
    attributes: { axis: at },
    gradient: (dy) => {
      let start: Dim = 0;
      return parts.map((part) => {
        const end: Dim = addDims(start, part.dim(at));
        const piece = slice(dy, at, start, end);
        start = end;
        return piece;
      });
    },
  });
}

/** A runtime size as a scalar of the given type. */
export function dimAsScalar(dim: Dim, dtype: DType): Tensor {
  return cast(reshape(shapeVector([dim]), []), dtype);
}

/** 0, 1, … `count` − 1 as int32. */
export function range(count: Dim): Tensor {
  return trace("Range", [constant(0, "int32"), dimAsScalar(count, "int32"), constant(1, "int32")], {
    dtype: "int32",
    shape: [count],
  });
}
