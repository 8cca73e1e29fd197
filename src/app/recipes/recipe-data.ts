import { withColumns } from "../../core/data/column-options.ts";
import type { Dataset } from "../../core/data/dataset.ts";
import type { FileOptions } from "../../core/data/formats/file-options.ts";
import type { Task } from "../../core/data/targets.ts";
import { type OpenDataset, openDataset } from "../../node/data/load-dataset.ts";
import type { HubOptions } from "../../node/hub/settings.ts";
import type { Recipe } from "./recipe.ts";

/** Share of the rows that is held out where a dataset has nothing to evaluate on. */
const heldOut = 0.2;

/** The splits that a recipe trains on and evaluates. */
export interface RecipeData {
  train: Dataset;
  evaluate: Record<string, Dataset>;
  /** Class names: the recipe's, else those of all rows of the training split. */
  labels: string[];
  /** The recipe's, else as the training split's labels stand: one class a row, or lists of them. */
  task: Task;
}

/**
 * Loads the splits that a recipe names, shuffles them by its seed and takes its rows.
 *
 * @throws DataError if the dataset, a split or a column doesn't exist.
 */
export async function loadRecipeData(recipe: Recipe, hub: HubOptions = {}): Promise<RecipeData> {
  const dataset = await openDataset(recipe.dataset, {
    config: recipe.datasetConfig,
    ...fileOptions(recipe),
    ...hub,
  });
  const { train, whole, evaluate } = await namedSplits(dataset, recipe);
  const prepare = (dataset: Dataset, rows: number | undefined) => {
    const columns = withColumns(dataset, recipe);
    const shuffled = recipe.shuffle ? columns.shuffle({ seed: recipe.seed }) : columns;
    return rows === undefined ? shuffled : shuffled.take(rows);
  };
  // A rare class may stand in the held-out part only.
  const labelled = withColumns(whole, recipe);
  return {
    labels: recipe.labels ?? labelled.labels,
    task: recipe.task ?? labelled.task,
    train: prepare(train, recipe.trainRows),
    evaluate: Object.fromEntries(
      Object.entries(evaluate).map(([name, dataset]) => [name, prepare(dataset, recipe.evaluateRows)]),
    ),
  };
}

/** How the dataset's files are read. */
function fileOptions({ separator, columns, field }: Recipe): FileOptions {
  return { separator, columnNames: columns, field };
}

async function namedSplits(
  { splits, read }: OpenDataset,
  recipe: Recipe,
): Promise<{ train: Dataset; whole: Dataset; evaluate: Record<string, Dataset> }> {
  const names = recipe.evaluate ?? splits.filter((name) => /^(test|validation|dev|eval)/.test(name));
  const [train, ...others] = await read([recipe.train, ...names]);
  if (names.length === 0) {
    const parts = train!.trainTestSplit({ testSize: heldOut, seed: recipe.seed });
    return { train: parts.train, whole: train!, evaluate: { test: parts.test } };
  }
  return {
    train: train!,
    whole: train!,
    evaluate: Object.fromEntries(names.map((name, i) => [name, others[i]!])),
  };
}
