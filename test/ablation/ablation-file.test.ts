import { readdirSync } from "node:fs";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { expect, onTestFinished, test } from "vitest";
import { ConfigError, loadAblation } from "../../src/index.ts";

const recipes = fileURLToPath(new URL("../../recipes/ablations/", import.meta.url));

async function ablationFile(...lines: string[]): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), "textune-"));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  const path = join(folder, "study.yaml");
  await writeFile(path, lines.join("\n"));
  return path;
}

const base = ["base:", "  dataset: our/news", "  datasetConfig: small", "  epochs: 5"];
const longer = ["variants:", "  longer:", "    question: Does it help?", "    epochs: 20"];

test.each(readdirSync(recipes))("recipes/ablations/%s is an ablation", async (file) => {
  const { title, variants } = await loadAblation(join(recipes, file));
  expect(title).not.toBe(file);
  expect(variants[0]).toMatchObject({ name: "base", recipe: { shuffle: true, attentionMask: true } });
  expect(variants.map(({ name }) => name)).toContain("without-mask");
});

test("a variant is the base with some keys changed, and a flag changes the base", async () => {
  const path = await ablationFile(...base, ...longer, "  masked:", "    question: Mask?", "    seed: 7");
  const { name, title, variants } = await loadAblation(path, { epochs: 2, dataset: "news.csv" });
  expect([name, title]).toEqual(["study", "study"]);
  expect(variants.map((variant) => [variant.name, variant.recipe.epochs, variant.recipe.seed])).toEqual([
    ["base", 2, 42],
    ["longer", 20, 42],
    ["masked", 2, 7],
  ]);
  for (const { recipe } of variants) {
    expect([recipe.dataset, recipe.datasetConfig]).toEqual(["news.csv", undefined]);
  }
});

test.each([
  [
    "an unknown key",
    [...base, ...longer, "    epoch: 3"],
    'variant longer: there is no key "epoch"; did you',
  ],
  [
    "a bad value",
    [...base, ...longer, "    batchSize: many"],
    'variant longer: batchSize: "many" can\'t be used; give a number',
  ],
  ["a bad base", [...base, "  seed: x", ...longer], 'base: seed: "x" can\'t be used; give a number'],
  ["no dataset", ["base:", "  epochs: 5", ...longer], "base: dataset: give a text"],
  [
    "no change",
    [...base, "variants:", "  same:", "    question: Why?", "    epochs: 5"],
    "it changes nothing",
  ],
  ["no question", [...base, "variants:", "  longer:", "    epochs: 9"], "variants.longer.question"],
  ["no variant", [...base, "variants: {}"], "give at least one variant"],
  ["a key beside them", [...base, ...longer, "epochs: 3"], 'there is no key "epochs"; an ablation has title'],
  [
    "a folder of its own",
    [...base, ...longer, "    output: x"],
    "variant longer: output can't be given here",
  ],
  [
    "a name that is no folder",
    [...base, "variants:", "  a/b:", "    question: Why?", "    epochs: 9"],
    "variant a/b: a variant's name is made of letters",
  ],
  [
    "the base's name",
    [...base, "variants:", "  base:", "    question: Why?", "    epochs: 9"],
    "base is the name of the unchanged recipe",
  ],
  ["a list", ["- base"], 'is not an ablation: it needs "base:" and "variants:"'],
])("%s is refused in one line", async (_, lines, message) => {
  const error: unknown = await loadAblation(await ablationFile(...lines)).catch((thrown: unknown) => thrown);
  expect(error).toBeInstanceOf(ConfigError);
  expect((error as Error).message).toContain(message);
  expect((error as Error).message).not.toContain("\n");
});
