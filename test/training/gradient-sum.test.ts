import fc from "fast-check";
import { expect, test } from "vitest";
import { GradientSum } from "../../src/core/training/gradient-sum.ts";
import type { Gradient } from "../../src/core/training/optimizers/optimizer.ts";
import { sumRows } from "../../src/core/training/row-gradients.ts";

const rowCount = 6;
const size = 3;

const lookups = fc.array(fc.tuple(fc.nat({ max: rowCount - 1 }), fc.integer({ min: -8, max: 8 })), {
  minLength: 1,
  maxLength: 8,
});

/** Sums of small integers are exact in float32, whatever their order. */
function tableGradient(list: [number, number][]): Gradient {
  const indices = Int32Array.from(list, ([row]) => row);
  const values = Float32Array.from(list.flatMap(([, value]) => [value, 2 * value, -value]));
  return sumRows(indices, values, size);
}

function dense({ values, rows }: Gradient): number[] {
  const all = new Array<number>(rowCount * size).fill(0);
  for (const [i, row] of rows!.entries()) {
    for (let j = 0; j < size; j++) all[row * size + j]! += values[i * size + j]!;
  }
  return all;
}

test("lookups of the same row are one row", () => {
  fc.assert(
    fc.property(lookups, (list) => {
      const gradient = tableGradient(list);
      expect(new Set(gradient.rows).size).toBe(gradient.rows!.length);
      const expected = new Array<number>(rowCount * size).fill(0);
      for (const [row, value] of list) {
        for (const [j, factor] of [1, 2, -1].entries()) expected[row * size + j]! += factor * value;
      }
      expect(dense(gradient)).toEqual(expected);
    }),
  );
});

test("sums over batches, dense and by rows, one sum after another", () => {
  fc.assert(
    fc.property(
      fc.array(fc.array(lookups, { minLength: 1, maxLength: 4 }), { minLength: 1, maxLength: 3 }),
      (sums) => {
        const sum = new GradientSum();
        for (const batches of sums) {
          const expected = { table: new Array<number>(rowCount * size).fill(0), bias: [0, 0] };
          for (const [i, batch] of batches.entries()) {
            const bias = Float32Array.of(i, batch.length);
            const table = tableGradient(batch);
            sum.add(
              new Map([
                ["table", table],
                ["bias", { values: bias }],
              ]),
              0.5,
            );
            for (const [k, value] of dense(table).entries()) expected.table[k]! += 0.5 * value;
            for (const [k, value] of bias.entries()) expected.bias[k]! += 0.5 * value;
            // The step overwrites its arrays.
            bias.fill(99);
            table.values.fill(99);
          }
          const total = sum.take();
          expect(dense(total.get("table")!)).toEqual(expected.table);
          expect([...total.get("bias")!.values]).toEqual(expected.bias);
        }
      },
    ),
  );
});
