import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { Adam, type AdamOptions } from "../../src/core/training/optimizers/adam.ts";
import type { Gradient } from "../../src/core/training/optimizers/optimizer.ts";
import { sumRows } from "../../src/core/training/row-gradients.ts";
import { largestDifference, readTrainingGolden } from "./golden.ts";

interface GoldenRun {
  optimizer: string;
  options: { lr: number; betas: [number, number]; eps: number; weight_decay: number };
  /** After each update. */
  values: number[][];
}

const golden = readTrainingGolden<{ start: number[]; gradients: number[][]; runs: GoldenRun[] }>(
  "optimizers",
);
const adamRuns = golden.runs.filter(({ optimizer }) => optimizer.startsWith("adam"));

function optionsOf({ optimizer, options }: GoldenRun): AdamOptions {
  return {
    decoupled: optimizer === "adamw",
    betas: options.betas,
    epsilon: options.eps,
    weightDecay: () => options.weight_decay,
  };
}

test("the reference has both optimizers, each with two settings", () => {
  const cases = adamRuns.map(({ optimizer, options }) => `${optimizer} ${options.weight_decay}`);
  expect(cases.sort()).toEqual(["adam 0", "adam 0.1", "adamw 0.01", "adamw 0.1"]);
});

describe.each(adamRuns)("$optimizer with $options equals PyTorch's", (run) => {
  test("every element after every update", () => {
    const weight = Float32Array.from(golden.start);
    const optimizer = new Adam(optionsOf(run));
    for (const [step, gradient] of golden.gradients.entries()) {
      const gradients = new Map([["w", { values: Float32Array.from(gradient) }]]);
      optimizer.update(new Map([["w", weight]]), gradients, run.options.lr);
      expect(largestDifference(weight, run.values[step]!), `update ${step + 1}`).toBeLessThan(2e-6);
    }
    expect(optimizer.steps).toBe(golden.gradients.length);
  });

  test("scaled gradients are the same as a scale", () => {
    const [scaled, plain] = [Float32Array.from(golden.start), Float32Array.from(golden.start)];
    const [first, second] = [new Adam(optionsOf(run)), new Adam(optionsOf(run))];
    for (const gradient of golden.gradients) {
      const quarter = Float32Array.from(gradient, (value) => value / 4);
      first.update(
        new Map([["w", scaled]]),
        new Map([["w", { values: Float32Array.from(gradient) }]]),
        0.01,
        1 / 4,
      );
      second.update(new Map([["w", plain]]), new Map([["w", { values: quarter }]]), 0.01);
    }
    expect(scaled).toEqual(plain);
  });
});

test("a parameter without a gradient stays as it is", () => {
  const [moved, kept] = [Float32Array.of(1, 2), Float32Array.of(3, 4)];
  const optimizer = new Adam({ decoupled: true, weightDecay: () => 0.1 });
  const parameters = new Map([
    ["moved", moved],
    ["kept", kept],
  ]);
  optimizer.update(parameters, new Map([["moved", { values: Float32Array.of(1, -1) }]]), 0.1);
  expect(moved[0]).toBeLessThan(1);
  expect(moved[1]).toBeGreaterThan(1.9);
  expect([...kept]).toEqual([3, 4]);
});

const rowCount = 9;
const size = 5;

/** Batches of lookups in a table: rows, some twice, and a gradient for each. */
const lookups = fc.array(
  fc.array(
    fc.record({
      row: fc.integer({ min: 0, max: rowCount - 1 }),
      gradient: fc.array(fc.float({ min: -2, max: 2, noNaN: true }), { minLength: size, maxLength: size }),
    }),
    { minLength: 1, maxLength: 4 },
  ),
  { minLength: 1, maxLength: 12 },
);

const start = () => Float32Array.from({ length: rowCount * size }, (_, i) => Math.sin(i));

function asRows(batch: { row: number; gradient: number[] }[]): Gradient {
  const rows = Int32Array.from(batch, ({ row }) => row);
  const values = Float32Array.from(batch.flatMap(({ gradient }) => gradient));
  return sumRows(rows, values, size);
}

function asDense({ rows, values }: Gradient): Gradient {
  const dense = new Float32Array(rowCount * size);
  for (const [i, row] of rows!.entries()) dense.set(values.subarray(i * size, (i + 1) * size), row * size);
  return { values: dense };
}

describe.each<[string, AdamOptions]>([
  ["Adam", { decoupled: false }],
  ["Adam with decay", { decoupled: false, weightDecay: () => 0.1 }],
  ["AdamW", { decoupled: true }],
  ["AdamW with decay", { decoupled: true, weightDecay: () => 0.1 }],
])("%s on the rows of an embedding table", (_, options) => {
  test("is bit for bit what the dense gradient gives", () => {
    fc.assert(
      fc.property(lookups, (batches) => {
        const [sparse, dense] = [start(), start()];
        const [first, second] = [new Adam(options), new Adam(options)];
        for (const [step, batch] of batches.entries()) {
          const gradient = asRows(batch);
          const learningRate = 0.1 / (step + 1);
          first.update(new Map([["w", sparse]]), new Map([["w", gradient]]), learningRate, 0.7);
          second.update(new Map([["w", dense]]), new Map([["w", asDense(gradient)]]), learningRate, 0.7);
        }
        expect(sparse).toEqual(dense);
        expect(first.state).toEqual(second.state);
      }),
    );
  });

  test("goes on from saved moments as if it had not stopped", () => {
    fc.assert(
      fc.property(lookups, fc.nat({ max: 11 }), (batches, stop) => {
        const [whole, parts] = [start(), start()];
        const uninterrupted = new Adam(options);
        let optimizer = new Adam(options);
        for (const [step, batch] of batches.entries()) {
          if (step === stop) {
            const before = optimizer;
            optimizer = new Adam(options);
            optimizer.restore(before.steps, structuredClone(before.state));
          }
          const gradients = new Map([["w", asRows(batch)]]);
          uninterrupted.update(new Map([["w", whole]]), gradients, 0.1);
          optimizer.update(new Map([["w", parts]]), gradients, 0.1);
        }
        expect(parts).toEqual(whole);
      }),
    );
  });
});

test("rows that no batch has read don't move", () => {
  const table = start();
  const before = table.slice();
  const gradient = { values: new Float32Array(size).fill(1), rows: Int32Array.of(3) };
  new Adam({ decoupled: true }).update(new Map([["w", table]]), new Map([["w", gradient]]), 0.1);
  for (let row = 0; row < rowCount; row++) {
    const range = [row * size, (row + 1) * size] as const;
    if (row === 3) expect(table.slice(...range)).not.toEqual(before.slice(...range));
    else expect(table.slice(...range)).toEqual(before.slice(...range));
  }
});
