import { expect, it } from "vitest";
import { holm } from "../../src/core/evaluation/holm.ts";

it.each([
  // The smallest times 4, the next times 3, …, none below the one before.
  [
    [0.01, 0.04, 0.03, 0.005],
    [0.03, 0.06, 0.06, 0.02],
  ],
  [
    [0.5, 0.9, 0.4],
    [1, 1, 1],
  ],
  [[0.03], [0.03]],
  [[], []],
])("adjusts %j", (pValues, adjusted) => {
  expect(holm(pValues)).toEqual(adjusted.map((p) => expect.closeTo(p, 12)));
});
