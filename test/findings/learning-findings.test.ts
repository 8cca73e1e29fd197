import { describe, expect, test as it } from "vitest";
import { Logits } from "../../src/core/evaluation/logits.ts";
import { classificationReport } from "../../src/core/evaluation/metrics.ts";
import {
  badlyCalibrated,
  fewUpdates,
  stillFalling,
  untrainedHead,
} from "../../src/core/findings/learning-findings.ts";
import { notConverged, runFindings } from "../../src/core/findings/run-findings.ts";
import type { HistoryEntry } from "../../src/core/training/run-record.ts";
import type { Solution } from "../../src/core/training/solve-linear.ts";

const chance = Math.log(4);

/** A history of these training losses, and of these on `dev`. */
const course = (losses: number[], dev?: number[], updates = 100) =>
  losses.map(
    (loss, i): HistoryEntry => ({
      ...{ epoch: i + 1, step: (i + 1) * updates, learningRate: 1e-3 },
      train: { rows: 32, loss, lossSum: loss, accuracy: 0.5 },
      evaluations: { ...(dev && { dev: { rows: 50, loss: dev[i]!, accuracy: 0.5, macroF1: 0.5 } }) },
    }),
  );
const solution: Solution = {
  ...{ method: "logistic", scaling: "length", C: [1], folds: [5], iterations: 1000, converged: false },
};

describe("few updates", () => {
  it("are told where the loss shows it", () => {
    const history = course([1.3, 1.25, 1.225], undefined, 7);
    expect(fewUpdates({ history }, chance)).toMatchObject({
      code: "few-updates",
      found: "Training was 21 updates of the weights, and its loss is still 1.225, with 1.386 at chance.",
    });
    expect(fewUpdates({ history: course([1.3], undefined, 1) }, chance)?.found).toContain("1 update of");
  });

  it("are no matter where they were enough, where there were more, or where none was needed", () => {
    expect(fewUpdates({ history: course([1.3, 0.2], undefined, 7) }, chance)).toBeUndefined();
    expect(fewUpdates({ history: course([1.3, 1.2], undefined, 50) }, chance)).toBeUndefined();
    expect(fewUpdates({ history: course([1.3], undefined, 1), solution }, chance)).toBeUndefined();
  });
});

describe("a loss that still falls", () => {
  const falling = [1.3, 1.2, 1.1, 1.0, 0.9, 0.8, 0.7, 0.6];
  it("is told with how far it fell in the last quarter", () => {
    expect(stillFalling({ history: course(falling) }, chance)).toMatchObject({
      code: "loss-still-falling",
      found:
        "The training loss was still falling at the end: from 0.800 to 0.600 over the last quarter of the training.",
    });
    expect(stillFalling({ history: course(falling, falling) }, chance)?.found).toContain(
      "On dev it is 0.600, the lowest so far.",
    );
  });

  it("is no matter where it levels off, where only the training rows get better, or of too short a course", () => {
    const level = [1.3, 0.8, 0.6, 0.55, 0.53, 0.52, 0.51, 0.505];
    expect(stillFalling({ history: course(level) }, chance)).toBeUndefined();
    const worse = [1.3, 1.2, 1.1, 1.0, 0.9, 0.95, 1.0, 1.1];
    expect(stillFalling({ history: course(falling, worse) }, chance)).toBeUndefined();
    expect(stillFalling({ history: course([1.3, 1, 0.7]) }, chance)).toBeUndefined();
  });
});

describe("calibration", () => {
  /** So many rows of two classes, each predicted with this probability, of which this share is right. */
  const evaluation = (rows: number, probability: number, right: number) => {
    const logit = Math.log(probability / (1 - probability));
    const values = Float32Array.from({ length: 2 * rows }, (_, i) => (i % 2 === 0 ? logit : 0));
    const labels = Int32Array.from({ length: rows }, (_, row) => Number(row >= right * rows));
    return { split: "dev", report: classificationReport(new Logits(rows, 2, values), labels, ["a", "b"]) };
  };

  it("that is far off is told, and to which side", () => {
    expect(badlyCalibrated(evaluation(200, 0.95, 0.6))).toMatchObject({
      code: "badly-calibrated",
      found:
        "On dev the model's probabilities are off by 35.0% on average: the mean probability of its answers is 95.0%, and 60.0% of them are right.",
      why: expect.stringContaining("surer than it is right"),
    });
    expect(badlyCalibrated(evaluation(200, 0.55, 0.9))).toMatchObject({
      why: expect.stringContaining("right more often than it is sure"),
      advice: expect.stringContaining("longer"),
    });
  });

  it("that is near enough, or of too few rows to tell, is no matter", () => {
    expect(badlyCalibrated(evaluation(200, 0.85, 0.9))).toBeUndefined();
    expect(badlyCalibrated(evaluation(99, 0.95, 0.6))).toBeUndefined();
  });
});

describe("other facts of learning", () => {
  it("a solution that did not converge is told", () => {
    expect(notConverged({ solution })).toMatchObject({
      code: "not-converged",
      found: "The logistic regression did not converge in 1,000 iterations.",
    });
    expect(notConverged({ solution: { ...solution, converged: true } })).toBeUndefined();
    expect(notConverged({})).toBeUndefined();
  });

  it("a head that is random is named", () => {
    expect(untrainedHead(["classifier.weight", "classifier.bias"])).toMatchObject({
      code: "untrained-head",
      found: "The classifier's head is untrained: classifier.weight, classifier.bias are random.",
    });
  });

  it("a run says one of them, the one that explains the other", () => {
    const data = [{ labelCounts: [8, 8, 8, 8], rows: 32 }] as never;
    const codes = (losses: number[], updates?: number) =>
      runFindings({
        ...{ labels: ["a", "b", "c", "d"], data, evaluations: [] },
        history: course(losses, undefined, updates),
      }).map(({ code }) => code);
    expect(codes([1.3, 1.2, 1.1, 1.0], 5)).toEqual(["few-updates"]);
    expect(codes([1.3, 1.2, 1.1, 1.0])).toEqual(["loss-still-falling"]);
    expect(codes([1.39, 1.39, 1.39, 1.39])).toEqual(["loss-at-chance"]);
  });
});
