import { describe, expect, test } from "vitest";
import { ConfigError } from "../../src/core/errors.ts";
import { BestWeights, bestEvaluation, parseBestMetric } from "../../src/core/training/best-model.ts";
import type { HistoryEntry } from "../../src/core/training/run-record.ts";

const entry = (step: number, loss: number, accuracy: number): HistoryEntry => ({
  ...{ epoch: step, step, learningRate: 1, train: { rows: 1, loss: 1, lossSum: 1, accuracy: 1 } },
  evaluations: {
    dev: { rows: 9, loss, accuracy, macroF1: accuracy / 2 },
    test: { rows: 9, loss: 1, accuracy: 0.1 * step, macroF1: 0 },
  },
});

const history = [entry(1, 0.9, 0.5), entry(2, 0.4, 0.7), entry(3, 0.4, 0.7), entry(4, 0.6, 0.8)];

describe("the best evaluation", () => {
  test.each([
    ["dev.loss", 1],
    ["dev.accuracy", 3],
    ["dev.macroF1", 3],
    ["test.accuracy", 3],
    ["test.loss", 0],
  ])("by %s; among equals the earliest", (text, expected) => {
    expect(bestEvaluation(history, parseBestMetric(text, ["dev", "test"]))).toBe(expected);
  });

  test("of none", () => {
    expect(bestEvaluation([], { split: "dev", metric: "loss" })).toBe(-1);
  });
});

describe("a metric's name", () => {
  test("is SPLIT.METRIC, or the metric of the first split", () => {
    expect(parseBestMetric("macroF1", ["dev", "test"])).toEqual({ split: "dev", metric: "macroF1" });
    expect(parseBestMetric("test[:5.5%].loss", ["test[:5.5%]"])).toEqual({
      split: "test[:5.5%]",
      metric: "loss",
    });
  });

  test.each([
    ["dev.f1", "macroF1"],
    ["f1", "macroF1"],
    ["train.loss", "dev or test"],
    ["", "macroF1"],
  ])("%j is refused", (text, hint) => {
    expect(() => parseBestMetric(text, ["dev", "test"])).toThrow(ConfigError);
    expect(() => parseBestMetric(text, ["dev", "test"])).toThrow(hint);
  });

  test("needs a split", () => {
    expect(() => parseBestMetric("loss", [])).toThrow(/a split to evaluate on/);
  });
});

test("kept weights stay when the originals change", () => {
  const weights = new Map([["w", Float32Array.of(1, 2)]]);
  const best = new BestWeights();
  best.keep(3, weights);
  weights.get("w")!.fill(0);
  expect(best.step).toBe(3);
  expect([...best.values.get("w")!]).toEqual([1, 2]);
  best.keep(5, weights);
  expect([...best.values.get("w")!]).toEqual([0, 0]);
});
