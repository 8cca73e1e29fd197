import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { symbol } from "../../src/core/engine/dimension.ts";
import { input } from "../../src/core/engine/tensor.ts";
import { loadWeights } from "../../src/core/models/checkpoint.ts";
import {
  type ClassifierDesign,
  parametersOf,
  traceHead,
  traceLogits,
} from "../../src/core/models/classifier.ts";
import { encoderInputs } from "../../src/core/models/encoder.ts";
import { encoderFor } from "../../src/core/models/registry.ts";
import { noDropout } from "../../src/core/nn/dropout.ts";
import { Parameters } from "../../src/core/nn/parameters.ts";
import { featuresInput } from "../../src/core/training/row-source.ts";
import type { ScheduleName } from "../../src/core/training/schedules.ts";
import { type LogitsGraph, TrainingStep } from "../../src/core/training/step.ts";
import { type LabelledBatch, Updater, type UpdateSettings } from "../../src/core/training/update.ts";
import { weightFilesOf } from "../../src/node/weights/model-folder.ts";
import { modelFixtures } from "../models/golden.ts";
import { largestDifference, readTrainingGolden } from "./golden.ts";

interface FineTune {
  checkpoint: string;
  optimizer: { learningRate: number; weightDecay: number; maxGradNorm: number };
  schedule: { name: ScheduleName; warmupSteps: number; totalSteps: number };
  batches: { input_ids: number[][]; attention_mask: number[][]; labels: number[] }[];
  steps: { loss: number; gradientNorm: number; learningRate: number }[];
  final: Record<string, { norm: number; start: number[] }>;
}

interface LinearHead {
  learningRate: number;
  /** [batches, rows, hidden size] */
  features: number[][][];
  labels: number[][];
  initialWeight: number[][];
  initialBias: number[];
  losses: number[];
  finalWeight: number[][];
  finalBias: number[];
}

interface HeadInit {
  seed: number;
  checkpoint: string;
  parameters: Record<string, { shape: number[]; values: number[]; sum: number }>;
}

/** A fixture's weights in a classifier with the given head. */
async function loadFixture(name: string, head: ClassifierDesign["head"], outputs: number, seed = 42) {
  const folder = `${modelFixtures}${name}`;
  const encoder = encoderFor(JSON.parse(readFileSync(`${folder}/config.json`, "utf8")));
  const design: ClassifierDesign = { encoder, head, pooling: "cls", outputs };
  const loaded = await loadWeights(await weightFilesOf(folder), encoder, parametersOf(design), { seed });
  const values = new Map([...loaded.weights].map(([key, weight]) => [key, weight.values]));
  return { design, values, initialized: loaded.initialized };
}

function fineTuneGraph(design: ClassifierDesign): LogitsGraph {
  const parameters = new Parameters();
  const logits = traceLogits(design, parameters, encoderInputs(), noDropout);
  return { logits, parameters: parameters.list() };
}

function tokenBatch({ input_ids, attention_mask, labels }: FineTune["batches"][number]): LabelledBatch {
  const [batch, length] = [input_ids.length, input_ids[0]!.length];
  const feeds = {
    input_ids: Int32Array.from(input_ids.flat()),
    attention_mask: Int32Array.from(attention_mask.flat()),
  };
  return {
    batch: { sizes: { batch, length }, feeds, tokens: 0 },
    labels: Int32Array.from(labels),
    dropoutSeed: 0,
  };
}

describe("50 updates of fine-tuning equal PyTorch's", () => {
  const golden = readTrainingGolden<FineTune>("fine-tune");
  const { learningRate, weightDecay, maxGradNorm } = golden.optimizer;
  const { name: schedule, warmupSteps, totalSteps } = golden.schedule;
  const settings: UpdateSettings = {
    optimizer: "adamw",
    ...{ learningRate, weightDecay, schedule, warmupSteps, maxGradNorm },
  };

  test("losses, gradient norms, learning rates and final weights", async () => {
    const { design, values } = await loadFixture(golden.checkpoint, "huggingface", 3);
    const step = await TrainingStep.compile(fineTuneGraph(design), () => true);
    const updater = new Updater(step, values, settings, totalSteps);
    for (const [i, expected] of golden.steps.entries()) {
      const result = await updater.update([tokenBatch(golden.batches[i % golden.batches.length]!)]);
      const loss = result.tally.lossSum;
      expect(Math.abs(loss / expected.loss - 1), `loss of update ${i}`).toBeLessThan(1e-5);
      expect(Math.abs(result.gradientNorm / expected.gradientNorm - 1), `norm ${i}`).toBeLessThan(1e-5);
      expect(updater.learningRate(i)).toBeCloseTo(expected.learningRate, 12);
    }
    expect(golden.steps).toHaveLength(50);
    expect([...values.keys()].sort()).toEqual(Object.keys(golden.final).sort());
    for (const [name, { norm, start }] of Object.entries(golden.final)) {
      // A key bias has no true gradient: what moves it is rounding.
      if (name.endsWith("k_lin.bias")) continue;
      const weight = values.get(name)!;
      expect(Math.abs(Math.hypot(...weight) / norm - 1), name).toBeLessThan(1e-4);
      expect(largestDifference(weight.subarray(0, start.length), start), name).toBeLessThan(1e-3);
    }
    await step.release();
  });
});

test("50 updates of a linear head equal PyTorch's, from the same initial weights", async () => {
  const golden = readTrainingGolden<LinearHead>("linear-head");
  const { design, values, initialized } = await loadFixture("distilbert-base", "linear", 3);
  expect(initialized).toEqual(["classifier.weight", "classifier.bias"]);
  const [weight, bias] = [values.get("classifier.weight")!, values.get("classifier.bias")!];
  expect([...weight]).toEqual(golden.initialWeight.flat().map(Math.fround));
  expect([...bias]).toEqual(golden.initialBias.map(Math.fround));

  const parameters = new Parameters();
  const features = input(featuresInput, "float32", [symbol("batch"), 32]);
  const logits = traceHead(design, parameters, features, noDropout);
  const step = await TrainingStep.compile({ logits, parameters: parameters.list() }, () => true);
  const settings: UpdateSettings = {
    ...{ optimizer: "adam", learningRate: golden.learningRate, weightDecay: 0 },
    ...{ schedule: "constant", warmupSteps: 0, maxGradNorm: 0 },
  };
  const updater = new Updater(step, values, settings, golden.losses.length);
  for (const [i, expected] of golden.losses.entries()) {
    const at = i % golden.features.length;
    const rows = golden.features[at]!;
    const feeds = { [featuresInput]: Float32Array.from(rows.flat()) };
    const result = await updater.update([
      {
        batch: { sizes: { batch: rows.length }, feeds, tokens: 0 },
        labels: Int32Array.from(golden.labels[at]!),
        dropoutSeed: 0,
      },
    ]);
    expect(Math.abs(result.tally.lossSum / expected - 1), `loss of update ${i}`).toBeLessThan(1e-4);
  }
  expect(largestDifference(weight, golden.finalWeight.flat())).toBeLessThan(1e-5);
  expect(largestDifference(bias, golden.finalBias)).toBeLessThan(1e-5);
  await step.release();
});

test("Hugging Face's head starts as in from_pretrained", async () => {
  const golden = readTrainingGolden<HeadInit>("head-init");
  const { values, initialized } = await loadFixture(golden.checkpoint, "huggingface", 4, golden.seed);
  expect(initialized).toEqual(Object.keys(golden.parameters));
  for (const [name, expected] of Object.entries(golden.parameters)) {
    const actual = values.get(name)!;
    expect(actual).toHaveLength(expected.shape.reduce((a, b) => a * b, 1));
    expect(largestDifference(actual.subarray(0, 40), expected.values), name).toBeLessThan(1e-7);
    expect(
      actual.reduce((a, b) => a + b, 0),
      name,
    ).toBeCloseTo(expected.sum, 5);
  }
});
