import * as fc from "fast-check";
import { expect, test } from "vitest";
import { stratifiedFolds } from "../../src/core/training/folds.ts";

/** Rows of each fold among those that `own` names. */
function sizes(assigned: Uint32Array, folds: number, own: (row: number) => boolean): number[] {
  const counts = Array.from({ length: folds }, () => 0);
  for (const [row, fold] of assigned.entries()) if (own(row)) counts[fold]! += 1;
  return counts;
}

const spread = (counts: number[]): number => Math.max(...counts) - Math.min(...counts);

test("folds are equal in size, and every class is spread over them evenly", () => {
  fc.assert(
    fc.property(
      fc.array(fc.integer({ min: 0, max: 3 }), { minLength: 1, maxLength: 200 }),
      fc.integer({ min: 2, max: 10 }),
      fc.nat(),
      (given, folds, seed) => {
        const labels = Int32Array.from(given);
        const assigned = stratifiedFolds(labels, folds, seed);
        expect(spread(sizes(assigned, folds, () => true))).toBeLessThanOrEqual(1);
        for (const label of new Set(given)) {
          expect(spread(sizes(assigned, folds, (row) => given[row] === label))).toBeLessThanOrEqual(1);
        }
      },
    ),
  );
});

test("the seed decides, and neighbours don't stay together", () => {
  const labels = Int32Array.from({ length: 100 }, (_, i) => i % 2);
  const folds = stratifiedFolds(labels, 5, 42);
  expect(stratifiedFolds(labels, 5, 42)).toEqual(folds);
  expect(stratifiedFolds(labels, 5, 43)).not.toEqual(folds);
  expect(new Set(folds.slice(0, 20)).size).toBe(5);
});
