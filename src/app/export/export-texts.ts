import { readFile } from "node:fs/promises";
import { join } from "node:path";
import type { ClassifierState } from "../../core/classifier/state.ts";
import { tokenizeDataset } from "../../core/classifier/tokenized-split.ts";
import { type ColumnOptions, withColumns } from "../../core/data/column-options.ts";
import { Dataset } from "../../core/data/dataset.ts";
import type { Targets } from "../../core/data/targets.ts";
import { ConfigError, DataError } from "../../core/errors.ts";
import type { WorkOptions } from "../../core/progress.ts";
import type { TokenizedRows } from "../../core/text/tokenize-rows.ts";
import { openDataset } from "../../node/data/load-dataset.ts";
import { isFile } from "../../node/hub/cache.ts";
import { loadRecipe } from "../recipes/recipe.ts";
import { loadRecipeData } from "../recipes/recipe-data.ts";
import { readPredictions } from "../runs/predictions.ts";
import { readRun } from "../runs/read-run.ts";
import { runLayout } from "../runs/run-layout.ts";

/** Texts that an export is calibrated on: enough for the range of activations, few enough to be run many times. */
const calibrationRows = 128;

/** Texts as the model reads them. */
export interface ModelTexts {
  /** Where they are from, for people. */
  source: string;
  rows: TokenizedRows;
  /** Where they have labels, which must be the model's classes. */
  targets: Targets | undefined;
}

/** What an export is checked on, and what layers are chosen by. */
export interface ExportTexts {
  parity: ModelTexts;
  calibration: ModelTexts;
}

/** Which texts an export is checked on. */
export interface ExportTextsOptions extends WorkOptions {
  /** File of texts: a dataset's file, or plain text with a text a line. @default the run's first evaluated split */
  texts: string | undefined;
  /** Which columns of that file hold texts and labels. @default as a dataset's are found */
  columns: ColumnOptions;
  /** Texts at most. */
  rows: number;
}

/**
 * The texts of a file, or those that a run was evaluated on; calibrated is on the run's training rows, so that nothing
 * is chosen by what is scored, or on the file's own texts.
 *
 * @throws ConfigError if there are neither a run nor texts.
 */
export async function exportTexts(
  state: ClassifierState,
  runOrModel: string,
  { texts, columns, rows, ...work }: ExportTextsOptions,
): Promise<ExportTexts> {
  const tokenize = async (dataset: Dataset, subject: string): Promise<ModelTexts> => ({
    source: dataset.source,
    rows: (await tokenizeDataset(state, dataset, { subject, ...work })).rows,
    targets: labelsOf(state, dataset),
  });
  if (texts !== undefined) {
    const dataset = atMost(await readTexts(state, texts, columns, work), rows);
    const parity = await tokenize(dataset, "texts");
    return { parity, calibration: await tokenize(atMost(dataset, calibrationRows), "calibration texts") };
  }
  const path = join(runOrModel, runLayout.recipe);
  if (!(await isFile(path))) {
    const dataset = await storedRows(state, runOrModel);
    const calibration = Math.min(calibrationRows, Math.floor(dataset.length / 2));
    const compared = dataset.slice(0, dataset.length - calibration);
    return {
      parity: await tokenize(atMost(filled(compared), rows), "texts"),
      // Not those that are scored.
      calibration: await tokenize(
        filled(dataset.slice(compared.length, dataset.length)),
        "calibration texts",
      ),
    };
  }
  const { recipe } = await loadRecipe(path);
  const { train, evaluate } = await loadRecipeData(recipe, work);
  const [name, dataset] = Object.entries(evaluate)[0] ?? [];
  if (name === undefined || dataset === undefined) {
    throw new ConfigError(
      `the run ${runOrModel} was not evaluated; give texts to compare answers on: --texts FILE`,
    );
  }
  return {
    parity: await tokenize(atMost(filled(dataset), rows), name),
    calibration: await tokenize(atMost(filled(train), calibrationRows), "calibration texts"),
  };
}

/**
 * The rows that a program's run was evaluated on, which has no recipe but keeps them with its predictions.
 *
 * @throws ConfigError if it is no run, or keeps none.
 */
async function storedRows(state: ClassifierState, runFolder: string): Promise<Dataset> {
  const nothing = (what: string) =>
    new ConfigError(
      `${runFolder} ${what}, so there is nothing to compare answers on; give a file with --texts`,
    );
  if (!(await isFile(join(runFolder, runLayout.metrics)))) throw nothing("is not the folder of a run");
  const { evaluations, labels } = await readRun(runFolder);
  const split = evaluations[0]?.split;
  const stored = split === undefined ? undefined : await readPredictions(runFolder, split, labels.length);
  if (split === undefined || !stored || stored.length < 2) throw nothing("keeps no evaluated rows");
  const columns = state.pair ? ["text", "pair"] : ["text"];
  const rows = stored.map(({ texts, label }) => ({
    ...Object.fromEntries(columns.map((column, i) => [column, texts[i] ?? ""])),
    label: typeof label === "number" ? labels[label]! : label.map((one) => labels[one]!),
  }));
  return Dataset.fromRows(rows, { source: `${split} of ${runFolder}` }).withTextColumns(columns);
}

async function readTexts(
  state: ClassifierState,
  path: string,
  columns: ColumnOptions,
  { signal }: WorkOptions,
): Promise<Dataset> {
  if (!(await isFile(path))) throw new DataError(`there is no file ${path} to read texts from`);
  if (path.endsWith(".txt")) return plainTexts(state, path);
  const { read, splits } = await openDataset(path, { signal });
  const [dataset] = await read([splits[0]!]);
  return filled(withColumns(dataset!, columns));
}

async function plainTexts({ pair }: ClassifierState, path: string): Promise<Dataset> {
  if (pair) {
    throw new DataError(
      `${path}: the model reads pairs; give a CSV or JSON Lines file with a column for each text`,
    );
  }
  const lines = (await readFile(path, "utf8")).split(/\r?\n/).filter((line) => line.trim() !== "");
  if (lines.length === 0) throw new DataError(`${path} holds no texts`);
  return Dataset.fromRows(
    lines.map((text) => ({ text })),
    { source: path },
  );
}

const atMost = (dataset: Dataset, rows: number): Dataset =>
  dataset.length <= rows ? dataset : dataset.take(rows);

/** Rows whose texts say something; others can't be classified. */
function filled(dataset: Dataset): Dataset {
  const columns = dataset.texts();
  const rows = Array.from({ length: dataset.length }, (_, i) => i);
  const kept = rows.filter((row) => columns.every((column) => column[row]!.trim() !== ""));
  return kept.length === dataset.length ? dataset : dataset.select(kept);
}

/** @throws DataError if a label isn't one of the model's classes. */
function labelsOf({ labels, task }: ClassifierState, dataset: Dataset): Targets | undefined {
  return hasLabels(dataset) ? dataset.targets(labels, task) : undefined;
}

function hasLabels(dataset: Dataset): boolean {
  try {
    return dataset.labelColumns.length > 0;
  } catch (error) {
    if (error instanceof DataError) return false;
    throw error;
  }
}
