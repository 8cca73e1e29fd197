import { describe, expect, test } from "vitest";
import {
  absentClasses,
  classesWithoutRows,
  conflictingLabels,
  imbalance,
  joinedLabels,
  missingLabels,
  negativeLabel,
  oneClassSplit,
  sortedByLabel,
  unshuffledSlice,
} from "../../src/core/findings/label-checks.ts";
import { labels, split } from "./facts.ts";

const sorted = { rows: 200, labels: { ...labels({ neg: 100, pos: 100 }), grouped: true } };

describe("one class only", () => {
  test("is found, with its cause where that is known", () => {
    expect(oneClassSplit(split({ labels: labels({ neg: 1250, pos: 0 }) }))).toMatchObject({
      code: "one-class-split",
      severity: "warning",
      found: "train has 1,250 rows, all labelled “neg”.",
    });
    const cut = oneClassSplit(split({ labels: labels({ neg: 10 }), cutFrom: sorted }));
    expect(cut!.found).toBe(
      "train has 10 rows, all labelled “neg”: a slice of 200 rows that are sorted by class.",
    );
  });

  test("is not found among two, or where there are no labels", () => {
    expect(oneClassSplit(split({ labels: labels({ neg: 1249, pos: 1 }) }))).toBeUndefined();
    expect(oneClassSplit(split({ labels: undefined }))).toBeUndefined();
  });
});

describe("a slice of sorted rows", () => {
  test("is found where its classes are not those of the whole", () => {
    expect(unshuffledSlice(split({ labels: labels({ neg: 100, pos: 20 }), cutFrom: sorted }))).toMatchObject({
      code: "unshuffled-slice",
      severity: "warning",
      found: expect.stringContaining("“neg” makes up 83.3% of it and 50.0% of all rows"),
    });
    // Class names need not be in both.
    expect(unshuffledSlice(split({ labels: labels({ neg: 50 }), cutFrom: sorted }))).toBeDefined();
  });

  test("is not found where rows were shuffled first, or the file is not sorted", () => {
    expect(unshuffledSlice(split({ labels: labels({ neg: 52, pos: 48 }), cutFrom: sorted }))).toBeUndefined();
    const mixed = { ...sorted, labels: labels({ neg: 100, pos: 100 }) };
    expect(unshuffledSlice(split({ labels: labels({ neg: 10 }), cutFrom: mixed }))).toBeUndefined();
    expect(unshuffledSlice(split({ labels: labels({ neg: 10 }) }))).toBeUndefined();
  });
});

test("rows sorted by class are noted, once", () => {
  const facts = split({ labels: sorted.labels });
  expect(sortedByLabel(facts)).toMatchObject({ code: "sorted-by-label", severity: "note" });
  expect(sortedByLabel({ ...facts, cutFrom: sorted })).toBeUndefined();
  expect(sortedByLabel(split({ labels: labels({ neg: 100, pos: 100 }) }))).toBeUndefined();
});

describe("classes that one split lacks", () => {
  const of = (counts: Record<string, number>, name: string) => split({ name, labels: labels(counts) });
  const codes = (train: Record<string, number>, test: Record<string, number>) =>
    absentClasses(of(train, "train"), of(test, "test")).map(({ code, severity }) => [code, severity]);

  test("are found on either side", () => {
    expect(codes({ a: 1, b: 1, c: 1 }, { a: 1, b: 1, c: 0 })).toEqual([["class-absent", "warning"]]);
    expect(codes({ a: 1, b: 1 }, { a: 1, b: 1, c: 1 })).toEqual([["class-not-trained", "warning"]]);
    expect(codes({ a: 1, b: 1, c: 1 }, { b: 1, c: 1, d: 1 })).toHaveLength(2);
    const [finding] = absentClasses(of({ a: 1, b: 1, c: 1, d: 1 }, "train"), of({ a: 1, b: 1 }, "test"));
    expect(finding!.found).toBe("test has no row of the classes “c”, “d”, which train has.");
  });

  test("are not found where both have all, or one has a single class (another finding says so)", () => {
    expect(codes({ a: 1, b: 1 }, { a: 9, b: 1 })).toEqual([]);
    expect(codes({ a: 1, b: 1 }, { a: 1 })).toEqual([]);
  });
});

describe("imbalance", () => {
  test.each([
    [{ ham: 90, spam: 10 }, "warning"],
    [{ ham: 80, spam: 20 }, "warning"],
    [{ a: 300, b: 300, c: 10 }, "note"],
  ])("%o is a %s", (counts, severity) => {
    expect(imbalance(split({ labels: labels(counts) }))).toMatchObject({ code: "imbalance", severity });
  });

  test("names the majority baseline", () => {
    const { found, why } = imbalance(split({ labels: labels({ ham: 90, spam: 10 }) }))!;
    expect(found).toBe(
      "In train the most frequent class, “ham”, has 90 rows (90.0%), and the rarest, “spam”, 10.",
    );
    expect(why).toContain("already right in 90.0% of the rows");
  });

  test.each<Record<string, number>>([
    { a: 79, b: 21 },
    { a: 100, b: 80, c: 6 },
    { a: 5, b: 0 },
  ])("%o is none", (counts) => {
    expect(imbalance(split({ labels: labels(counts) }))).toBeUndefined();
  });
});

test("missing labels warn; a split without any is noted", () => {
  const some = split({ labels: { ...labels({ a: 5, b: 4 }), missing: 1 } });
  expect(missingLabels(some)).toMatchObject({
    code: "missing-labels",
    severity: "warning",
    found: "train has 1 row without a label (an empty cell or −1), of 10.",
  });
  const all = split({ name: "unsupervised", labels: { ...labels({ a: 0, b: 0 }), missing: 10 } });
  expect(missingLabels(all)).toMatchObject({ severity: "note" });
  expect(missingLabels(split({}))).toBeUndefined();
});

test("−1 among whole numbers is noted, but not as one of the poles of a scale", () => {
  const found = (...names: string[]) =>
    negativeLabel(split({ labels: { names, counts: names.map(() => 5), missing: 0, grouped: false } }));
  expect(found("-1", "0", "1")).toMatchObject({
    code: "negative-label",
    severity: "note",
    found: "train has 5 rows with the label −1, taken for a class of its own.",
  });
  expect(found("-1", "1")).toBeUndefined();
  expect(found("-2", "-1", "0", "1")).toBeUndefined();
  expect(found("0", "1", "2")).toBeUndefined();
});

test("one text with several labels", () => {
  const duplicates = {
    ...split({}).duplicates,
    conflictingTexts: 1,
    conflictingRows: 2,
    conflicts: [{ rows: [3, 17] as [number, number], text: "Good\n film" }],
  };
  expect(conflictingLabels(split({ duplicates, labels: labels({ a: 50, b: 50 }) }))).toMatchObject({
    code: "conflicting-labels",
    severity: "warning",
    found: "train has 1 text with different labels, in 2 rows, such as rows 3 and 17: “Good film”.",
  });
  expect(conflictingLabels(split({ duplicates, labels: labels({ a: 500, b: 500 }) }))!.severity).toBe("note");
  expect(conflictingLabels(split({}))).toBeUndefined();
});

describe("cells of several classes that were taken for one", () => {
  test("are found where their parts are classes too", () => {
    const counts = { fruit: 5, "fruit|tool": 3, tool: 4, "tool | animal": 1, animal: 2 };
    expect(joinedLabels(split({ labels: labels(counts) }))).toMatchObject({
      code: "joined-labels",
      severity: "warning",
      found: "2 classes of train are made of others: “fruit|tool”, for one, of the classes “fruit”, “tool”.",
      advice: expect.stringContaining('labelSeparator "|"'),
    });
  });

  test("are not found in names that hold a separator, or where the separator is known", () => {
    expect(joinedLabels(split({ labels: labels({ World: 5, "Sci/Tech": 5 }) }))).toBeUndefined();
    expect(joinedLabels(split({ labels: labels({ rock: 5, pop: 5, "rock/pop": 5 }) }))).toBeUndefined();
    const names = labels({ a: 5, b: 5, "a|b": 5, "b|a": 5 });
    const sets = { rowsBySize: [0, 20], together: [] };
    expect(joinedLabels(split({ labels: { ...names, sets } }))).toBeUndefined();
  });
});

test("classes of the model that no row has are noted", () => {
  const train = split({ labels: labels({ a: 5, b: 5, rare: 0, never: 0 }) });
  const other = split({ name: "heldOut", labels: labels({ a: 2, b: 2, rare: 1, never: 0 }) });
  expect(classesWithoutRows([train, other])).toMatchObject({
    code: "class-without-rows",
    severity: "note",
    found: "No row is of the class “never”, which is one of the model's 4.",
  });
  expect(absentClasses(train, other).map(({ code }) => code)).toEqual(["class-not-trained"]);
  expect(classesWithoutRows([split({})])).toBeUndefined();
  expect(classesWithoutRows([split({ labels: undefined })])).toBeUndefined();
});
