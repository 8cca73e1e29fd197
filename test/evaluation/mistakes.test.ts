import { expect, it } from "vitest";
import { Targets } from "../../src/core/data/targets.ts";
import { Logits } from "../../src/core/evaluation/logits.ts";
import { mostConfidentMistakes } from "../../src/core/evaluation/mistakes.ts";

const logits = new Logits(5, 2, Float32Array.of(0, 1, 3, 0, 0, 2, 3, 0, 9, 0));
const labels = Targets.ofClasses(Int32Array.of(0, 1, 0, 1, 0), 2);

it("lists wrong predictions, surest first, in row order where equal", () => {
  const sigmoid = (z: number) => expect.closeTo(1 / (1 + Math.exp(-z)), 12);
  expect(mostConfidentMistakes(logits, labels, 10)).toEqual([
    { row: 1, label: 1, predicted: 0, probability: sigmoid(3) },
    { row: 3, label: 1, predicted: 0, probability: sigmoid(3) },
    { row: 2, label: 0, predicted: 1, probability: sigmoid(2) },
    { row: 0, label: 0, predicted: 1, probability: sigmoid(1) },
  ]);
});

it("keeps as many as asked for", () => {
  expect(mostConfidentMistakes(logits, labels, 2).map((mistake) => mistake.row)).toEqual([1, 3]);
  expect(mostConfidentMistakes(logits, labels, 0)).toEqual([]);
});
