import { expect, it } from "vitest";
import { deriveSeed } from "../../src/core/random/seeds.ts";

it("derives a stable 32-bit seed for each purpose", () => {
  // printf '42:dropout' | sha256sum
  expect(deriveSeed(42, "dropout")).toBe(0xc4719f5d);
  const seeds = ["dropout", "bootstrap", "split"].flatMap((purpose) =>
    [0, 1, 42].map((seed) => deriveSeed(seed, purpose)),
  );
  expect(new Set(seeds).size).toBe(9);
});
