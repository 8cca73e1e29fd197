import { MersenneTwister } from "./mersenne-twister.ts";

/**
 * PyTorch's CPU generator, `torch.Generator().manual_seed(seed)`: the same draws in the same order, for 32-bit
 * floats and 64-bit integers. Uniform numbers and permutations are bit-equal to PyTorch's. Normal numbers use its
 * two algorithms, but PyTorch's vectorised log and cos round differently: expect the last bits to differ.
 */
export class TorchGenerator {
  readonly #bits: MersenneTwister;
  /** The second number of the last Box–Muller pair, kept across calls to `normal` with n < 16. */
  #spareNormal: number | undefined;

  /** @param seed any integer; PyTorch, too, uses only its lowest 32 bits. */
  constructor(seed: number | bigint) {
    this.#bits = new MersenneTwister(Number(BigInt.asUintN(32, BigInt(seed))));
  }

  /** `torch.rand(n)`: uniform in [0, 1), multiples of 2⁻²⁴. */
  rand(n: number): Float32Array {
    return this.uniform(n, 0, 1);
  }

  /** `torch.empty(n).uniform_(low, high)`. */
  uniform(n: number, low: number, high: number): Float32Array {
    const start = Math.fround(low);
    const range = Math.fround(Math.fround(high) - start);
    const values = new Float32Array(n);
    // PyTorch multiplies and adds with one rounding; the product is exact in a double.
    for (let i = 0; i < n; i++) values[i] = this.#unit32() * range + start;
    return values;
  }

  /** `torch.randperm(n)`, for n below 2³²/20 (PyTorch draws differently above). */
  randperm(n: number): Uint32Array {
    const order = new Uint32Array(n);
    for (let i = 0; i < n; i++) order[i] = i;
    for (let i = 0; i < n - 1; i++) {
      const j = i + (this.#bits.next() % (n - i));
      const swapped = order[i]!;
      order[i] = order[j]!;
      order[j] = swapped;
    }
    return order;
  }

  /** `torch.empty(n).normal_(mean, std)`. */
  normal(n: number, mean: number, std: number): Float32Array {
    const values = new Float32Array(n);
    if (n < 16) {
      for (let i = 0; i < n; i++) values[i] = this.#scalarNormal() * std + mean;
      return values;
    }
    for (let i = 0; i < n; i++) values[i] = this.#unit32();
    for (let i = 0; i + 16 <= n; i += 16) boxMuller16(values.subarray(i, i + 16), mean, std);
    if (n % 16 !== 0) {
      // PyTorch draws the last 16 anew instead of filling a part of a block.
      const last = values.subarray(n - 16);
      for (let i = 0; i < 16; i++) last[i] = this.#unit32();
      boxMuller16(last, mean, std);
    }
    return values;
  }

  /** `torch.empty((), dtype=torch.int64).random_()`: uniform in [0, 2⁶³). */
  random64(): bigint {
    const upper = this.#bits.next();
    const lower = this.#bits.next();
    return BigInt.asUintN(63, (BigInt(upper) << 32n) | BigInt(lower));
  }

  #unit32(): number {
    return (this.#bits.next() & 0xffffff) * 2 ** -24;
  }

  #unit64(): number {
    const upper = this.#bits.next() & 0x1fffff;
    return (upper * 2 ** 32 + this.#bits.next()) * 2 ** -53;
  }

  #scalarNormal(): number {
    const spare = this.#spareNormal;
    if (spare !== undefined) {
      this.#spareNormal = undefined;
      return spare;
    }
    const angle = 2 * Math.PI * this.#unit64();
    const radius = Math.sqrt(-2 * Math.log1p(-this.#unit64()));
    this.#spareNormal = radius * Math.sin(angle);
    return radius * Math.cos(angle);
  }
}

/** Turns 16 uniform numbers into normal ones in place: number j is paired with number j + 8. */
function boxMuller16(values: Float32Array, mean: number, std: number): void {
  for (let j = 0; j < 8; j++) {
    const radius = Math.sqrt(-2 * Math.log(1 - values[j]!));
    const angle = 2 * Math.PI * values[j + 8]!;
    values[j] = radius * Math.cos(angle) * std + mean;
    values[j + 8] = radius * Math.sin(angle) * std + mean;
  }
}
