import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { Dataset } from "../../src/core/data/dataset.ts";
import { parseSplit, sliceBounds } from "../../src/core/data/split-syntax.ts";
import type { TrainTestSplitOptions } from "../../src/core/data/train-test-split.ts";
import type { Value } from "../../src/core/data/values.ts";
import { DataError } from "../../src/core/errors.ts";

interface Golden {
  shuffle: { n: number; seed: number; rows: number[] }[];
  trainTestSplit: ({ n: number; train: number[]; test: number[] } & TrainTestSplitOptions)[];
  stratified: ({ labels: number[]; train: number[]; test: number[] } & TrainTestSplitOptions)[];
  slice: { n: number; slice: string; from: number; to: number }[];
}

const golden = JSON.parse(
  readFileSync(new URL("../fixtures/data/splits.json", import.meta.url), "utf8"),
) as Golden;

function numbered(n: number): Dataset {
  return Dataset.fromRows(Array.from({ length: n }, (_, id) => ({ id })));
}

describe("the rows that Hugging Face datasets chooses", () => {
  test.each(golden.shuffle)("shuffle of $n rows, seed $seed", ({ n, seed, rows }) => {
    const shuffled = numbered(n).shuffle({ seed });
    expect(shuffled.length).toBe(n);
    expect(shuffled.column("id").slice(0, rows.length)).toEqual(rows);
  });

  test.each(golden.trainTestSplit)("trainTestSplit %j", ({ n, train, test, ...options }) => {
    const parts = numbered(n).trainTestSplit(options);
    expect(parts.train.column("id")).toEqual(train);
    expect(parts.test.column("id")).toEqual(test);
  });

  test.each(golden.stratified)("stratified trainTestSplit $#: seed $seed", (golden) => {
    const { labels, train, test, ...options } = golden;
    const names = Array.from({ length: Math.max(...labels) + 1 }, (_, i) => `class ${i}`);
    const byId = labels.map((label, id) => ({ id, label, name: names[label] ?? null, long: BigInt(label) }));
    const dataset = Dataset.fromRows(byId, { features: { label: { type: "classLabel", names } } });
    for (const stratifyBy of ["label", "name", "long"]) {
      const parts = dataset.trainTestSplit({ ...options, stratifyBy });
      expect(parts.train.column("id")).toEqual(train);
      expect(parts.test.column("id")).toEqual(test);
    }
  });

  test.each(golden.slice)("train$slice of $n rows", ({ n, slice, from, to }) => {
    const [term] = parseSplit(`train${slice}`);
    expect(sliceBounds(term!, n)).toEqual([from, to]);
  });

  test("a share taken is the slice of as many percent", () => {
    for (const n of [1, 7, 10, 50, 90, 101, 250, 7600]) {
      for (const percent of [1, 5, 15, 50, 85]) {
        const [, to] = sliceBounds(parseSplit(`train[:${percent}%]`)[0]!, n);
        expect(numbered(n).take(percent / 100).length).toBe(to);
      }
    }
  });
});

test("seeded choices stack: a split of a shuffled part is a part of it", () => {
  const part = numbered(100).shuffle({ seed: 1 }).take(20);
  const { train, test } = part.trainTestSplit({ testSize: 0.25, seed: 3 });
  const both = [...train.column("id"), ...test.column("id")];
  expect(both.sort()).toEqual(part.column("id").sort());
  expect(test.length).toBe(5);
});

test("split expressions that can't be read are refused", () => {
  for (const bad of [
    "",
    "train[",
    "train[5%]",
    "train[:5.5%]",
    "train[a:b]",
    "train+",
    "tr ain",
    "train[:5%",
  ]) {
    expect(() => parseSplit(bad), bad).toThrow(DataError);
  }
  expect(() => parseSplit("train[:150%]")).toThrow("more than 100 %");
});

test("split sizes that can't be had are refused", () => {
  const ten = numbered(10);
  expect(() => ten.trainTestSplit({ testSize: 10, seed: 1 })).toThrow("below 10");
  expect(() => ten.trainTestSplit({ testSize: 0, seed: 1 })).toThrow(DataError);
  expect(() => ten.trainTestSplit({ testSize: 0.8, trainSize: 0.8, seed: 1 })).toThrow("16 rows of 10");
  expect(() => ten.trainTestSplit({ testSize: 0.2 })).toThrow("needs a seed");
  expect(() => numbered(1).trainTestSplit({ testSize: 0.5, seed: 1 })).toThrow("for training");
});

test("what can't be stratified is refused, by the name of the class", () => {
  const of = (labels: Value[]) => Dataset.fromRows(labels.map((label) => ({ label })));
  const split = (labels: Value[], options: TrainTestSplitOptions = { testSize: 0.5, seed: 1 }) =>
    of(labels).trainTestSplit({ ...options, stratifyBy: "label" });
  expect(() => split(["a", "a", "b", "a"])).toThrow('class "b" of column "label" of rows has a single row');
  expect(() => split(["a", "a", "b", "b"], { testSize: 1, seed: 1 })).toThrow("1 rows can't hold all 2");
  expect(() => split([["a"], ["b"]])).toThrow("lists or objects; rows are stratified by one class");
  expect(split(["a", "a", "b", "b", null]).train.length).toBe(2);
  expect(() => split(["a", "a"], { shuffle: false })).toThrow("leave out stratifyBy or shuffle");
  expect(() => of(["a"]).trainTestSplit({ seed: 1, stratifyBy: "lable" })).toThrow('did you mean "label"');
});
