import { describe, expect, it } from "vitest";
import { DataError } from "../../src/core/errors.ts";
import { Logits } from "../../src/core/evaluation/logits.ts";
import { classificationReport } from "../../src/core/evaluation/metrics.ts";
import { goldens } from "./goldens.ts";

const names = (count: number) => Array.from({ length: count }, (_, c) => `class ${c}`);

describe("classificationReport", () => {
  it.each(goldens.reports)("equals scikit-learn's scores: $name", (golden) => {
    const logits = new Logits(golden.labels.length, golden.classes, Float32Array.from(golden.logits));
    const report = classificationReport(logits, Int32Array.from(golden.labels), names(golden.classes));

    expect([...logits.predictions()]).toEqual(golden.predictions);
    expect(report.rows).toBe(golden.labels.length);
    expect(report.labels).toEqual(names(golden.classes));
    expect(report.confusion).toEqual(golden.confusion);
    expect(report.predictedCounts).toEqual(
      report.perClass.map((_, c) => golden.predictions.filter((p) => p === c).length),
    );
    for (const key of [
      "accuracy",
      "macroPrecision",
      "macroRecall",
      "macroF1",
      "microF1",
      "weightedF1",
      "calibrationError",
    ] as const) {
      expect(report[key], key).toBeCloseTo(golden[key], 12);
    }
    // Relative: huge logits give huge losses.
    expect(report.loss / golden.loss).toBeCloseTo(1, 6);
    for (const key of ["precision", "recall", "f1", "support"] as const) {
      report.perClass.forEach((score, c) => {
        expect(score[key], `${key} of class ${c}`).toBeCloseTo(golden[key][c]!, 12);
      });
    }
    expect(report.reliability.map((bin) => bin.rows)).toEqual(golden.bins.map(([rows]) => rows));
    report.reliability.forEach((bin, i) => {
      const [, confidence, accuracy] = golden.bins[i]!;
      if (confidence === null) expect(bin).toMatchObject({ confidence: null, accuracy: null });
      else {
        expect(bin.confidence).toBeCloseTo(confidence, 12);
        expect(bin.accuracy).toBeCloseTo(accuracy!, 12);
        expect(bin.confidence).toBeGreaterThan(bin.from);
        expect(bin.confidence).toBeLessThanOrEqual(bin.to);
      }
    });
  });

  it("survives JSON", () => {
    const logits = new Logits(2, 3, Float32Array.of(0, 1, 2, 3, 2, 1));
    const report = classificationReport(logits, Int32Array.of(2, 1), names(3));
    expect(JSON.parse(JSON.stringify(report))).toEqual(report);
  });

  it("can't be called with predictions, nor with a look-alike", () => {
    const labels = Int32Array.of(0, 1);
    const predictions = new Logits(2, 2, Float32Array.of(1, 0, 0, 1)).predictions();
    // @ts-expect-error predictions are not logits
    expect(() => classificationReport(predictions, labels, ["a", "b"])).toThrow();
    const lookAlike = { rows: 2, classes: 2, values: new Float32Array(4) };
    // @ts-expect-error the same fields don't make it a Logits
    expect(() => classificationReport(lookAlike, labels, ["a", "b"])).toThrow();
    // One number per row has not the shape of two classes' logits either.
    expect(() => new Logits(2, 2, Float32Array.from(predictions))).toThrow("need 4 values, not 2");
  });

  it("refuses what doesn't fit", () => {
    const logits = new Logits(2, 2, Float32Array.of(1, 0, 0, 1));
    expect(() => classificationReport(logits, Int32Array.of(0), ["a", "b"])).toThrow("need 2 labels, not 1");
    expect(() => classificationReport(logits, Int32Array.of(0, 2), ["a", "b"])).toThrow(
      "label 2 of row 1 is outside the 2 classes",
    );
    expect(() => classificationReport(logits, Int32Array.of(0, -1), ["a", "b"])).toThrow("label -1 of row 1");
    expect(() => classificationReport(logits, Int32Array.of(0, 1), ["a"])).toThrow("need 2 names, not 1");
    const empty = new Logits(0, 2, new Float32Array(0));
    expect(() => classificationReport(empty, new Int32Array(0), ["a", "b"])).toThrow(DataError);
  });
});
