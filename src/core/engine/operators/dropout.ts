import { type Dim, elementCount, formatShape } from "../dimension.ts";
import { constant, type Tensor, trace } from "../tensor.ts";
import { add, cast, less, multiply } from "./elementwise.ts";
import { concatenate, range, reshape } from "./shape.ts";

/**
 * Inverted dropout (Srivastava et al. 2014): zeroes each element with probability `rate` and scales the others by
 * 1 / (1 − rate).
 *
 * The mask is no state but a hash of (element, seed, site). So a step's masks are a function of the seed fed to it,
 * and a resumed run drops what the original would have.
 *
 * @param x At least one axis has a fixed, even size.
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
 * its upper and one by its lower half, in the two halves of an axis.
 */
function keptElements(shape: readonly Dim[], rate: number, seed: Tensor, site: number): Tensor {
  const axis = shape.findLastIndex((dim) => typeof dim === "number" && dim % 2 === 0);
  if (axis < 0) throw new RangeError(`dropout needs an axis of even size, ${formatShape(shape)} has none`);
  const half = shape.with(axis, (shape[axis] as number) / 2);
  const key = mix(xor(seed, constant(site, "uint32")));
  // The inner hash is the same for every site of this size and is computed once.
  const bits = scramble(add(mix(cast(range(elementCount(half)), "uint32")), key));
  const threshold = constant(Math.round((1 - rate) * 2 ** 16) * 2 ** 16 - 1, "uint32");
  const upper = reshape(less(bits, threshold), half);
  const lower = reshape(less(shift(bits, "LEFT", 16), threshold), half);
  return concatenate([upper, lower], axis);
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
