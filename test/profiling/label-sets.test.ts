import { writeFileSync } from "node:fs";
import { join } from "node:path";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { descriptionFindings } from "../../src/core/findings/description-findings.ts";
import { Dataset, describeDataset } from "../../src/index.ts";
import { folderWith } from "../data/folder.ts";

const rows = [
  { text: "a first text", labels: ["joy", "love"] },
  { text: "a second text", labels: ["joy"] },
  { text: "a third text", labels: [] },
  { text: "a fourth text", labels: ["love", "joy"] },
  { text: "a first text", labels: ["love", "joy"] },
  { text: "a second text", labels: ["anger"] },
];
const names = ["anger", "joy", "love"];
const expected = {
  names,
  counts: [1, 4, 3],
  missing: 0,
  grouped: false,
  sets: { rowsBySize: [1, 2, 3], together: [{ labels: ["joy", "love"], rows: 3 }] },
};

describe("rows of any number of classes", () => {
  const lines = rows.map((row) => JSON.stringify(row)).join("\n");
  const joined = rows.map(({ text, labels }) => `${text},${labels.join("|")}`).join("\n");
  const flags = rows.map(({ text, labels }) => [text, ...names.map((name) => Number(labels.includes(name)))]);

  test("are counted alike in lists, separated text, and columns of 0 and 1", async () => {
    const folder = folderWith({
      "lists.jsonl": lines,
      "joined.csv": `text,labels\n${joined}\n`,
      "flags.csv": `text,${names.join(",")}\n${flags.join("\n")}\n`,
    });
    const described = [
      await describeDataset(join(folder, "lists.jsonl")),
      await describeDataset(join(folder, "joined.csv"), { labelSeparator: "|" }),
      await describeDataset(join(folder, "flags.csv"), { labelColumns: names }),
      await describeDataset(Dataset.fromRows(rows)),
    ];
    for (const { splits } of described) {
      const [split] = splits;
      expect(split!.labels).toMatchObject(expected);
      // The first text comes twice with the same set, the second with two.
      expect(split!.duplicates).toMatchObject({ conflictingTexts: 1, conflictingRows: 2 });
      expect(split!.samples.map(({ label, rows }) => [label, rows.length])).toEqual([
        ["anger", 1],
        ["joy", 3],
        ["love", 3],
        [undefined, 1],
      ]);
    }
    expect(described[2]!.splits[0]!.labelColumns).toEqual(names);
    const conflict = descriptionFindings(described[0]!).find(({ code }) => code === "conflicting-labels");
    expect(conflict!.found).toContain("1 text with different sets of classes");
  });

  test("a class that a row names twice counts once", async () => {
    const dataset = Dataset.fromRows([
      { text: "a first text", labels: ["joy", "joy"] },
      { text: "a second text", labels: ["joy", "love"] },
    ]);
    const [split] = (await describeDataset(dataset)).splits;
    expect(split!.labels).toMatchObject({ counts: [2, 1], sets: { rowsBySize: [0, 1, 1] } });
    const rows = split!.samples.map(({ label, rows }) => [label, rows.map(({ row }) => row).sort()]);
    expect(rows).toEqual([
      ["joy", [0, 1]],
      ["love", [1]],
    ]);
  });

  test("of a slice are those of the whole file too", async () => {
    const sorted = Array.from({ length: 60 }, (_, i) => ({
      text: `text ${i}`,
      labels: [i < 30 ? "a" : "b"],
    }));
    const path = join(folderWith(), "sorted.jsonl");
    writeFileSync(path, sorted.map((row) => JSON.stringify(row)).join("\n"));
    const description = await describeDataset(path, { split: "train[:25%]" });
    expect(description.splits[0]!.cutFrom).toMatchObject({
      rows: 60,
      labels: { counts: [30, 30], grouped: true, sets: { rowsBySize: [0, 60] } },
    });
    expect(descriptionFindings(description).map(({ code }) => code)).toContain("one-class-split");
  });

  test("what is missing is counted, and what is no label is said", async () => {
    const path = (name: string, content: string) => join(folderWith({ [name]: content }), name);
    const flags = path("a.csv", "text,x,y\na,1,0\nb,-1,-1\nc,,1\nd,1, \n");
    const missing = await describeDataset(flags, { labelColumns: ["x", "y"] });
    expect(missing.splits[0]!.labels).toMatchObject({ counts: [1, 0], missing: 3 });
    const shares = await describeDataset(path("b.csv", "text,x,y\na,1,0\nb,0.5,1\n"), {
      labelColumns: ["x", "y"],
    });
    expect(shares.splits[0]!.labelProblem).toContain('"0.5" in "x", where 0 or 1 is expected');
    const nested = await describeDataset(path("c.jsonl", '{"text":"a","labels":[["x"]]}\n'));
    expect(nested.splits[0]!.labelProblem).toBe("a list holds something else than classes");
  });

  test("property: counts are those of a plain count", async () => {
    const sets = fc.array(fc.subarray(names), { minLength: 1, maxLength: 20 });
    await fc.assert(
      fc.asyncProperty(sets, async (labels) => {
        const dataset = Dataset.fromRows(labels.map((own, i) => ({ text: `t ${i}`, labels: own })));
        const found = (await describeDataset(dataset)).splits[0]!.labels!;
        const count = (...wanted: string[]) =>
          labels.filter((own) => wanted.every((name) => own.includes(name))).length;
        for (const [i, name] of found.names.entries()) expect(found.counts[i]).toBe(count(name));
        for (const [size, rows] of found.sets!.rowsBySize.entries()) {
          expect(rows).toBe(labels.filter((own) => own.length === size).length);
        }
        for (const { labels: pair, rows } of found.sets!.together) expect(rows).toBe(count(...pair));
      }),
      { numRuns: 40, seed: 2 },
    );
  });
});
