import { readFileSync } from "node:fs";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { TorchGenerator } from "../../src/core/random/torch.ts";
import { consecutiveBatches, lengthGroupedOrder, lengthSortedBatches } from "../../src/core/text/batches.ts";

const grouped = JSON.parse(
  readFileSync(new URL("../fixtures/text/length-grouped.json", import.meta.url), "utf8"),
) as { seed: number; batchSize: number; lengths: number[]; order: number[] }[];

const lengthsOf = fc.array(fc.integer({ min: 0, max: 200 }), { maxLength: 300 });

describe("length-sorted batches", () => {
  it("hold every row once, within the limits", () => {
    fc.assert(
      fc.property(
        lengthsOf,
        fc.integer({ min: 1, max: 40 }),
        fc.integer({ min: 1, max: 2000 }),
        (list, maxRows, maxTokens) => {
          const lengths = Uint32Array.from(list);
          const batches = lengthSortedBatches(lengths, { maxRows, maxTokens });
          expect(batches.flatMap((batch) => [...batch]).sort((a, b) => a - b)).toEqual([...lengths.keys()]);
          for (const batch of batches) {
            const longest = Math.max(...batch.map((row) => lengths[row]!));
            expect(batch.length).toBeLessThanOrEqual(maxRows);
            if (batch.length > 1) expect(batch.length * longest).toBeLessThanOrEqual(maxTokens);
          }
        },
      ),
    );
  });

  it("pad next to nothing", () => {
    const lengths = new TorchGenerator(1).uniform(2000, 5, 300).map(Math.floor);
    const batches = lengthSortedBatches(Uint32Array.from(lengths), { maxRows: 64, maxTokens: 4096 });
    const padded = batches.reduce((sum, batch) => sum + batch.length * lengths[batch[0]!]!, 0);
    expect(padded).toBeLessThan(1.03 * lengths.reduce((sum, length) => sum + length, 0));
  });
});

describe("length-grouped order", () => {
  it.each(grouped)(
    "is Hugging Face's: batches of $batchSize, seed $seed",
    ({ seed, batchSize, lengths, order }) => {
      const random = new TorchGenerator(seed).randperm(lengths.length);
      expect([...lengthGroupedOrder(random, Uint32Array.from(lengths), batchSize)]).toEqual(order);
    },
  );

  it("is a permutation that starts with a longest row", () => {
    fc.assert(
      fc.property(lengthsOf, fc.integer({ min: 1, max: 20 }), fc.nat(), (list, batchSize, seed) => {
        const lengths = Uint32Array.from(list);
        const order = lengthGroupedOrder(new TorchGenerator(seed).randperm(list.length), lengths, batchSize);
        expect([...order].sort((a, b) => a - b)).toEqual([...lengths.keys()]);
        if (list.length > 0) expect(lengths[order[0]!]).toBe(Math.max(...list));
      }),
    );
  });
});

it("cuts an order into batches", () => {
  const batches = consecutiveBatches(Uint32Array.of(4, 2, 0, 3, 1), 2);
  expect(batches.map((batch) => [...batch])).toEqual([[4, 2], [0, 3], [1]]);
  expect(consecutiveBatches(new Uint32Array(), 2)).toEqual([]);
});
