import fc from "fast-check";
import { expect, test } from "vitest";
import { Dataset } from "../../src/core/data/dataset.ts";
import { cellOf, jsonOf, showValue, type Value } from "../../src/core/data/values.ts";

test("JSON of a value keeps every digit of whole numbers, and is JSON.stringify's of all else", () => {
  expect(jsonOf([9007199254740993n, { id: -9007199254740993n }])).toBe(
    '[9007199254740993,{"id":-9007199254740993}]',
  );
  fc.assert(
    fc.property(fc.jsonValue(), (value) => jsonOf(value as Value) === JSON.stringify(value)),
    { seed: 5, numRuns: 200 },
  );
  expect(showValue("x".repeat(1000)).length).toBe(80);
});

test("a row lacks columns that are only called like properties of every object", () => {
  expect(["constructor", "toString", "__proto__", "text"].map((name) => cellOf({ text: "a" }, name))).toEqual(
    [null, null, null, "a"],
  );
});

test("whole numbers of any size among labels are told in messages, never as a failure of JSON", () => {
  const huge = 2n ** 63n - 1n;
  const of = (...labels: Value[]) => Dataset.fromRows(labels.map((label) => ({ text: "a", label })));
  expect(() => of(huge).labelIds(["a"])).toThrow(`has label "${huge}"`);
  expect(() => of([1], huge).targets(["1"], "multiLabel")).toThrow(`has label ${huge}, where other rows`);
  expect(of([huge], [huge - 1n]).labels).toEqual([`${huge - 1n}`, `${huge}`]);
  expect(of(huge, 1).concat([of(huge - 1n)]).labels).toEqual(["1", `${huge - 1n}`, `${huge}`]);
  expect(of(huge).fingerprint).not.toBe(of(huge - 1n).fingerprint);
});
