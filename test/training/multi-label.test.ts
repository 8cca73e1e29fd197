import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { loadWeights } from "../../src/core/models/checkpoint.ts";
import { type ClassifierDesign, parametersOf, traceLogits } from "../../src/core/models/classifier.ts";
import { encoderInputs } from "../../src/core/models/encoder.ts";
import { encoderFor } from "../../src/core/models/registry.ts";
import { noDropout } from "../../src/core/nn/dropout.ts";
import type { LossOptions } from "../../src/core/nn/losses.ts";
import { Parameters } from "../../src/core/nn/parameters.ts";
import { TrainingStep } from "../../src/core/training/step.ts";
import { type LabelledBatch, Updater, type UpdateSettings } from "../../src/core/training/update.ts";
import { weightFilesOf } from "../../src/node/weights/model-folder.ts";
import { modelFixtures } from "../models/golden.ts";
import { largestDifference, readTrainingGolden } from "./golden.ts";

/** What test/reference/training_multi_label.py wrote. */
interface Golden {
  batches: { input_ids: number[][]; attention_mask: number[][]; labels: number[][] }[];
  runs: {
    classWeights: number[] | null;
    logits: number[][];
    loss: number;
    gradients: Record<string, { norm: number; start: number[] }>;
    losses: number[];
  }[];
}

const golden = readTrainingGolden<Golden>("multi-label");

async function compiled(lossOptions: LossOptions) {
  const folder = `${modelFixtures}distilbert`;
  const encoder = encoderFor(JSON.parse(readFileSync(`${folder}/config.json`, "utf8")));
  const design: ClassifierDesign = { encoder, head: "huggingface", pooling: "cls", outputs: 3 };
  const { weights } = await loadWeights(await weightFilesOf(folder), encoder, parametersOf(design), {
    seed: 0,
  });
  const values = new Map([...weights].map(([name, weight]) => [name, weight.values]));
  const parameters = new Parameters();
  const logits = traceLogits(design, parameters, encoderInputs(), noDropout);
  const graph = { logits, parameters: parameters.list() };
  return { values, step: await TrainingStep.compile(graph, () => true, lossOptions) };
}

function batchOf({ input_ids, attention_mask, labels }: Golden["batches"][number]): LabelledBatch {
  const [batch, length] = [input_ids.length, input_ids[0]!.length];
  const feeds = {
    input_ids: Int32Array.from(input_ids.flat()),
    attention_mask: Int32Array.from(attention_mask.flat()),
  };
  return {
    batch: { sizes: { batch, length }, feeds, tokens: 0 },
    labels: Int32Array.from(labels.flat()),
    dropoutSeed: 0,
  };
}

describe.each(golden.runs)(
  "class weights $classWeights: a multi-label step equals transformers'",
  (expected) => {
    const options = { task: "multiLabel", classWeights: expected.classWeights ?? undefined } as const;

    test("loss, logits and the gradient of every parameter", async () => {
      const { values, step } = await compiled(options);
      const { batch, labels } = batchOf(golden.batches[0]!);
      const { loss, logits, gradients } = await step.run(batch, labels, values, 0);
      expect(Math.abs(loss / expected.loss - 1)).toBeLessThan(1e-5);
      expect(largestDifference(logits, expected.logits.flat())).toBeLessThan(1e-4);
      for (const [name, { norm, start }] of Object.entries(expected.gradients)) {
        const { values: gradient, rows } = gradients.get(name)!;
        expect(Math.abs(Math.hypot(...gradient) - norm), name).toBeLessThan(1e-3 * norm + 1e-7);
        // The rows of an embedding that are not read have no gradient, and are not listed.
        if (!rows)
          expect(largestDifference(gradient.subarray(0, 3), start), name).toBeLessThan(1e-3 * norm + 1e-7);
      }
      const withoutTrueGradient = [...values.keys()].filter((name) => name.endsWith("k_lin.bias"));
      expect(Object.keys(expected.gradients).length + withoutTrueGradient.length).toBe(values.size);
      await step.release();
    });

    test("the losses of ten updates", async () => {
      const { values, step } = await compiled(options);
      const settings: UpdateSettings = {
        ...{ task: "multiLabel", optimizer: "adamw", learningRate: 1e-3, weightDecay: 0 },
        ...{ schedule: "constant", warmupSteps: 0, maxGradNorm: 0 },
      };
      const updater = new Updater(step, values, settings, expected.losses.length);
      for (const [i, loss] of expected.losses.entries()) {
        const { tally } = await updater.update([batchOf(golden.batches[i % golden.batches.length]!)]);
        expect(Math.abs(tally.lossSum / loss - 1), `loss of update ${i}`).toBeLessThan(1e-4);
        expect(tally.rows).toBe(6);
      }
      await step.release();
    });

    test("two batches of an update count as one of all their rows", async () => {
      const { values, step } = await compiled(options);
      const settings: UpdateSettings = {
        ...{ task: "multiLabel", optimizer: "adamw", learningRate: 1e-3, weightDecay: 0 },
        ...{ schedule: "constant", warmupSteps: 0, maxGradNorm: 0 },
      };
      const [whole] = golden.batches;
      const part = (from: number, to: number) =>
        batchOf({
          input_ids: whole!.input_ids.slice(from, to),
          attention_mask: whole!.attention_mask.slice(from, to),
          labels: whole!.labels.slice(from, to),
        });
      const updater = new Updater(step, values, settings, 1);
      const { tally, gradientNorm } = await updater.update([part(0, 4), part(4, 6)]);
      const norm = Math.hypot(...Object.values(expected.gradients).map((gradient) => gradient.norm));
      expect(tally.rows).toBe(6);
      expect(tally.rowLossSum / 6).toBeCloseTo(expected.loss, 5);
      expect(Math.abs(gradientNorm / norm - 1)).toBeLessThan(1e-4);
      await step.release();
    });
  },
);
