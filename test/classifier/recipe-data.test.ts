import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { expect, test } from "vitest";
import { loadRecipe, parseRecipe } from "../../src/app/recipes/recipe.ts";
import { loadRecipeData } from "../../src/app/recipes/recipe-data.ts";
import { ConfigError } from "../../src/core/errors.ts";
import { folderWith } from "../data/folder.ts";

const rows = Array.from({ length: 10 }, (_, i) => `text ${i},${i % 2}`).join("\n");
const file = `text,label\n${rows}\n`;

test("only the splits that a recipe names are read", async () => {
  const dataset = folderWith({
    "train.csv": file,
    "test.csv": file,
    "validation.csv": "text,label\nragged\n",
  });
  const recipe = (evaluate?: string[]) => parseRecipe({ dataset, model: "unused", evaluate });
  const { train, evaluate } = await loadRecipeData(recipe(["test", "train[:2]"]));
  expect([train.length, evaluate.test!.length, evaluate["train[:2]"]!.length]).toEqual([10, 10, 2]);
  await expect(loadRecipeData(recipe())).rejects.toThrow("validation.csv line 2 has 1 cells");
  await expect(loadRecipeData(recipe(["tset"]))).rejects.toThrow('no split "tset"; did you mean "test"?');
});

test("where a dataset has nothing to evaluate on, rows of train are held out", async () => {
  const recipe = parseRecipe({ dataset: folderWith({ "train.csv": file }), model: "unused" });
  const { train, evaluate } = await loadRecipeData(recipe);
  expect(Object.keys(evaluate)).toEqual(["heldOut"]);
  const { heldOut } = evaluate;
  expect([train.length, heldOut!.length]).toEqual([8, 2]);
  expect(train.column("text")).not.toEqual(expect.arrayContaining(heldOut!.column("text")));
});

test("every class is held out in its share, whatever the seed; with a note where a class has one row", async () => {
  const lines = Array.from({ length: 60 }, (_, i) => `text ${i},${["a", "b", "b", "c", "c", "c"][i % 6]}`);
  const dataset = folderWith({ "train.csv": ["text,label", ...lines].join("\n") });
  const rare = folderWith({ "train.csv": ["text,label", ...lines, "rare text,rare"].join("\n") });
  for (let seed = 0; seed < 5; seed++) {
    const { evaluate, labels, findings } = await loadRecipeData(
      parseRecipe({ dataset, model: "unused", seed }),
    );
    expect(evaluate.heldOut!.targets(labels, "singleLabel").counts()).toEqual([2, 4, 6]);
    expect(evaluate.heldOut!.source).toContain("stratified by label");
    expect(findings).toEqual([]);
    const fallen = await loadRecipeData(parseRecipe({ dataset: rare, model: "unused", seed }));
    expect(fallen.evaluate.heldOut!.length).toBe(13);
    expect(fallen.findings).toMatchObject([{ code: "not-stratified", severity: "note" }]);
    expect(fallen.findings[0]!.found).toContain('class "rare" of column "label"');
  }
});

test("a row of empty cells is no class, and leaves the others stratified", async () => {
  const dataset = folderWith({ "train.csv": `${file.replaceAll(",0", ",no").replaceAll(",1", ",yes")},\n` });
  const data = await loadRecipeData(parseRecipe({ dataset, model: "unused", dropEmpty: true }));
  expect([data.labels, data.findings]).toEqual([["no", "yes"], []]);
  expect(data.train.length + data.evaluate.heldOut!.length).toBe(11);
});

const jsonl = (rows: object[]) => rows.map((row) => JSON.stringify(row)).join("\n");
const glue = (labels: (number | null)[]) =>
  jsonl(labels.map((label, i) => ({ sentence: `row ${i}`, label })));
const glueCard = `---
dataset_info:
  features:
  - name: sentence
    dtype: string
  - name: label
    dtype:
      class_label:
        names:
          '0': negative
          '1': positive
---
`;
const everyClass = [0, 1, 0, 1, 0, 1, 0, 1, 0, 1];

test("a test split without labels is read, and rows are held out where there is no other to score", async () => {
  const unlabelled = {
    "-1 of a card's classes": { "README.md": glueCard, "test.jsonl": glue([-1, -1]) },
    "-1 of plain numbers": { "test.jsonl": glue([-1, -1]) },
    nulls: { "test.jsonl": glue([null, null]) },
    "no such column": { "test.jsonl": jsonl([{ sentence: "row" }]) },
  };
  for (const [name, files] of Object.entries(unlabelled)) {
    const train = { "train.jsonl": glue(everyClass) };
    const alone = folderWith({ ...train, ...files });
    const data = await loadRecipeData(parseRecipe({ dataset: alone, model: "unused" }));
    expect(Object.keys(data.evaluate), name).toEqual(["test", "heldOut"]);
    expect(data.evaluate.test!.unlabelledRows(data.labels), name).toHaveLength(data.evaluate.test!.length);
    const dataset = folderWith({ ...train, ...files, "validation.jsonl": glue(everyClass) });
    const { evaluate } = await loadRecipeData(parseRecipe({ dataset, model: "unused" }));
    expect(Object.keys(evaluate), name).toEqual(["validation", "test"]);
  }
});

test("classes are those of the whole file, whichever rows are held out", async () => {
  const dataset = folderWith({ "train.csv": `${file}rare text,rare\n` });
  for (let seed = 0; seed < 10; seed++) {
    const recipe = parseRecipe({ dataset, model: "unused", seed });
    const { labels, evaluate } = await loadRecipeData(recipe);
    expect(labels).toEqual(["0", "1", "rare"]);
    expect(evaluate.heldOut!.targets(labels, "singleLabel").rows).toBe(3);
  }
});

test("a recipe says what lists of 0 and 1 are", async () => {
  const lines = [
    [0, 1],
    [1, 0],
    [0, 1],
    [1, 0],
    [0, 1],
  ].map((labels, i) => JSON.stringify({ text: `${i}`, labels }));
  const dataset = folderWith({ "train.jsonl": lines.join("\n") });
  await expect(loadRecipeData(parseRecipe({ dataset, model: "unused" }))).rejects.toThrow("labelEncoding");
  const recipe = parseRecipe({ dataset, model: "unused", labelEncoding: "multi-hot" });
  const { train, labels } = await loadRecipeData(recipe);
  expect(train.targets(labels, "multiLabel").rowsBySize()).toEqual([0, 4]);
});

test("a recipe says how files are read, and what a run is called has no ending of theirs", async () => {
  const dataset = join(folderWith({ "mail.tsv.gz": gzipSync("pos|good\nneg|bad\n") }), "mail.tsv.gz");
  const { recipe, name } = await loadRecipe(undefined, {
    dataset,
    separator: "|",
    columns: ["label", "text"],
  });
  const { train, evaluate } = await loadRecipeData(recipe);
  expect(name).toBe("mail");
  expect([...train, ...evaluate.heldOut!].map(({ label, text }) => `${label} ${text}`).sort()).toEqual([
    ...["neg bad", "pos good"],
  ]);
});

test("a recipe that is too long or too deep is refused in one line", async () => {
  for (const [text, problem] of [
    ["a: 1\n".repeat(30_000), "it has 150000 characters, and at most 100000 are read"],
    ["[".repeat(5000), "it is nested too deeply"],
    [`${"a".repeat(50_000)}: 1\n`, "1024 chars"],
  ] as const) {
    const path = join(folderWith({ "bad.yaml": text }), "bad.yaml");
    const error = await loadRecipe(path).catch((error) => error);
    expect(error).toBeInstanceOf(ConfigError);
    expect(error.message).toContain(`${path} is not valid YAML: `);
    expect(error.message).toContain(problem);
    expect(error.message.length).toBeLessThan(path.length + 300);
    expect(error.message).not.toMatch(/\n|stack/);
  }
});
