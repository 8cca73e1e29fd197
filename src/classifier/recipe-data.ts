import type { Dataset } from "../data/dataset.ts";
import type { DatasetDict } from "../data/dataset-dict.ts";
import { loadDataset } from "../data/load-dataset.ts";
import type { HubOptions } from "../hub/settings.ts";
import type { Recipe } from "./recipe.ts";

/** Share of the rows that is held out where a dataset has nothing to evaluate on. */
const heldOut = 0.2;

/** The splits that a recipe trains on and evaluates. */
export interface RecipeData {
  train: Dataset;
  evaluate: Record<string, Dataset>;
  /** Class names: the recipe's, else those of all rows of the training split. */
  labels: string[];
}

/**
 * Loads a recipe's splits, shuffles them by its seed and takes its rows.
 *
 * @throws DataError if the dataset, a split or a column doesn't exist.
 */
export async function loadRecipeData(recipe: Recipe, hub: HubOptions = {}): Promise<RecipeData> {
  const dict = await loadDataset(recipe.dataset, { config: recipe.datasetConfig, ...hub });
  const { train, evaluate } = await namedSplits(dict, recipe, hub);
  const prepare = (dataset: Dataset, rows: number | undefined) => {
    const columns = withColumns(dataset, recipe);
    const shuffled = recipe.shuffle ? columns.shuffle({ seed: recipe.seed }) : columns;
    return rows === undefined ? shuffled : shuffled.take(rows);
  };
  return {
    labels: recipe.labels ?? withColumns(train, recipe).labels,
    train: prepare(train, recipe.trainRows),
    evaluate: Object.fromEntries(
      Object.entries(evaluate).map(([name, dataset]) => [name, prepare(dataset, recipe.evaluateRows)]),
    ),
  };
}

async function namedSplits(
  dict: DatasetDict,
  recipe: Recipe,
  hub: HubOptions,
): Promise<{ train: Dataset; evaluate: Record<string, Dataset> }> {
  const present = Object.keys(dict);
  const read = async (split: string) =>
    present.includes(split)
      ? dict[split]!
      : loadDataset(recipe.dataset, { config: recipe.datasetConfig, ...hub, split });
  const train = await read(recipe.train);
  const names = recipe.evaluate ?? present.filter((name) => /^(test|validation|dev|eval)/.test(name));
  if (names.length === 0) {
    const parts = train.trainTestSplit({ testSize: heldOut, seed: recipe.seed });
    return { train: parts.train, evaluate: { test: parts.test } };
  }
  const evaluate: Record<string, Dataset> = {};
  for (const name of names) evaluate[name] = await read(name);
  return { train, evaluate };
}

function withColumns(dataset: Dataset, { labelColumn, textColumns }: Recipe): Dataset {
  const labelled = labelColumn === undefined ? dataset : dataset.withLabelColumn(labelColumn);
  return textColumns === undefined ? labelled : labelled.withTextColumns(textColumns);
}
