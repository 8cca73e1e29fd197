import { elementCount } from "../dimension.ts";
import { constant, type Tensor, trace } from "../tensor.ts";
import { add, cast, less, multiply } from "./elementwise.ts";
import { range, reshape } from "./shape.ts";

/**
 * Inverted dropout (Srivastava et al. 2014): zeroes each element with probability `rate` and scales the others by
 * 1 / (1 − rate).
 *
 * The mask is no state: element i of site s keeps its value when hash(hash(i) + hash(seed ⊕ s)) is below the keep
 * rate. So a step's masks are a function of the seed fed to it, and a resumed run drops what the original would have.
 *
 * @param rate 0 ≤ rate < 1.
 * @param seed A uint32 scalar, different at every step.
 * @param site Tells this dropout from the others of the step.
 */
export function dropout(x: Tensor, rate: number, seed: Tensor, site: number): Tensor {
  const mask = dropoutMask(x, rate, seed, site);
  return trace("Mul", [x, mask], { shape: x.shape, gradient: (dy) => [multiply(dy, mask), undefined] });
}

function dropoutMask(x: Tensor, rate: number, seed: Tensor, site: number): Tensor {
  const count = elementCount(x.shape);
  const key = hash(xor(seed, constant(site, "uint32")));
  const bits = hash(plus(hash(cast(range(count), "uint32")), key));
  const kept = less(bits, constant(Math.round((1 - rate) * 2 ** 32 - 1), "uint32"));
  return reshape(multiply(cast(kept, x.dtype), 1 / (1 - rate)), x.shape);
}

/** An avalanching permutation of 32-bit integers: two rounds of xor-shift and multiply (Wellons' lowbias32 constants). */
function hash(x: Tensor): Tensor {
  let h = xor(x, shiftRight(x, 16));
  h = times(h, 0x7feb352d);
  h = xor(h, shiftRight(h, 15));
  h = times(h, 0x846ca68b);
  return xor(h, shiftRight(h, 16));
}

const xor = (a: Tensor, b: Tensor): Tensor => trace("BitwiseXor", [a, b], { shape: a.shape });
const plus = (a: Tensor, b: Tensor): Tensor => add(a, b);
const times = (a: Tensor, factor: number): Tensor => multiply(a, factor);
const shiftRight = (a: Tensor, bits: number): Tensor =>
  trace("BitShift", [a, constant(bits, "uint32")], { shape: a.shape, attributes: { direction: "RIGHT" } });
