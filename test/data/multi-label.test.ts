import { readFileSync } from "node:fs";
import { join } from "node:path";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { Dataset } from "../../src/core/data/dataset.ts";
import { featuresFromParquet } from "../../src/core/data/hf-features.ts";
import { sameAnswer, type Targets } from "../../src/core/data/targets.ts";
import type { Value } from "../../src/core/data/values.ts";
import { loadDataset } from "../../src/node/data/load-dataset.ts";
import { withOwnHubSettings } from "../hub/environment.ts";
import { startHub } from "../hub/hub-server.ts";
import { folderWith } from "./folder.ts";

withOwnHubSettings();

const fixture = (name: string) => new URL(`../fixtures/data/${name}`, import.meta.url);
const answers = (targets: Targets) => Array.from({ length: targets.rows }, (_, row) => targets.answer(row));

/** What test/reference/data_multi_label.py wrote. */
const NAMES = ["joy", "anger", "gratitude"];
const LABELS = [[0], [0, 2], [], [1], [2]];

async function read(name: string, content: string): Promise<Dataset> {
  return (await loadDataset(join(folderWith({ [name]: content }), name))).train;
}

describe("lists of classes are read from", () => {
  test("Parquet with Hugging Face's class names", async () => {
    const { train } = await loadDataset(fixture("multi-label-datasets.parquet").pathname);
    expect(train.task).toBe("multiLabel");
    expect(train.labels).toEqual(NAMES);
    expect(answers(train.targets(train.labels, "multiLabel"))).toEqual(LABELS);
    // Another order of the classes, as a saved model may have it.
    const turned = train.targets(["gratitude", "anger", "joy"], "multiLabel");
    expect(answers(turned)).toEqual([[2], [0, 2], [], [1], [0]]);
  });

  test("Parquet with names of text", async () => {
    const { train } = await loadDataset(fixture("multi-label-pyarrow.parquet").pathname);
    expect(train.labels).toEqual(["anger", "gratitude", "joy"]);
    expect(answers(train.targets(NAMES, "multiLabel"))).toEqual(LABELS);
  });

  test("a hub dataset whose README names the classes", async () => {
    const card = (key: string) => `---
dataset_info:
  features:
  - name: text
    dtype: string
  - name: labels
    ${key}:
      class_label:
        names:
          '0': joy
          '1': anger
          '2': gratitude
---
`;
    const revisions = (key: string) => ({
      main: {
        "README.md": card(key),
        "data/train.parquet": readFileSync(fixture("multi-label-ids.parquet")),
      },
    });
    for (const key of ["sequence", "list"]) {
      const name = `someone/emotions-${key}`;
      const repo = {
        type: "dataset" as const,
        name,
        revisions: revisions(key),
        large: ["data/train.parquet"],
      };
      const { train } = await loadDataset(name, { endpoint: (await startHub([repo])).url });
      expect(train.labels).toEqual(NAMES);
      expect(answers(train.targets(NAMES, "multiLabel"))).toEqual(LABELS);
    }
  });

  test.each([
    '{"feature": {"names": ["a", "b"], "_type": "ClassLabel"}, "length": -1, "_type": "Sequence"}',
    '{"feature": {"names": ["a", "b"], "_type": "ClassLabel"}, "_type": "List"}',
    '[{"names": ["a", "b"], "_type": "ClassLabel"}]',
  ])("features written as %s", (feature) => {
    const features = featuresFromParquet(`{"info": {"features": {"labels": ${feature}}}}`);
    expect(features).toEqual({ labels: { type: "list", items: { type: "classLabel", names: ["a", "b"] } } });
  });

  test("JSON Lines with names", async () => {
    const rows = LABELS.map((ids, i) => ({ text: `text ${i}`, labels: ids.map((id) => NAMES[id]) }));
    const train = await read("rows.jsonl", rows.map((row) => JSON.stringify(row)).join("\n"));
    expect(train.task).toBe("multiLabel");
    expect(train.labels).toEqual(["anger", "gratitude", "joy"]);
    expect(answers(train.targets(NAMES, "multiLabel"))).toEqual(LABELS);
    expect(train.targets(NAMES, "multiLabel").counts()).toEqual([2, 1, 2]);
    expect(train.targets(NAMES, "multiLabel").rowsBySize()).toEqual([1, 3, 1]);
  });

  test("JSON with whole numbers, which are classes of their own or indices of a model's", async () => {
    const train = await read("rows.json", JSON.stringify(LABELS.map((labels) => ({ text: "a", labels }))));
    expect(train.labels).toEqual(["0", "1", "2"]);
    expect(answers(train.targets(["0", "1", "2"], "multiLabel"))).toEqual(LABELS);
    expect(answers(train.targets(NAMES, "multiLabel"))).toEqual(LABELS);
  });

  test("text cells with a separator; an empty cell is of no class", async () => {
    const train = await read("rows.csv", "text,tags\na,joy\nb,joy | gratitude\nc,\nd,anger\ne,gratitude|\n");
    const tagged = train.withLabelColumn("tags", { separator: "|" });
    expect([tagged.task, tagged.labels]).toEqual(["multiLabel", ["anger", "gratitude", "joy"]]);
    expect(answers(tagged.targets(NAMES, "multiLabel"))).toEqual(LABELS);
    const numbers = await read("rows.csv", "text,tags\na,1\nb,\nc,2\n");
    expect(numbers.withLabelColumn("tags", { separator: "|" }).labels).toEqual(["1", "2"]);
  });

  test("columns of 0 and 1", async () => {
    const train = await read("rows.csv", "text,joy,anger\na,1,0\nb,0,0\nc,1,1\n");
    const flagged = train.withLabelColumns(["anger", "joy"]);
    expect([flagged.task, flagged.labels, flagged.textColumns]).toEqual([
      "multiLabel",
      ["anger", "joy"],
      ["text"],
    ]);
    expect(answers(flagged.targets(["anger", "joy"], "multiLabel"))).toEqual([[1], [], [0, 1]]);
    expect(
      answers(flagged.shuffle({ seed: 1 }).select([0]).targets(["joy", "anger"], "multiLabel")),
    ).toHaveLength(1);
    const booleans = Dataset.fromRows([{ text: "a", x: true, y: false }]).withLabelColumns(["x", "y"]);
    expect(answers(booleans.targets(["x", "y"], "multiLabel"))).toEqual([[0]]);
    expect(flagged.renameColumn("joy", "delight").labels).toEqual(["anger", "delight"]);
  });

  test("a column of single classes, where the task says so", () => {
    const single = Dataset.fromRows([
      { text: "a", label: "x" },
      { text: "b", label: "y" },
    ]);
    expect(single.task).toBe("singleLabel");
    expect(answers(single.targets(["x", "y"], "multiLabel"))).toEqual([[0], [1]]);
  });
});

describe("one line says what is wrong, and where", () => {
  const of = (rows: Record<string, Value>[]) => Dataset.fromRows(rows, { source: "posts" });
  const lists = (...labels: Value[]) => of(labels.map((value) => ({ text: "a", labels: value })));

  test.each<[string, () => unknown, string]>([
    [
      "an unknown class",
      () => lists(["x"], ["z"]).targets(["x", "y"], "multiLabel"),
      'row 1 of posts (counting from 0) has label "z", which is not among the classes',
    ],
    [
      "a missing list",
      () => lists(["x"], null).targets(["x", "y"], "multiLabel"),
      "row 1 of posts (counting from 0) has no label",
    ],
    [
      "a missing item",
      () => lists(["x"], ["x", null]).targets(["x", "y"], "multiLabel"),
      "row 1 of posts (counting from 0) has a list with an empty class",
    ],
    [
      "no list among lists",
      () => lists(["x"], "y").labels,
      'row 1 of posts (counting from 0) has label "y", where other rows have a list of classes; write ["y"]',
    ],
    [
      "an object among lists",
      () => lists(["x"], { x: 1 }).labels,
      "where other rows have a list of classes; correct the row",
    ],
    [
      "a column for some of the classes",
      () =>
        of([{ a: 0, b: 1 }])
          .withLabelColumns(["a", "b"])
          .targets(["a", "b", "c"], "multiLabel"),
      "posts has no label column for c; labelColumns are those of all classes: a, b, c",
    ],
    [
      "several classes in a cell",
      () => of([{ label: "a | b" }]).targets(["a", "b", "c"], "multiLabel"),
      'has label "a | b", which is not among the classes: a, b, c; cells of several classes need labelSeparator "|"',
    ],
    ["decimals", () => lists([0.5]).labels, 'column "labels" of posts holds decimals such as 0.5'],
    [
      "lists of lists",
      () => lists([["x"]]).labels,
      'column "labels" of posts holds objects or lists of lists',
    ],
    [
      "lists for one class a row",
      () => lists(["x"]).labelIds(["x", "y"]),
      "row 0 of posts (counting from 0) has a list of classes where one class is expected; for several classes a row give task: multiLabel",
    ],
    [
      "−1 among 0 and 1",
      () =>
        of([
          { a: 0, b: 1 },
          { a: 0, b: -1 },
        ]).withLabelColumns(["a", "b"]).labels,
      'row 1 of posts (counting from 0) has -1 in "b", which marks a row without a label, where 0 or 1 is expected',
    ],
    [
      "a share",
      () => of([{ a: 0.4, b: 1 }]).withLabelColumns(["a", "b"]).labels,
      'row 0 of posts (counting from 0) has 0.4 in "a", where 0 or 1 is expected',
    ],
    [
      "an empty cell",
      () => of([{ a: 0, b: null }]).withLabelColumns(["a", "b"]).labels,
      'has no value in "b"',
    ],
    ["one column", () => of([{ a: 0 }]).withLabelColumns(["a"]), "one column of 0 and 1"],
    ["a column twice", () => of([{ a: 0 }]).withLabelColumns(["a", "a"]), "is named twice"],
    [
      "a list to split",
      () => lists(["x"]).withLabelColumn("labels", { separator: "|" }).labels,
      "row 0 of posts (counting from 0) has a list or an object, not text to split",
    ],
  ])("%s", (_, read, message) => {
    expect(read).toThrow(message);
  });
});

test("what is written as sets is read as the same sets, in any form", async () => {
  const classes = ["a", "b", "c", "d"];
  const sets = fc.array(fc.subarray([0, 1, 2, 3]), { minLength: 1, maxLength: 12 });
  await fc.assert(
    fc.asyncProperty(sets, async (expected) => {
      const rows = expected.map((ids) => ({
        text: "a",
        names: ids.map((id) => classes[id]!),
        joined: ids.map((id) => classes[id]!).join(";"),
        ...Object.fromEntries(classes.map((name, id) => [name, ids.includes(id) ? 1 : 0])),
      }));
      const dataset = Dataset.fromRows(rows);
      const forms = [
        dataset.withLabelColumn("names"),
        dataset.withLabelColumn("joined", { separator: ";" }),
        dataset.withLabelColumns(classes),
      ];
      for (const form of forms) {
        const read = answers(form.targets(classes, "multiLabel"));
        expect(read.every((answer, row) => sameAnswer(answer, expected[row]!))).toBe(true);
      }
    }),
    { numRuns: 50, seed: 1 },
  );
});
