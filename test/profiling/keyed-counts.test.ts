import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { hashTexts } from "../../src/core/profiling/hash.ts";
import { KeyedCounts } from "../../src/core/profiling/keyed-counts.ts";

const countAll = (table: KeyedCounts, keys: Iterable<number>) => {
  for (const key of keys) {
    const entry = table.entry(key);
    if (entry >= 0) table.set(entry, 0, table.get(entry, 0) + 1);
  }
};

describe("KeyedCounts", () => {
  test("counts as a Map does, also where many keys want the same place", () => {
    // Keys that differ only in their upper bits all start from place 7.
    const key = fc.nat(5000).map((n) => n * 2 ** 32 + 7);
    fc.assert(
      fc.property(fc.array(fc.oneof(key, fc.nat(3000)), { maxLength: 4000 }), (keys) => {
        const table = new KeyedCounts(2);
        const wanted = new Map<number, number>();
        countAll(table, keys);
        for (const one of keys) wanted.set(one, (wanted.get(one) ?? 0) + 1);
        expect(table.size).toBe(wanted.size);
        expect(table.scale).toBe(1);
        for (const [one, count] of wanted) {
          const entry = table.find(one);
          expect(table.key(entry)).toBe(one);
          expect([table.get(entry, 0), table.get(entry, 1)]).toEqual([count, 0]);
        }
        expect(table.find(2 ** 52)).toBe(-1);
      }),
      { numRuns: 30 },
    );
  });

  test("above its limit keeps a sample, from which sums are right within a few percent", () => {
    const table = new KeyedCounts(1, 4096);
    const keys = Array.from({ length: 100_000 }, (_, i) => hashTexts([`text ${i % 60_000}`]));
    countAll(table, keys);
    expect(table.size).toBeLessThanOrEqual(4096);
    expect(table.scale).toBe(16);
    expect(table.size * table.scale).toBeGreaterThan(60_000 * 0.93);
    expect(table.size * table.scale).toBeLessThan(60_000 * 1.07);
    // Every kept key was kept from its first row on: its count is exact.
    const exact = new Map<number, number>();
    for (const key of keys) exact.set(key, (exact.get(key) ?? 0) + 1);
    for (let entry = 0; entry < table.size; entry++) {
      expect(table.get(entry, 0)).toBe(exact.get(table.key(entry)));
    }
    for (const key of keys.slice(0, 1000)) expect(table.find(key) >= 0).toBe(table.keeps(key));
  });
});

describe("hashTexts", () => {
  test.each([
    ["numbered", (i: number) => [`row ${i}`]],
    ["binary", (i: number) => [i.toString(2).padStart(20, "0")]],
    ["long and alike", (i: number) => [`${"a".repeat(i % 300)}x${"a".repeat(Math.floor(i / 300))}`]],
    ["pairs", (i: number) => ["a".repeat(i % 400), "a".repeat(Math.floor(i / 400))]],
  ])("tells 100,000 texts apart: %s", (_, make) => {
    const hashes = new Set(Array.from({ length: 100_000 }, (_, i) => hashTexts(make(i))));
    expect(hashes.size).toBe(100_000);
    expect([...hashes].every((hash) => Number.isSafeInteger(hash) && hash >= 0)).toBe(true);
  });

  test("spreads over all bits", () => {
    const bits = new Array<number>(53).fill(0);
    const n = 20_000;
    for (let i = 0; i < n; i++) {
      const hash = hashTexts([`row ${i}`]);
      for (let bit = 0; bit < 53; bit++) bits[bit]! += Math.floor(hash / 2 ** bit) % 2;
    }
    for (const ones of bits) expect(Math.abs(ones / n - 0.5)).toBeLessThan(0.02);
  });
});
