/** 128-bit numbers as eight 16-bit limbs, least significant first: products of limbs stay exact in a double. */
const LIMBS = 8;

/** PCG64's multiplier: 2549297995355413924·2⁶⁴ + 4865540595714422341. */
const MULTIPLIER = toLimbs((2549297995355413924n << 64n) | 4865540595714422341n);

/**
 * numpy's `default_rng(seed)`: a SeedSequence feeding PCG64 (XSL-RR, 128 bits of state). Hugging Face `datasets`
 * shuffles and splits with it, so the same seed selects the same rows here and there.
 */
export class NumpyGenerator {
  readonly #state: Float64Array;
  readonly #increment: Float64Array;
  readonly #product = new Float64Array(LIMBS);
  /** The upper half of the last 64-bit output: numpy hands out the lower half first. */
  #upperHalf = 0;
  #hasUpperHalf = false;

  /** @param seed a non-negative integer of any size. */
  constructor(seed: number | bigint) {
    const [a, b, c, d] = seedSequence(BigInt(seed));
    const initial = (a << 64n) | b;
    const increment = (((c << 64n) | d) << 1n) | 1n;
    this.#increment = toLimbs(increment);
    this.#state = toLimbs(increment + initial);
    this.#step();
  }

  /** 0 … n − 1 in random order, as `Generator.permutation(n)`. */
  permutation(n: number): Uint32Array {
    const order = new Uint32Array(n);
    for (let i = 0; i < n; i++) order[i] = i;
    for (let i = n - 1; i > 0; i--) {
      const j = this.#upTo(i);
      const swapped = order[i]!;
      order[i] = order[j]!;
      order[j] = swapped;
    }
    return order;
  }

  /** `size` of 0 … n − 1, none twice, in random order, as `Generator.choice(n, size, replace=False)`. */
  choice(n: number, size: number): number[] {
    if (n > 10_000 && size > Math.floor(n / 50)) {
      const all = Array.from({ length: n }, (_, i) => i);
      this.#shuffleDownTo(all, Math.max(n - size, 1));
      return all.slice(n - size);
    }
    // Floyd's algorithm (Bentley 1987).
    const chosen = new Set<number>();
    for (let last = n - size; last < n; last++) {
      const value = this.#below(last + 1);
      chosen.add(chosen.has(value) ? last : value);
    }
    const order = [...chosen];
    this.#shuffleDownTo(order, 1);
    return order;
  }

  #shuffleDownTo(items: number[], first: number): void {
    for (let i = items.length - 1; i >= first; i--) {
      const j = this.#below(i + 1);
      [items[i], items[j]] = [items[j]!, items[i]!];
    }
  }

  /** Uniform in [0, limit), by Lemire's method (numpy's `random_bounded_uint64` for fewer than 2³² values). */
  #below(limit: number): number {
    if (limit === 1) return 0;
    const threshold = 2 ** 32 % limit;
    for (;;) {
      const product = BigInt(this.#next32()) * BigInt(limit);
      if (Number(product & 0xffffffffn) >= threshold) return Number(product >> 32n);
    }
  }

  /** Uniform in [0, max], by masked rejection (numpy's `random_interval`). */
  #upTo(max: number): number {
    const mask = 0xffffffff >>> Math.clz32(max);
    for (;;) {
      const value = (this.#next32() & mask) >>> 0;
      if (value <= max) return value;
    }
  }

  #next32(): number {
    if (this.#hasUpperHalf) {
      this.#hasUpperHalf = false;
      return this.#upperHalf;
    }
    this.#step();
    const state = this.#state;
    const word = (limb: number) => state[limb]! | (state[limb + 1]! << 16);
    let lower = word(0) ^ word(4);
    let upper = word(2) ^ word(6);
    const rotation = state[LIMBS - 1]! >>> 10;
    if (rotation & 32) [lower, upper] = [upper, lower];
    const bits = rotation & 31;
    if (bits > 0) {
      [lower, upper] = [(lower >>> bits) | (upper << (32 - bits)), (upper >>> bits) | (lower << (32 - bits))];
    }
    this.#upperHalf = upper >>> 0;
    this.#hasUpperHalf = true;
    return lower >>> 0;
  }

  /** state = state · multiplier + increment, modulo 2¹²⁸. */
  #step(): void {
    const state = this.#state;
    const product = this.#product;
    let carry = 0;
    for (let i = 0; i < LIMBS; i++) {
      let sum = carry + this.#increment[i]!;
      for (let j = 0; j <= i; j++) sum += state[j]! * MULTIPLIER[i - j]!;
      carry = Math.floor(sum / 0x10000);
      product[i] = sum - carry * 0x10000;
    }
    state.set(product);
  }
}

/** Four 64-bit words drawn from numpy's `SeedSequence(seed)`. */
function seedSequence(seed: bigint): [bigint, bigint, bigint, bigint] {
  if (seed < 0n) throw new RangeError(`a seed must not be negative, got ${seed}`);
  const entropy: number[] = [];
  for (let rest = seed; rest > 0n || entropy.length === 0; rest >>= 32n) {
    entropy.push(Number(rest & 0xffffffffn));
  }

  let constant = 0x43b0d7e5;
  const hash = (word: number) => {
    const mixed = word ^ constant;
    constant = Math.imul(constant, 0x931e8875);
    const value = Math.imul(mixed, constant);
    return value ^ (value >>> 16);
  };
  const mix = (x: number, y: number) => {
    const value = (Math.imul(0xca01f9dd, x) - Math.imul(0x4973f715, y)) | 0;
    return value ^ (value >>> 16);
  };
  const pool = [0, 1, 2, 3].map((i) => hash(entropy[i] ?? 0));
  for (let source = 0; source < 4; source++) {
    for (let target = 0; target < 4; target++) {
      if (source !== target) pool[target] = mix(pool[target]!, hash(pool[source]!));
    }
  }
  for (const word of entropy.slice(4)) {
    for (let target = 0; target < 4; target++) pool[target] = mix(pool[target]!, hash(word));
  }

  let outputConstant = 0x8b51f9dd;
  const words = Array.from({ length: 8 }, (_, i) => {
    const mixed = pool[i % 4]! ^ outputConstant;
    outputConstant = Math.imul(outputConstant, 0x58f38ded);
    const value = Math.imul(mixed, outputConstant);
    return BigInt((value ^ (value >>> 16)) >>> 0);
  });
  const pair = (i: number) => words[2 * i]! | (words[2 * i + 1]! << 32n);
  return [pair(0), pair(1), pair(2), pair(3)];
}

function toLimbs(value: bigint): Float64Array {
  return Float64Array.from({ length: LIMBS }, (_, i) => Number((value >> BigInt(16 * i)) & 0xffffn));
}
