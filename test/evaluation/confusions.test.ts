import { expect, it } from "vitest";
import { frequentConfusions } from "../../src/core/evaluation/confusions.ts";
import { Logits } from "../../src/core/evaluation/logits.ts";
import { classificationReport } from "../../src/core/evaluation/metrics.ts";

it("lists what is taken for what, most rows first", () => {
  const truth = Int32Array.of(0, 0, 0, 0, 1, 1, 2);
  const predicted = [0, 1, 1, 2, 0, 1, 2];
  const logits = new Logits(
    7,
    3,
    Float32Array.from(predicted.flatMap((p) => [0, 1, 2].map((c) => Number(c === p)))),
  );
  const report = classificationReport(logits, truth, ["a", "b", "c"]);
  const all = [
    { truth: 0, predicted: 1, rows: 2, share: 0.5 },
    { truth: 0, predicted: 2, rows: 1, share: 0.25 },
    { truth: 1, predicted: 0, rows: 1, share: 0.5 },
  ];
  expect(frequentConfusions(report, 10)).toEqual(all);
  expect(frequentConfusions(report, 1)).toEqual(all.slice(0, 1));
});
