import fc from "fast-check";
import { expect, test } from "vitest";
import { symbol } from "../../src/core/engine/dimension.ts";
import { input } from "../../src/core/engine/tensor.ts";
import { normal } from "../../src/core/nn/initializers.ts";
import { linear } from "../../src/core/nn/layers.ts";
import { Parameters } from "../../src/core/nn/parameters.ts";
import { featuresInput } from "../../src/core/training/row-source.ts";
import { TrainingStep } from "../../src/core/training/step.ts";
import { addTallies, emptyTally, scoreOf, tallyBatch } from "../../src/core/training/tally.ts";
import { type LabelledBatch, Updater, type UpdateSettings } from "../../src/core/training/update.ts";

const size = 4;
const classes = 3;

const row = fc.record({
  features: fc.array(fc.integer({ min: -8, max: 8 }), { minLength: size, maxLength: size }),
  label: fc.nat({ max: classes - 1 }),
});
const weight = fc.constantFrom(0.1, 0.5, 1, 4, 30);

test("batches of an update count as one of all their rows, whatever the weights of their classes", async () => {
  const parameters = new Parameters();
  const features = input(featuresInput, "float32", [symbol("batch"), size]);
  const logits = linear(parameters.scope("head", "head"), features, classes, { weight: normal(1) });
  const graph = { logits, parameters: parameters.list() };
  const initial = () =>
    new Map([
      ["head.weight", Float32Array.from({ length: classes * size }, (_, i) => Math.sin(i))],
      ["head.bias", Float32Array.of(0.1, -0.2, 0.3)],
    ]);

  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.array(row, { minLength: 1, maxLength: 5 }), { minLength: 2, maxLength: 4 }),
      fc.option(fc.tuple(weight, weight, weight), { nil: undefined }),
      fc.constantFrom(0, 0.1),
      async (parts, classWeights, labelSmoothing) => {
        const step = await TrainingStep.compile(graph, () => true, { classWeights, labelSmoothing });
        const settings: UpdateSettings = {
          ...{ optimizer: "adamw", learningRate: 0, weightDecay: 0, schedule: "constant" },
          ...{ warmupSteps: 0, maxGradNorm: 0, classWeights },
        };
        const update = (batches: LabelledBatch[]) =>
          new Updater(step, initial(), settings, 1).update(batches);
        const whole = await update([batchOf(parts.flat())]);
        const accumulated = await update(parts.map(batchOf));
        await step.release();
        expect(accumulated.gradientNorm).toBeCloseTo(whole.gradientNorm, 4);
        expect(scoreOf(accumulated.tally).loss).toBeCloseTo(scoreOf(whole.tally).loss, 4);
        expect(scoreOf(accumulated.tally).accuracy).toBe(scoreOf(whole.tally).accuracy);
      },
    ),
    { numRuns: 40, seed: 8 },
  );
});

test("an epoch's loss weighs batches by their classes as an update does", () => {
  const batch = { tokens: 0, logits: Float32Array.of(1, 0), labels: Int32Array.of(0), rows: 1 };
  const tally = [
    { ...batch, weight: 3, loss: 1 },
    { ...batch, weight: 1, loss: 5 },
  ].reduce((sum, each) => addTallies(sum, tallyBatch(each, {})), emptyTally);
  expect(scoreOf(tally)).toEqual({ rows: 2, lossSum: 6, loss: 2, accuracy: 1 });
});

function batchOf(rows: { features: number[]; label: number }[]): LabelledBatch {
  const feeds = { [featuresInput]: Float32Array.from(rows.flatMap(({ features }) => features)) };
  return {
    batch: { sizes: { batch: rows.length }, feeds, tokens: 0 },
    labels: Int32Array.from(rows, ({ label }) => label),
    dropoutSeed: 0,
  };
}
