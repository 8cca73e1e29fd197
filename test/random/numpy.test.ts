import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { NumpyGenerator } from "../../src/core/random/numpy.ts";

interface Goldens {
  sequences: { seed: string; permutations: number[][] }[];
  choices: { seed: string; draws: { n: number; size: number; chosen: number[] }[] }[];
  large: { seed: number; n: number; head: number[]; tail: number[]; checksum: number };
}

const goldens = JSON.parse(
  readFileSync(new URL("../fixtures/random/numpy.json", import.meta.url), "utf8"),
) as Goldens;

describe("NumpyGenerator", () => {
  it.each(goldens.sequences)("draws numpy's permutations one after another: seed $seed", (golden) => {
    const generator = new NumpyGenerator(BigInt(golden.seed));
    for (const permutation of golden.permutations) {
      expect([...generator.permutation(permutation.length)]).toEqual(permutation);
    }
  });

  it.each(goldens.choices)("chooses what numpy does without replacement: seed $seed", ({ seed, draws }) => {
    const generator = new NumpyGenerator(BigInt(seed));
    for (const { n, size, chosen } of draws) expect(generator.choice(n, size)).toEqual(chosen);
  });

  it("agrees on every position of 120,000 rows", () => {
    const { seed, n, head, tail, checksum } = goldens.large;
    const order = new NumpyGenerator(seed).permutation(n);
    expect([...order.slice(0, 100)]).toEqual(head);
    expect([...order.slice(-100)]).toEqual(tail);
    expect(order.reduce((sum, value, i) => sum + ((value * (i + 1)) % 1_000_003), 0)).toBe(checksum);
  });

  it("takes a number or a bigint, and refuses a negative seed", () => {
    expect(new NumpyGenerator(42).permutation(50)).toEqual(new NumpyGenerator(42n).permutation(50));
    expect(() => new NumpyGenerator(-1)).toThrow(/must not be negative/);
  });

  it("permutes nothing and one row", () => {
    expect([...new NumpyGenerator(1).permutation(0)]).toEqual([]);
    expect([...new NumpyGenerator(1).permutation(1)]).toEqual([0]);
  });
});
