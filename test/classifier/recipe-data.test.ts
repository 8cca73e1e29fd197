import { expect, test } from "vitest";
import { parseRecipe } from "../../src/app/recipes/recipe.ts";
import { loadRecipeData } from "../../src/app/recipes/recipe-data.ts";
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
  expect([train.length, evaluate.test!.length]).toEqual([8, 2]);
  expect(train.column("text")).not.toEqual(expect.arrayContaining(evaluate.test!.column("text")));
});
