import { readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, test as it } from "vitest";
import { ConfigError, loadRecipe } from "../../src/index.ts";
import { temporaryFolder } from "./tiny.ts";

const recipes = fileURLToPath(new URL("../../recipes/", import.meta.url));
const files = readdirSync(recipes, { recursive: true })
  .map(String)
  .filter((name) => name.endsWith(".yaml") && !name.startsWith("ablations"));

it.each(files)("recipes/%s is a recipe", async (name) => {
  const { recipe } = await loadRecipe(join(recipes, name));
  expect(recipe.dataset).toBeTruthy();
});

it("the MNLI recipes differ in the model alone", async () => {
  const [distilbert, deberta] = await Promise.all(
    ["mnli-distilbert.yaml", "mnli-deberta.yaml"].map((name) => loadRecipe(join(recipes, name))),
  );
  expect(distilbert!.recipe).toMatchObject({ learningRate: 1e-5, batchSize: 16, truncation: 256, epochs: 5 });
  expect({ ...distilbert!.recipe, model: "microsoft/deberta-base" }).toEqual(deberta!.recipe);
});

describe("a flag in place of the file's", () => {
  const file = (text: string) => {
    const path = join(temporaryFolder(), "study.yaml");
    writeFileSync(path, text);
    return path;
  };
  const study = "dataset: nyu-mll/glue\ndatasetConfig: mnli\nmodel: some/bert\nrevision: v2\nepochs: 5\n";

  it("dataset or model takes the configuration or revision away", async () => {
    const { name, recipe } = await loadRecipe(file(study), { dataset: "../mnli", model: "./bert" });
    expect(name).toBe("study");
    expect(recipe).toMatchObject({ dataset: "../mnli", model: "./bert", epochs: 5 });
    expect([recipe.datasetConfig, recipe.revision]).toEqual([undefined, undefined]);
    const named = await loadRecipe(file(study), { dataset: "our/glue", datasetConfig: "mnli_2" });
    expect(named.recipe).toMatchObject({ datasetConfig: "mnli_2", revision: "v2" });
  });

  it("of the same name leaves them", async () => {
    const { recipe } = await loadRecipe(file(study), {
      dataset: "nyu-mll/glue",
      model: "some/bert",
      epochs: 1,
    });
    expect(recipe).toMatchObject({ datasetConfig: "mnli", revision: "v2", epochs: 1 });
  });

  it.each([
    ["batchSize: 0", "batchSize: 0 can't be used; give a number from 1"],
    ["batchSize: 2.5", "batchSize: 2.5 can't be used; give a whole number"],
    ["weightDecay: -1", "weightDecay: -1 can't be used; give a number from 0"],
    ["weightDecay: 1", "weightDecay: 1 can't be used; give a number below 1"],
    ["warmupRatio: 2", "warmupRatio: 2 can't be used; give a number up to 1"],
    ["head: own", 'head: "own" can\'t be used; give linear or huggingface'],
    ["shuffle: maybe", 'shuffle: "maybe" can\'t be used; give true or false'],
    ["labels: [one]", "labels: give 2 or more"],
    ["labels: one", 'labels: "one" can\'t be used; give a list'],
    ["textColumns: [a, b, c]", "textColumns: give 2 at most"],
    ["textColumns: [1]", "textColumns.0: 1 can't be used; give a text"],
    ["labelSeparator: ''", 'labelSeparator: "" can\'t be used; give a text that is not empty'],
    ["truncation: long", 'truncation: "long" can\'t be used; give true, false, or a number of tokens'],
    ["classWeights: [1, 0]", "classWeights.1: 0 can't be used; give a number above 0"],
    ["featureCache: true", "featureCache: true can't be used; give a folder, or false"],
  ])("of %s is told what the key takes", async (line, message) => {
    const path = file(`${study}${line}\n`);
    await expect(loadRecipe(path)).rejects.toThrow(new ConfigError(`${path}: ${message}`));
  });

  it("of an unknown key is refused", async () => {
    await expect(loadRecipe(file(`${study}learninRate: 1\n`))).rejects.toThrow(ConfigError);
    await expect(loadRecipe(file(`${study}learninRate: 1\n`))).rejects.toThrow(
      'did you mean "learningRate"?',
    );
  });
});
