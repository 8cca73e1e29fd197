import { type Dim, elementCount } from "../dimension.ts";
import { constant, type Tensor, trace } from "../tensor.ts";
import { add, cast, less, multiply } from "./elementwise.ts";
import { concatenate, range, reshape, slice } from "./shape.ts";

/**
 * Inverted dropout (Srivastava et al. 2014): zeroes each element with probability `rate` and scales the others by
 * 1 / (1 − rate).
 *
 * The mask is no state but a hash of (element, seed, site). So a step's masks are a function of the seed fed to it,
 * and a resumed run drops what the original would have.
 *
 * @param rate 0 ≤ rate < 1, honoured to 2⁻¹⁶.
 * @param seed A uint32 scalar, different at every step.
 * @param site Tells this dropout from the others of the step.
 */
export function dropout(x: Tensor, rate: number, seed: Tensor, site: number): Tensor {
  const mask = multiply(cast(keptElements(x.shape, rate, seed, site), x.dtype), 1 / (1 - rate));
  return trace("Mul", [x, mask], { shape: x.shape, gradient: (dy) => [multiply(dy, mask), undefined] });
}

/**
 * Which elements stay, as booleans. Hashing is the cost of dropout, so each 32-bit hash decides two elements, one by
 * its upper and one by its lower half, in the two halves of an axis. Of an axis of odd size the second half is one
 * element shorter.
 */
function keptElements(shape: readonly Dim[], rate: number, seed: Tensor, site: number): Tensor {
  const axis = halvedAxis(shape);
  const size = axis < 0 ? 1 : (shape[axis] as number);
  const half = axis < 0 ? shape : shape.with(axis, Math.ceil(size / 2));
  const key = mix(xor(seed, constant(site, "uint32")));
  // The inner hash is the same for every site of this size and is computed once.
  const bits = scramble(add(mix(cast(range(elementCount(half)), "uint32")), key));
  const threshold = constant(Math.round((1 - rate) * 2 ** 16) * 2 ** 16 - 1, "uint32");
  const upper = reshape(less(bits, threshold), half);
  if (size === 1) return upper;
  const lower = reshape(less(shift(bits, "LEFT", 16), threshold), half);
  const both = concatenate([upper, lower], axis);
  return size % 2 === 0 ? both : slice(both, axis, 0, size);
}

/** The axis that two elements of a hash share: the last of even size, else of any fixed size; −1 where none is. */
function halvedAxis(shape: readonly Dim[]): number {
  const even = shape.findLastIndex((dim) => typeof dim === "number" && dim % 2 === 0);
  return even >= 0 ? even : shape.findLastIndex((dim) => typeof dim === "number" && dim > 1);
}

/** An avalanching permutation of 32-bit integers: xor-shifts and multiplications (Wellons' lowbias32 constants). */
function mix(x: Tensor): Tensor {
  const h = scramble(xor(x, shift(x, "RIGHT", 16)));
  return xor(h, shift(h, "RIGHT", 16));
}

/** The part of `mix` that spreads bits upwards. */
function scramble(x: Tensor): Tensor {
  const h = multiply(x, 0x7feb352d);
  return multiply(xor(h, shift(h, "RIGHT", 15)), 0x846ca68b);
}

const xor = (a: Tensor, b: Tensor): Tensor => trace("BitwiseXor", [a, b], { shape: a.shape });

const shift = (x: Tensor, direction: "LEFT" | "RIGHT", bits: number): Tensor =>
  trace("BitShift", [x, constant(bits, "uint32")], { shape: x.shape, attributes: { direction } });
