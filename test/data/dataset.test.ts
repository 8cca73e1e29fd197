import { describe, expect, test } from "vitest";
import { concatenate, Dataset } from "../../src/core/data/dataset.ts";
import type { Features } from "../../src/core/data/features.ts";
import type { Row } from "../../src/core/data/values.ts";
import { DataError } from "../../src/core/errors.ts";

const CLASSES = ["World", "Sports", "Business"];
const NEWS: Features = { text: { type: "string" }, label: { type: "classLabel", names: CLASSES } };

function news(labels: (number | null)[] = [2, 0, 1, 0]): Dataset {
  return Dataset.fromRows(
    labels.map((label, i) => ({ text: `text ${i}`, label })),
    { features: NEWS, source: "news" },
  );
}

function withLabels(values: Row["label"][]): Dataset {
  return Dataset.fromRows(
    values.map((label) => ({ text: "t", label: label! })),
    { source: "file" },
  );
}

describe("columns and rows", () => {
  test("read by name and position", () => {
    const dataset = news();
    expect(dataset.columns).toEqual(["text", "label"]);
    expect(dataset.column("label")).toEqual([2, 0, 1, 0]);
    expect(dataset.row(1)).toEqual({ text: "text 1", label: 0 });
    expect([...dataset].map((row) => row.label)).toEqual([2, 0, 1, 0]);
  });

  test("a column that isn't there is named together with those that are", () => {
    expect(() => news().column("lable")).toThrow(
      'news has no column "lable"; did you mean "label"? (columns: text, label)',
    );
    expect(() => news().texts(["title"])).toThrow(DataError);
    expect(() => news().selectColumns(["text", "x"])).toThrow('no column "x"');
    expect(() => news().withLabelColumn("y")).toThrow('no column "y"');
  });

  test("a row that isn't there is refused", () => {
    for (const i of [-1, 4, 0.5, Number.NaN]) expect(() => news().row(i)).toThrow(DataError);
    expect(() => news().select([0, 4])).toThrow("news has no row 4; rows are 0 to 3");
  });

  test("what a caller does to a column's values doesn't reach the dataset", () => {
    const dataset = news();
    dataset.column("label").fill(1);
    dataset.labels.pop();
    expect(dataset.column("label")).toEqual([2, 0, 1, 0]);
    expect(dataset.labels).toEqual(CLASSES);
  });
});

describe("views", () => {
  test("stack, and say so", () => {
    const view = news()
      .select([3, 2, 1, 0])
      .filter((row) => row.label !== 1)
      .take(2);
    expect(view.column("text")).toEqual(["text 3", "text 1"]);
    expect(view.source).toBe("news · 4 selected · filtered · first 2");
  });

  test("take: a share below 1, else a count, never more than there is", () => {
    expect(news().take(0.5).length).toBe(2);
    expect(news().take(1).length).toBe(1);
    expect(news().take(0).length).toBe(0);
    expect(news().take(0.05).source).toBe("news · first 5 %");
    for (const bad of [5, -1, 1.5, Number.NaN]) expect(() => news().take(bad)).toThrow(DataError);
  });

  test("map sets values over a row and keeps class names while ids fit", () => {
    const mapped = news().map((row) => ({ label: 0, length: String(row.text).length }));
    expect(mapped.row(3)).toEqual({ text: "text 3", label: 0, length: 6 });
    expect(mapped.features).toEqual({ ...NEWS, length: { type: "int" } });
    const named = news().map((row) => ({ label: CLASSES[Number(row.label)]! }));
    expect(named.column("label")).toEqual([2, 0, 1, 0]);
    expect(news().map(() => ({ label: "other" })).features.label).toEqual({ type: "string" });
  });

  test("renameColumn takes the label column along", () => {
    const renamed = news().withLabelColumn("label").renameColumn("label", "topic");
    expect(renamed.labelColumns).toEqual(["topic"]);
    expect(() => news().renameColumn("label", "text")).toThrow('already has a column "text"');
  });

  test("concatenate joins equal columns and refuses others", () => {
    const both = concatenate([news([0]), news([1, 2])]);
    expect(both.column("label")).toEqual([0, 1, 2]);
    expect(both.labels).toEqual(CLASSES);
    expect(() => concatenate([news([0]), news([1, -1]).select([1])]).labelIds(CLASSES)).toThrow(
      "row 1 of news (counting from 0) has label -1",
    );
    const chosen = concatenate([news().withLabelColumn("text").withTextColumns(["label"]), news()]);
    expect([chosen.labelColumns, chosen.textColumns]).toEqual([["text"], ["label"]]);
    const numbers = concatenate([withLabels([1]), withLabels([0.5])]);
    expect(numbers.features.label).toEqual({ type: "float" });
    expect(() => concatenate([news(), withLabels(["a"])])).toThrow('column "label" holds string in file but');
    expect(() => concatenate([news(), news().selectColumns(["text"])])).toThrow("other columns");
  });
});

describe("labels", () => {
  test("are the feature's class names, present or not", () => {
    expect(news([0, 0]).labels).toEqual(CLASSES);
  });

  test("else the distinct values: numbers by size, text by code unit", () => {
    expect(withLabels([10, 9, 2, 10, null]).labels).toEqual(["2", "9", "10"]);
    expect(withLabels(["b", "B", "a", "é", ""]).labels).toEqual(["B", "a", "b", "é"]);
    expect(withLabels([true, false]).labels).toEqual(["false", "true"]);
  });

  test("decimals and objects are no classes", () => {
    expect(() => withLabels([0.5, 1]).labels).toThrow("decimals such as 0.5");
    expect(() => withLabels([{ a: 1 }]).labels).toThrow("objects or lists");
  });

  test("the label column: set, usual, or the only one with class names", () => {
    const rows = [{ text: "a", topic: 0, other: "x" }];
    const features: Features = { topic: { type: "classLabel", names: ["x"] } };
    expect(Dataset.fromRows(rows, { features }).labelColumns).toEqual(["topic"]);
    expect(Dataset.fromRows(rows).withLabelColumn("other").labels).toEqual(["x"]);
    expect(() => Dataset.fromRows(rows).labelColumns).toThrow("no label column; name the one to use");
  });

  test("ids follow the list asked for, by name", () => {
    expect([...news().labelIds(["Sports", "World", "Business"])]).toEqual([2, 1, 0, 1]);
    expect([...withLabels(["b", "a"]).labelIds(["a", "b"])]).toEqual([1, 0]);
    expect([...withLabels([7, 5]).labelIds(["5", "7"])]).toEqual([1, 0]);
  });

  test("numbers without names are indices into named classes, but not into numbered ones", () => {
    expect([...withLabels([2, 0]).labelIds(CLASSES)]).toEqual([2, 0]);
    expect(() => withLabels([0]).labelIds(["1", "2"])).toThrow('label "0"');
    expect(() => withLabels([3]).labelIds(CLASSES)).toThrow(
      'label "3", which is not among the classes: World',
    );
    expect(() => withLabels(["0"]).labelIds(CLASSES)).toThrow('label "0"');
  });

  test("a wrong label is reported with its row in the file, also through views", () => {
    const shuffled = news([0, -1, 1]).select([2, 1]);
    expect(() => shuffled.labelIds(CLASSES)).toThrow(
      "row 1 of news (counting from 0) has label -1, which marks a row without a label",
    );
    const mapped = news([0, null, 1])
      .select([2, 1])
      .map(() => ({ extra: 1 }));
    expect(() => mapped.labelIds(CLASSES)).toThrow("row 1 of news (counting from 0) has no label");
    expect(() => news().labelIds(["World", "Sports"])).toThrow(
      'row 0 of news (counting from 0) has label "Business" (2), which is not among the classes: World, Sports',
    );
  });
});

describe("texts", () => {
  const columnsOf = (row: Row) => Dataset.fromRows([row]).textColumns;

  test("are found by the usual names, pairs first", () => {
    expect(columnsOf({ label: 1, text: "a", title: "b" })).toEqual(["text"]);
    expect(columnsOf({ text: "a", hypothesis: "h", premise: "p" })).toEqual(["premise", "hypothesis"]);
    expect(columnsOf({ sentence: "a", question: "q" })).toEqual(["question", "sentence"]);
    expect(columnsOf({ sentence: "a" })).toEqual(["sentence"]);
    expect(columnsOf({ headline: "a", label: 0 })).toEqual(["headline"]);
    expect(columnsOf({ label: "good", headline: "a" })).toEqual(["headline"]);
  });

  test("can't be guessed among several columns of text", () => {
    expect(() => columnsOf({ headline: "a", author: "b" })).toThrow(
      "rows has no text column; name the one to use (columns: headline, author)",
    );
  });

  test("are given column by column; a missing one is empty", () => {
    const pairs = Dataset.fromRows([
      { premise: "a", hypothesis: null },
      { premise: "b", hypothesis: "c" },
    ]);
    expect(pairs.texts()).toEqual([
      ["a", "b"],
      ["", "c"],
    ]);
    expect(pairs.texts(["hypothesis"])).toEqual([["", "c"]]);
    expect(() => news().texts(["label"])).toThrow("holds classes, not text");
    expect(pairs.withTextColumns(["hypothesis"]).texts()).toEqual([["", "c"]]);
    expect(() => pairs.withTextColumns(["hypothesi"])).toThrow('did you mean "hypothesis"?');
  });
});

describe("fingerprint", () => {
  test("depends on the contents and on nothing else", () => {
    const dataset = news();
    expect(dataset.fingerprint).toMatch(/^[0-9a-f]{64}$/);
    const again = Dataset.fromRows([...dataset], { features: dataset.features, source: "elsewhere" });
    expect(again.fingerprint).toBe(dataset.fingerprint);
    expect(dataset.select([3, 2, 1, 0]).select([3, 2, 1, 0]).fingerprint).toBe(dataset.fingerprint);
  });

  test("differs for other rows, orders, names and classes", () => {
    const variants = [
      news(),
      news().take(3),
      news().select([1, 0, 2, 3]),
      news().renameColumn("text", "body"),
      news().map((row) => ({ text: `${row.text} ` })),
      Dataset.fromRows([...news()]),
      Dataset.fromRows([{ a: "x\ny" }]),
      Dataset.fromRows([{ a: "x" }, { a: "y" }]),
      Dataset.fromRows([{ a: "1" }]),
      Dataset.fromRows([{ a: 1 }]),
      Dataset.fromRows([{ a: 1n }]),
      Dataset.fromRows([{ a: "x", b: "" }]),
      Dataset.fromRows([{ a: "", b: "x" }]),
    ];
    expect(new Set(variants.map((variant) => variant.fingerprint)).size).toBe(variants.length);
  });
});
