import { withColumns } from "../../core/data/column-options.ts";
import type { Dataset } from "../../core/data/dataset.ts";
import type { FileOptions } from "../../core/data/formats/file-options.ts";
import type { Task } from "../../core/data/targets.ts";
import { holdOut } from "../../core/findings/hold-out.ts";
import type { Finding } from "../../core/training/run-record.ts";
import { openDataset } from "../../node/data/load-dataset.ts";
import type { HubOptions } from "../../node/hub/settings.ts";
import type { Recipe } from "./recipe.ts";

/** Share of the rows that is held out where a dataset has nothing to evaluate on, and what the part is called. */
const heldOutShare = 0.2;
const heldOutName = "heldOut";

/** The splits that a recipe trains on and evaluates. */
export interface RecipeData {
  train: Dataset;
  evaluate: Record<string, Dataset>;
  /** Class names: the recipe's, else those of all rows of the training split. */
  labels: string[];
  /** The recipe's, else as the training split's labels stand: one class a row, or lists of them. */
  task: Task;
  /** What is to be said of how the rows were split. */
  findings: Finding[];
}

/**
 * Loads the splits that a recipe names, shuffles them by its seed and takes its rows. Of a dataset without a labelled
 * split to evaluate on, a fifth of the rows is held out, every class in its share.
 *
 * @throws DataError if the dataset, a split or a column doesn't exist.
 */
export async function loadRecipeData(recipe: Recipe, hub: HubOptions = {}): Promise<RecipeData> {
  const opened = await openDataset(recipe.dataset, {
    config: recipe.datasetConfig,
    ...fileOptions(recipe),
    ...hub,
  });
  const names = recipe.evaluate ?? opened.splits.filter((name) => /^(test|validation|dev|eval)/.test(name));
  const [read, ...others] = await opened.read([recipe.train, ...names]);
  const whole = withColumns(read!, recipe);
  const labels = recipe.labels ?? whole.labels;
  const named = others.map((dataset, i) => [names[i]!, evaluated(dataset, whole, recipe)] as const);
  const isLabelled = ([, dataset]: readonly [string, Dataset]) =>
    dataset.unlabelledRows(labels).length < dataset.length;
  // A published test split often comes without its labels, and can't be all that there is to score.
  const needsHeldOut = recipe.evaluate === undefined && !named.some(isLabelled);
  const { train, heldOut, finding } = needsHeldOut
    ? holdOut(whole, { testSize: heldOutShare, seed: recipe.seed })
    : { train: whole };
  const prepare = (dataset: Dataset, rows: number | undefined) => {
    const shuffled = recipe.shuffle ? dataset.shuffle({ seed: recipe.seed }) : dataset;
    return rows === undefined ? shuffled : shuffled.take(rows);
  };
  const splits = heldOut ? [...named, [heldOutName, heldOut] as const] : named;
  return {
    labels,
    task: recipe.task ?? whole.task,
    train: prepare(train, recipe.trainRows),
    evaluate: Object.fromEntries(
      splits.map(([name, dataset]) => [name, prepare(dataset, recipe.evaluateRows)]),
    ),
    findings: finding ? [finding] : [],
  };
}

/** A split to evaluate with its columns set; one that was published without labels has no such column. */
function evaluated(dataset: Dataset, train: Dataset, recipe: Recipe): Dataset {
  const hasLabels = train.labelColumns.some((name) => dataset.columns.includes(name));
  return withColumns(dataset, hasLabels ? recipe : { textColumns: recipe.textColumns });
}

/** How the dataset's files are read. */
function fileOptions({ separator, columns, field }: Recipe): FileOptions {
  return { separator, columnNames: columns, field };
}
