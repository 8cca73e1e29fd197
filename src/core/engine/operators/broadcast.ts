import { type Dim, formatShape, sameDim, sameShape } from "../dimension.ts";
import { constant, type Tensor } from "../tensor.ts";
import { reduceSum } from "./reduce.ts";
import { reshape } from "./shape.ts";

/** A tensor, or a number that takes the type of its partner. */
export type Operand = Tensor | number;

/** Turns a number into a scalar of the partner's type. */
export function asTensor(x: Operand, partner: Tensor): Tensor {
  return typeof x === "number" ? constant(x, partner.dtype) : x;
}

/** The shape of an element-wise operator's result, by NumPy's rules. */
export function broadcastShape(a: readonly Dim[], b: readonly Dim[]): Dim[] {
  const rank = Math.max(a.length, b.length);
  return Array.from({ length: rank }, (_, i) => {
    const x = a[i - rank + a.length] ?? 1;
    const y = b[i - rank + b.length] ?? 1;
    if (sameDim(x, y) || y === 1) return x;
    if (x === 1) return y;
    throw new RangeError(`shapes ${formatShape(a)} and ${formatShape(b)} can't be broadcast`);
  });
}

/** Sums a gradient over the axes along which its operand was broadcast: the transpose of broadcasting. */
export function sumTo(dy: Tensor, shape: readonly Dim[]): Tensor {
  if (sameShape(dy.shape, shape)) return dy;
  const extra = dy.rank - shape.length;
  const axes = dy.shape.flatMap((dim, i) => {
    const target = i < extra ? undefined : shape[i - extra]!;
    return target === undefined || (target === 1 && dim !== 1) ? [i] : [];
  });
  const sum = reduceSum(dy, axes, { keepDims: true });
  return extra > 0 ? reshape(sum, shape) : sum;
}
