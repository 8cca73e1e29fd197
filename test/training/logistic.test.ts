import fc from "fast-check";
import { describe, expect, test as it } from "vitest";
import { Targets } from "../../src/core/data/targets.ts";
import { TorchGenerator } from "../../src/core/random/torch.ts";
import { chooseStrength, foldsFor, strengthGrid } from "../../src/core/training/choose-strength.ts";
import { measureScaling, scaled } from "../../src/core/training/feature-scaling.ts";
import { minimize } from "../../src/core/training/lbfgs.ts";
import { type FeatureMatrix, fitLogistic } from "../../src/core/training/logistic-regression.ts";
import { type SolverSettings, solveLinear } from "../../src/core/training/solve-linear.ts";
import { largestDifference, readTrainingGolden } from "./golden.ts";

interface Layer {
  weight: ArrayLike<number>;
  bias: ArrayLike<number>;
}
interface Golden {
  features: number[];
  size: number;
  labels: number[];
  flags: number[][];
  folds: number[];
  given: Record<string, Layer>;
  binary: Layer;
  classWeights: number[];
  weighted: Layer;
  oneVsRest: Layer[];
  standardized: Layer;
  crossValidated: { grid: number[]; losses: number[]; C: number };
}

const golden = readTrainingGolden<Golden>("logistic");
const labels = Int32Array.from(golden.labels);
const features: FeatureMatrix = {
  values: Float64Array.from(golden.features),
  rows: labels.length,
  size: golden.size,
};
const targets = Targets.ofClasses(labels, 3);
const asIs: SolverSettings = { scaling: "none", C: 1, seed: 42 };

function expectLayer(found: Layer, expected: Layer): void {
  for (const key of ["weight", "bias"] as const) {
    expect(largestDifference(found[key], expected[key]), key).toBeLessThan(1e-4);
  }
}

describe("a solved head has scikit-learn's coefficients", () => {
  it.each(Object.entries(golden.given))("for three classes, C = %s", async (C, expected) => {
    const { layer, solution } = await solveLinear(features, targets, 3, { ...asIs, C: Number(C) });
    expectLayer(layer, expected);
    expect(solution).toMatchObject({ C: [Number(C)], folds: [0], converged: true });
  });

  it("for one logit of two classes", async () => {
    const flags = labels.map((label) => Number(label === 2));
    const { layer } = await solveLinear(features, Targets.ofClasses(flags, 2), 1, { ...asIs, C: 2 });
    expectLayer(layer, golden.binary);
  });

  it("for two logits of two classes, as their difference", async () => {
    const flags = labels.map((label) => Number(label === 2));
    const { layer } = await solveLinear(features, Targets.ofClasses(flags, 2), 2, { ...asIs, C: 2 });
    const { size } = features;
    const weight = layer.weight.slice(size).map((value, i) => value - layer.weight[i]!);
    expectLayer({ weight, bias: Float64Array.of(layer.bias[1]! - layer.bias[0]!) }, golden.binary);
  });

  it("with class weights", async () => {
    const weighted = { ...asIs, classWeights: golden.classWeights };
    expectLayer((await solveLinear(features, targets, 3, weighted)).layer, golden.weighted);
  });

  it("for one regression a class, where any number of classes applies", async () => {
    const sets = Targets.ofSets(Int32Array.from(golden.flags.flat()), 3);
    const { layer } = await solveLinear(features, sets, 3, asIs);
    const weight = golden.oneVsRest.flatMap((one) => Array.from(one.weight));
    expectLayer(layer, { weight, bias: golden.oneVsRest.flatMap((one) => Array.from(one.bias)) });
  });

  it("on standardised features, the scaling folded into the layer", async () => {
    const { layer } = await solveLinear(features, targets, 3, { ...asIs, scaling: "standardize" });
    expectLayer(layer, golden.standardized);
  });

  it("and its strength, by cross-validation on the same folds", async () => {
    const { grid, losses, C } = golden.crossValidated;
    for (const [i, strength] of strengthGrid.entries()) expect(strength / grid[i]!).toBeCloseTo(1, 12);
    const standardized = scaled(features, measureScaling(features, "standardize"));
    const chosen = await chooseStrength(
      { features: standardized, labels, outputs: 3 },
      Uint32Array.from(golden.folds),
    );
    expect(chosen.folds).toBe(5);
    for (const [i, loss] of chosen.losses.entries()) expect(loss / losses[i]!).toBeCloseTo(1, 3);
    expect(chosen.C).toBeCloseTo(C, 10);
  });
});

describe("a head is solved for any rows", () => {
  it("with a class without rows, which stays possible and unlikely", async () => {
    const { layer, solution } = await solveLinear(features, Targets.ofClasses(labels, 4), 4, asIs);
    expect(solution.converged).toBe(true);
    expectLayer({ weight: layer.weight.slice(0, 36), bias: layer.bias.slice(0, 3) }, golden.given["1.0"]!);
    expect(layer.weight.slice(36).every((value) => value === 0)).toBe(true);
    expect(layer.bias[3]).toBeLessThan(Math.min(...layer.bias.slice(0, 3)));
    expect(Number.isFinite(layer.bias[3])).toBe(true);
  });

  it.each([1, 2])("of one class alone, with %i logits", async (outputs) => {
    const only = Targets.ofClasses(new Int32Array(labels.length).fill(1), 2);
    const { layer } = await solveLinear(features, only, outputs, asIs);
    expect(layer.bias.at(-1)! - (outputs === 2 ? layer.bias[0]! : 0)).toBeCloseTo(Math.log(45.5 / 0.5), 10);
  });

  it("with a class that no row, and one that every row has", async () => {
    const flags = Int32Array.from(golden.flags.flatMap(([a]) => [a!, 0, 1]));
    const { layer } = await solveLinear(features, Targets.ofSets(flags, 3), 3, asIs);
    expectLayer({ weight: layer.weight.slice(0, 12), bias: layer.bias.slice(0, 1) }, golden.oneVsRest[0]!);
    expect(layer.bias[1]).toBeLessThan(-4);
    expect(layer.bias[2]).toBeGreaterThan(4);
  });

  it("deals rows to as many folds as the rarest class of two rows has", async () => {
    expect(foldsFor(Int32Array.of(0, 0, 0, 0, 0, 0, 1, 1, 1, 1, 1, 1))).toBe(5);
    expect(foldsFor(Int32Array.of(0, 0, 0, 0, 1, 1, 1, 2))).toBe(3);
    expect(foldsFor(Int32Array.of(0, 1, 2))).toBe(0);
    const single = { values: Float64Array.of(0, 1, 5), rows: 3, size: 1 };
    const { solution } = await solveLinear(single, Targets.ofClasses(Int32Array.of(0, 1, 2), 3), 3, {
      ...asIs,
      C: undefined,
    });
    expect(solution).toMatchObject({ C: [1], folds: [0], converged: true });
  });

  it("to a layer from which no step leads down", async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.record({
          ...{ rows: fc.integer({ min: 2, max: 30 }), size: fc.integer({ min: 1, max: 40 }) },
          ...{ classes: fc.integer({ min: 2, max: 4 }), seed: fc.integer({ min: 0, max: 1e6 }) },
          C: fc.constantFrom(...strengthGrid),
        }),
        async ({ rows, size, classes, seed, C }) => {
          const random = new TorchGenerator(seed);
          const values = Float64Array.from(random.normal(rows * size, 0, 1));
          // Encoders have features that are the same for every text, or differ by rounding alone.
          for (let row = 0; row < rows; row++) {
            values[row * size] = 0.1;
            values[row * size + size - 1]! *= 1e-9;
          }
          const problem = {
            features: { values, rows, size },
            labels: Int32Array.from({ length: rows }, (_, i) => i % Math.min(classes, rows)),
            outputs: Math.min(classes, rows),
            C,
          };
          const fit = await fitLogistic(problem, { tolerance: 1e-8 });
          expect(fit.converged).toBe(true);
          // At the minimum C · Σ (probability − target) · feature = −weight.
          const again = await fitLogistic(problem, { tolerance: 1e-8, start: fit });
          expect(again.iterations).toBeLessThanOrEqual(1);
        },
      ),
      { seed: 12, numRuns: 40 },
    );
  });
});

describe("a minimisation", () => {
  /** Rosenbrock's valley: the minimum is 0 at (1, 1). */
  const valley = {
    size: 2,
    evaluate([x, y]: Float64Array, gradient: Float64Array): number {
      gradient[0] = -2 * (1 - x!) - 400 * x! * (y! - x! * x!);
      gradient[1] = 200 * (y! - x! * x!);
      return (1 - x!) ** 2 + 100 * (y! - x! * x!) ** 2;
    },
  };

  it("finds the end of a bent valley", async () => {
    const { point, converged, iterations } = await minimize(valley, Float64Array.of(-1.2, 1));
    expect(converged).toBe(true);
    expect(iterations).toBeLessThan(60);
    for (const value of point) expect(value).toBeCloseTo(1, 6);
  });

  it("says so where it runs out of iterations", async () => {
    const { converged, iterations } = await minimize(valley, Float64Array.of(-1.2, 1), { maxIterations: 3 });
    expect({ converged, iterations }).toEqual({ converged: false, iterations: 3 });
  });
});
