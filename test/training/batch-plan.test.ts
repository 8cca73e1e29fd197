import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { EpochOrder } from "../../src/core/random/data-order.ts";
import { BatchPlan, type BatchPlanOptions } from "../../src/core/training/batch-plan.ts";

const options: BatchPlanOptions = {
  ...{ epochs: 3, batchSize: 4, gradientAccumulationSteps: 1, groupByLength: false, seed: 42 },
};

const plans = fc.record({
  count: fc.integer({ min: 1, max: 40 }),
  epochs: fc.integer({ min: 1, max: 3 }),
  batchSize: fc.integer({ min: 1, max: 9 }),
  gradientAccumulationSteps: fc.integer({ min: 1, max: 5 }),
  groupByLength: fc.boolean(),
  seed: fc.nat(),
});

const lengthsOf = (count: number) => Uint32Array.from({ length: count }, (_, i) => 3 + ((i * 7) % 11));

test("every epoch reads every row once, in numbered batches", () => {
  fc.assert(
    fc.property(plans, ({ count, ...rest }) => {
      const plan = new BatchPlan({ count, lengths: lengthsOf(count) }, rest);
      expect(plan.totalUpdates).toBe(plan.updatesPerEpoch * rest.epochs);
      let index = 0;
      for (let epoch = 0; epoch < rest.epochs; epoch++) {
        const rows: number[] = [];
        for (let update = 0; update < plan.updatesPerEpoch; update++) {
          const batches = plan.update(epoch * plan.updatesPerEpoch + update);
          expect(batches.length).toBeGreaterThan(0);
          expect(batches.length).toBeLessThanOrEqual(rest.gradientAccumulationSteps);
          for (const batch of batches) {
            expect(batch.index).toBe(index++);
            rows.push(...batch.rows);
          }
          const done = epoch * plan.updatesPerEpoch + update + 1;
          expect(plan.rowsAfter(done)).toBe(epoch * count + rows.length);
        }
        expect(rows.sort((a, b) => a - b)).toEqual(Array.from({ length: count }, (_, i) => i));
      }
    }),
  );
});

test("an update's rows don't depend on what was asked before", () => {
  fc.assert(
    fc.property(plans, fc.array(fc.nat(), { maxLength: 5 }), ({ count, ...rest }, picks) => {
      const inTurn = new BatchPlan({ count, lengths: lengthsOf(count) }, rest);
      const all = Array.from({ length: inTurn.totalUpdates }, (_, step) => inTurn.update(step));
      const jumping = new BatchPlan({ count, lengths: lengthsOf(count) }, rest);
      for (const pick of picks) {
        const step = pick % all.length;
        expect(jumping.update(step)).toEqual(all[step]);
      }
    }),
  );
});

test("the order is the loader's", () => {
  const order = new EpochOrder(10, 42);
  const plan = new BatchPlan({ count: 10, lengths: undefined }, options);
  for (const epoch of [0, 1, 2]) {
    const rows = [0, 1, 2].flatMap((update) =>
      plan.update(3 * epoch + update).flatMap((batch) => [...batch.rows]),
    );
    expect(rows).toEqual([...order.epoch(epoch)]);
  }
});

describe("rows grouped by length", () => {
  test("need less padding, and are another order every epoch", () => {
    const count = 2000;
    const lengths = Uint32Array.from({ length: count }, (_, i) => 3 + ((i * 7919) % 97));
    const padded = (groupByLength: boolean) => {
      const plan = new BatchPlan({ count, lengths }, { ...options, batchSize: 16, groupByLength });
      const firstEpoch = Array.from(
        { length: plan.updatesPerEpoch },
        (_, step) => plan.update(step)[0]!.rows,
      );
      expect(plan.update(0)).not.toEqual(plan.update(plan.updatesPerEpoch));
      return firstEpoch.reduce((sum, rows) => {
        return sum + rows.length * Math.max(...Array.from(rows, (row) => lengths[row]!));
      }, 0);
    };
    const tokens = lengths.reduce((a, b) => a + b, 0);
    expect(padded(true)).toBeLessThan(1.1 * tokens);
    expect(padded(false)).toBeGreaterThan(1.6 * tokens);
  });

  test("without lengths there is nothing to group", () => {
    const grouped = new BatchPlan({ count: 30, lengths: undefined }, { ...options, groupByLength: true });
    const plain = new BatchPlan({ count: 30, lengths: undefined }, options);
    expect(grouped.update(0)).toEqual(plain.update(0));
  });
});
