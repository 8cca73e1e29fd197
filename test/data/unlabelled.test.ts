import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { Dataset } from "../../src/core/data/dataset.ts";
import type { Features } from "../../src/core/data/features.ts";
import type { Value } from "../../src/core/data/values.ts";

const of = (labels: Value[], feature?: Features[string]) =>
  Dataset.fromRows(
    labels.map((label, i) => ({ text: `text ${i}`, label })),
    { features: { text: { type: "string" }, ...(feature && { label: feature }) } },
  );
const missing: Value[] = [null, "", "  ", Number.NaN];
const named: Features[string] = { type: "classLabel", names: ["no", "yes"] };

describe("rows without a label", () => {
  test("are those of empty cells and NaN", () => {
    expect(of([...missing, "a", 0, false]).unlabelledRows(["a", "0"])).toEqual([0, 1, 2, 3]);
  });

  test("are those of −1, unless a class is called that", () => {
    for (const minusOne of [-1, -1n, "-1", -1.0]) {
      expect(of([minusOne, 0, 1]).unlabelledRows(["0", "1"])).toEqual([0]);
      expect(of([minusOne, 0, 1]).unlabelledRows(["-1", "0", "1"])).toEqual([]);
    }
    expect(of([-1, 0, 1], named).unlabelledRows(["no", "yes"])).toEqual([0]);
    expect(of([-1, 0, 1], named).unlabelledRows(["-1", "no", "yes"])).toEqual([0]);
  });

  test("of lists are empty cells and lists of nothing but −1; an empty list is a label", () => {
    const lists = of([[0], null, [], [-1], [-1, -1, -1], [1, 2]]);
    expect(lists.unlabelledRows(["0", "1", "2"])).toEqual([1, 3, 4]);
    const multiHot = of([
      [0, 0, 1],
      [-1, -1, -1],
      [1, 0, 1],
    ]);
    expect(multiHot.labels).toEqual(["0", "1", "2"]);
    expect(multiHot.unlabelledRows(multiHot.labels)).toEqual([1]);
    expect(multiHot.select([0, 2]).targets(multiHot.labels, "multiLabel").rowsBySize()).toEqual([0, 1, 1]);
  });

  test("of columns named after the classes are those with any such cell", () => {
    const columns = Dataset.fromRows([
      { text: "a", joy: 1, fear: 0 },
      { text: "b", joy: -1, fear: -1 },
      { text: "c", joy: 1, fear: null },
    ]).withLabelColumns(["joy", "fear"]);
    expect(columns.unlabelledRows(["joy", "fear"])).toEqual([1, 2]);
  });

  test("of cells with a separator are none: an empty cell holds no class", () => {
    const cells = of(["a|b", ""]).withLabelColumn("label", { separator: "|" });
    expect(cells.unlabelledRows(["a", "b"])).toEqual([]);
  });

  test("are all rows where there is no label column", () => {
    expect(Dataset.fromRows([{ text: "a" }, { text: "b" }]).unlabelledRows(["a"])).toEqual([0, 1]);
  });

  test("are just those that targets refuse, in any choice of rows", () => {
    const label = fc.constantFrom<Value>("a", "b", ...missing);
    fc.assert(
      fc.property(fc.array(label, { minLength: 1 }), fc.nat(99), (labels, seed) => {
        const dataset = of(["a", ...labels]).shuffle({ seed });
        const left = new Set(dataset.unlabelledRows(["a", "b"]));
        for (let row = 0; row < dataset.length; row++) {
          const targets = () => dataset.select([row]).targets(["a", "b"], "singleLabel");
          if (left.has(row)) expect(targets).toThrow("has no label");
          else expect(targets().rows).toBe(1);
        }
      }),
      { seed: 1, numRuns: 50 },
    );
  });
});

describe("classes", () => {
  test("stay those of all rows where rows are chosen by their place, and follow a filter", () => {
    const dataset = of(["a", "b", "rare", "a", "b", "b"]);
    const { train, test } = dataset.trainTestSplit({ testSize: 0.3, seed: 1 });
    for (const part of [train, test, dataset.take(1), dataset.slice(3, 6), dataset.select([0])]) {
      expect(part.labels).toEqual(["a", "b", "rare"]);
    }
    const filtered = dataset.filter(({ label }) => label !== "rare");
    expect(filtered.labels).toEqual(["a", "b"]);
    expect(filtered.shuffle({ seed: 1 }).take(1).labels).toEqual(["a", "b"]);
    expect(filtered.whole.labels).toEqual(["a", "b", "rare"]);
    expect(dataset.take(2).concat([dataset.take(1)]).labels).toEqual(["a", "b"]);
    expect(dataset.take(2).map(({ label }) => ({ label: `${label}!` })).labels).toEqual(["a!", "b!"]);
  });

  test("named like properties of every object are classes", () => {
    const names = ["__proto__", "constructor", "hasOwnProperty", "length", "toString", "valueOf"];
    const dataset = of(names);
    expect(dataset.labels).toEqual(names);
    expect([...dataset.labelIds(names)]).toEqual([0, 1, 2, 3, 4, 5]);
    const ids = of([0, 5, -1], { type: "classLabel", names });
    expect(ids.unlabelledRows(names)).toEqual([2]);
    const columns = Dataset.fromRows([
      Object.fromEntries([["text", "a"], ...names.map((name) => [name, 1])]),
    ]);
    expect(columns.columns).toEqual(["text", ...names]);
    expect(columns.withLabelColumns(names).targets(names, "multiLabel").answer(0)).toEqual([
      0, 1, 2, 3, 4, 5,
    ]);
    const twice = of([...names, ...names]).trainTestSplit({ testSize: 0.5, seed: 1, stratifyBy: "label" });
    expect(twice.train.column("label").sort()).toEqual(names);
  });
});
