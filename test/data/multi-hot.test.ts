import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { withColumns } from "../../src/core/data/column-options.ts";
import { Dataset } from "../../src/core/data/dataset.ts";
import type { Value } from "../../src/core/data/values.ts";

const rows = (labels: Value[]) =>
  Dataset.fromRows(labels.map((list, i) => ({ text: `text ${i}`, labels: list })));
const answers = (dataset: Dataset, labels = dataset.labels) => {
  const targets = dataset.targets(labels, "multiLabel");
  return Array.from({ length: targets.rows }, (_, row) => targets.answer(row));
};

describe("lists of 0 and 1", () => {
  test("of any width above 2 are the positions of their 1s, in every choice of rows", () => {
    const flags = fc
      .integer({ min: 3, max: 8 })
      .chain((width) =>
        fc.array(fc.array(fc.constantFrom(0, 1), { minLength: width, maxLength: width }), { minLength: 1 }),
      );
    fc.assert(
      fc.property(flags, fc.constantFrom(Number, BigInt, Boolean), (lists, as) => {
        const dataset = rows(lists.map((list) => list.map((flag) => as(flag))));
        const expected = lists.map((list) => list.flatMap((flag, i) => (flag === 1 ? [i] : [])));
        expect(dataset.task).toBe("multiLabel");
        expect(dataset.labels).toEqual(lists[0]!.map((_, i) => String(i)));
        expect(answers(dataset)).toEqual(expected);
        expect(answers(dataset.take(1))).toEqual(expected.slice(0, 1));
        const named = lists[0]!.map((_, i) => `class ${i}`);
        expect(answers(dataset, named)).toEqual(expected);
      }),
      { seed: 1, numRuns: 100 },
    );
  });

  test("that may be either are refused with the way to say which", () => {
    const either = rows([
      [0, 1],
      [1, 0],
    ]);
    expect(() => either.labels).toThrow(/labelEncoding: multi-hot .* or indices/);
    expect(answers(withColumns(either, { labelEncoding: "multi-hot" }))).toEqual([[1], [0]]);
    expect(answers(withColumns(either, { labelEncoding: "indices" }))).toEqual([
      [0, 1],
      [0, 1],
    ]);
    expect(
      () =>
        rows([
          [0, 0, 1],
          [1, 0],
        ]).labels,
    ).toThrow(/differ in length/);
  });

  test("that are declared as floats, or are true and false, number no class: multi-hot at any width", () => {
    const floats = Dataset.fromRows([{ text: "a", labels: [0, 1] }], {
      features: { labels: { type: "list", items: { type: "float" } } },
    });
    expect(answers(floats)).toEqual([[1]]);
    expect(answers(rows([[false, true]]))).toEqual([[1]]);
  });

  test("as many as there are declared classes are multi-hot, and of those classes; others number them", () => {
    const names = ["joy", "fear", "anger"];
    const declared = (labels: Value[]) =>
      Dataset.fromRows(
        labels.map((list) => ({ text: "a", labels: list })),
        { features: { labels: { type: "list", items: { type: "classLabel", names } } } },
      );
    const flags = declared([
      [0, 1, 1],
      [0, 0, 0],
    ]);
    expect(flags.labels).toEqual(names);
    expect(answers(flags)).toEqual([[1, 2], []]);
    expect(answers(declared([[0, 1], [1], []]))).toEqual([[0, 1], [1], []]);
  });

  test("stay multi-hot beside rows without a label", () => {
    const some = rows([null, [0, 0, 1], [-1, -1, -1]]);
    expect(some.labels).toEqual(["0", "1", "2"]);
    expect(answers(some.select([1]))).toEqual([[2]]);
  });

  test("or other numbers of equal length that repeat one are refused: they number no set of classes", () => {
    const counts = rows([
      [0, 2, 0],
      [1, 0, 2],
    ]);
    expect(() => counts.labels).toThrow(/lists of 3 numbers that repeat some; give labelEncoding/);
  });

  test("with other numbers, of differing lengths or of one class each are class numbers", () => {
    expect(
      answers(
        rows([
          [0, 1, 2],
          [1, 2, 3],
        ]),
      ),
    ).toEqual([
      [0, 1, 2],
      [1, 2, 3],
    ]);
    expect(answers(rows([[0], [0, 1], []]))).toEqual([[0], [0, 1], []]);
    expect(answers(rows([[0], [1]]))).toEqual([[0], [1]]);
  });

  test("of another width than the classes, or with another number, are refused", () => {
    expect(() => rows([[0, 0, 1]]).targets(["a", "b"], "multiLabel")).toThrow(
      /lists of 3 numbers for 2 classes/,
    );
    const odd = withColumns(
      rows([
        [0, 0, 1],
        [0, 2, 0],
        [1, 0],
      ]),
      { labelEncoding: "multi-hot" },
    );
    expect(() => answers(odd.take(2))).toThrow(/row 1 .* has 2 in its list/);
    expect(() => answers(odd.select([2]))).toThrow(/a list of 2 numbers, where other rows have 3/);
  });
});

test("whole numbers beyond 2⁵³ are classes of their own, in numeric order", () => {
  const big = [9007199254740993n, 9007199254740992n, -9007199254740993n];
  const dataset = Dataset.fromRows(big.map((label) => ({ text: "a", label })));
  expect(dataset.labels).toEqual(["-9007199254740993", "9007199254740992", "9007199254740993"]);
  expect([...dataset.labelIds(dataset.labels)]).toEqual([2, 1, 0]);
});

test("NaN is a missing label: no class, and told of by its row", () => {
  const labels = [1, Number.NaN, 0];
  const dataset = Dataset.fromRows(labels.map((label) => ({ text: "a", label })));
  expect(dataset.labels).toEqual(["0", "1"]);
  expect(() => dataset.labelIds(["0", "1"])).toThrow(/row 1 .* has no label/);
});
