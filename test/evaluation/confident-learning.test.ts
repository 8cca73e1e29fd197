import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { confidentLearning } from "../../src/core/evaluation/confident-learning.ts";
import { Logits } from "../../src/core/evaluation/logits.ts";

/** What test/reference/evaluation_confident_learning.py wrote. */
interface Golden {
  name: string;
  classes: number;
  logits: number[];
  labels: number[];
  thresholds: number[];
  joint: number[][];
  errors: number[];
  suggested: number[];
}

const goldens = JSON.parse(
  readFileSync(new URL("../fixtures/evaluation/confident-learning.json", import.meta.url), "utf8"),
) as Golden[];

const logitsOf = (rows: number[][]) =>
  new Logits(
    rows.length,
    rows[0]!.length,
    Float32Array.from(rows.flat(), (p) => Math.log(p)),
  );

describe("confident learning", () => {
  test.each(goldens)("$name: finds what cleanlab finds, in its order", (golden) => {
    const logits = new Logits(golden.labels.length, golden.classes, Float32Array.from(golden.logits));
    const { thresholds, joint, errors } = confidentLearning(logits, Int32Array.from(golden.labels));
    for (const [i, threshold] of thresholds.entries())
      expect(threshold).toBeCloseTo(golden.thresholds[i]!, 12);
    expect(joint).toEqual(golden.joint);
    expect(errors.map(({ row }) => row)).toEqual(golden.errors);
    expect(errors.map(({ suggested }) => suggested)).toEqual(golden.suggested);
    expect(errors.map(({ given }) => given)).toEqual(golden.errors.map((row) => golden.labels[row]));
  });

  test("a class with a low mean is confident where its probability is low", () => {
    // Means: 0.9 of class 0; (0.35 + 0.45) / 2 = 0.4 of class 1.
    const logits = logitsOf([
      [0.9, 0.1],
      [0.9, 0.1],
      [0.65, 0.35],
      [0.55, 0.45],
    ]);
    const { thresholds, joint, errors } = confidentLearning(logits, Int32Array.of(0, 0, 1, 1));
    expect(thresholds[0]).toBeCloseTo(0.9, 6);
    expect(thresholds[1]).toBeCloseTo(0.4, 6);
    // The third row reaches no threshold, and the fourth is confidently of its class though it is not the likeliest.
    expect(joint).toEqual([
      [2, 0],
      [0, 1],
    ]);
    expect(errors).toEqual([]);
  });

  test("the likeliest error comes first, with both probabilities", () => {
    const logits = logitsOf([
      [0.8, 0.2],
      [0.2, 0.8],
      [0.1, 0.9],
      [0.05, 0.95],
      [0.85, 0.15],
    ]);
    const { errors } = confidentLearning(logits, Int32Array.of(0, 1, 0, 0, 0));
    expect(errors.map(({ row }) => row)).toEqual([3, 2]);
    expect(errors[0]).toMatchObject({ given: 0, suggested: 1 });
    expect(errors[0]!.probabilityGiven).toBeCloseTo(0.05, 6);
    expect(errors[0]!.probabilitySuggested).toBeCloseTo(0.95, 6);
  });

  test("a class that no row is given has no threshold and is no error's", () => {
    const { thresholds, joint, errors } = confidentLearning(
      logitsOf([
        [0.1, 0.2, 0.7],
        [0.3, 0.6, 0.1],
      ]),
      Int32Array.of(0, 1),
    );
    expect(thresholds[2]).toBeNull();
    expect(joint.map((row) => row[2])).toEqual([0, 0, 0]);
    expect(errors.every(({ row }) => row !== 1)).toBe(true);
  });
});
