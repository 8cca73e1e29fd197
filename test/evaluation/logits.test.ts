import { describe, expect, it } from "vitest";
import { ModelError } from "../../src/core/errors.ts";
import { Logits } from "../../src/core/evaluation/logits.ts";
import { classificationReport } from "../../src/core/evaluation/metrics.ts";
import { goldens } from "./goldens.ts";

describe("Logits", () => {
  it("checks its shape", () => {
    expect(() => new Logits(2, 3, new Float32Array(5))).toThrow("2 rows of 3 logits need 6 values, not 5");
    expect(() => new Logits(3, 1, new Float32Array(3))).toThrow("at least 2 classes, not 1");
    expect(() => new Logits(1.5, 2, new Float32Array(3))).toThrow("rows must be a whole number, not 1.5");
    expect(() => new Logits(-1, 2, new Float32Array(0))).toThrow(RangeError);
  });

  it.each([Number.NaN, Number.POSITIVE_INFINITY])("names the row of an output that is %s", (broken) => {
    const values = Float32Array.of(0, 1, 2, 3, broken, 5);
    expect(() => new Logits(3, 2, values)).toThrow(ModelError);
    expect(() => new Logits(3, 2, values)).toThrow("output for row 2 is not a finite number");
    expect(() => Logits.binary(values)).toThrow("output for row 4 is not a finite number");
  });

  it("takes the lowest of equal classes", () => {
    const logits = new Logits(3, 3, Float32Array.of(1, 1, 1, 0, 2, 2, -3, -4, -3));
    expect([...logits.predictions()]).toEqual([0, 1, 0]);
  });

  it("has probabilities and losses that neither overflow nor underflow", () => {
    const logits = new Logits(2, 3, Float32Array.of(1e4, 0, -1e4, -1e4, -1e4, -1e4));
    const third = 1 / 3;
    expect([...logits.probabilities()]).toEqual(
      [1, 0, 0, third, third, third].map((p) => expect.closeTo(p, 12)),
    );
    expect([...logits.losses(Int32Array.of(2, 0))]).toEqual([20000, expect.closeTo(Math.log(3), 10)]);
  });
});

describe("Logits.binary", () => {
  const golden = goldens.binary;
  const logits = Logits.binary(Float32Array.from(golden.logits));
  const labels = Int32Array.from(golden.labels);

  it("has the sigmoid's probabilities and decides above 0", () => {
    const positive = logits.probabilities().filter((_, i) => i % 2 === 1);
    positive.forEach((p, row) => {
      expect(p).toBeCloseTo(golden.probabilities[row]!, 6);
    });
    expect([...logits.predictions()]).toEqual(golden.predictions);
  });

  it("scores as scikit-learn does, with BCE as its loss", () => {
    const report = classificationReport(logits, labels, ["negative", "positive"]);
    expect(report.accuracy).toBeCloseTo(golden.accuracy, 12);
    expect(report.loss).toBeCloseTo(golden.loss, 6);
    expect(report.perClass[1]!.f1).toBeCloseTo(golden.f1, 12);
    expect(report.macroF1).toBeCloseTo(golden.macroF1, 12);
  });
});
