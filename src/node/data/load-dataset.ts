import type { Dataset } from "../../core/data/dataset.ts";
import { type DatasetDict, datasetDict } from "../../core/data/dataset-dict.ts";
import type { FileOptions } from "../../core/data/formats/file-options.ts";
import { readFiles } from "../../core/data/formats/read-files.ts";
import { checkSplit, chooseRows, parseSplit } from "../../core/data/split-syntax.ts";
import type { HubOptions } from "../hub/settings.ts";
import { openSource } from "./dataset-source.ts";
import { openDataFile } from "./file-on-disk.ts";

/** `signal` stops reading as well as downloading; the other hub options matter only to datasets of the hub. */
export interface LoadDatasetOptions extends HubOptions, FileOptions {
  /** Configuration of a dataset that has several, such as `mnli` of `nyu-mll/glue`. */
  config?: string;
  /** `train`, `train[:5%]`, `train[10%:15%]`, `train[-100:]`, `train+validation`. @default all splits */
  split?: string;
  /** Columns to keep, in this order. @default all */
  columns?: readonly string[];
}

/**
 * Reads a dataset into memory: a file (its split is `train`), a folder of files named after their splits, or a
 * dataset of the Hugging Face hub. What exists on this machine goes before the hub.
 *
 * Files are CSV, TSV, JSON, JSON Lines or Parquet, each also with `.gz`. Class names come from the Parquet file's
 * metadata or the dataset's README.md.
 *
 * @returns All splits by name, or with `split` the one dataset.
 * @throws DataError where there is no such dataset, split or column, or a file is damaged.
 * @throws HubError where the hub can't be reached or refuses.
 *
 * @example
 * const news = await loadDataset("fancyzhx/ag_news");
 * const reviews = await loadDataset("reviews.csv", { split: "train[:5%]" });
 */
export async function loadDataset(
  nameOrPath: string,
  options: LoadDatasetOptions & { split: string },
): Promise<Dataset>;
export async function loadDataset(nameOrPath: string, options?: LoadDatasetOptions): Promise<DatasetDict>;
export async function loadDataset(
  nameOrPath: string,
  options: LoadDatasetOptions = {},
): Promise<Dataset | DatasetDict> {
  const { name, splits, read } = await openDataset(nameOrPath, options);
  if (options.split !== undefined) return (await read([options.split]))[0]!;
  const datasets = await read(splits);
  return datasetDict(Object.fromEntries(splits.map((split, i) => [split, datasets[i]!])), name);
}

/** A dataset whose splits are known by name, and read when they are asked for. */
export interface OpenDataset {
  /** For messages. */
  name: string;
  splits: readonly string[];
  /**
   * Reads split expressions such as `train[:5%]`, the files of each split once.
   *
   * @throws DataError where a split doesn't exist or a file is damaged.
   */
  read(expressions: readonly string[]): Promise<Dataset[]>;
}

/** Finds a dataset and its splits without reading any. @throws as `loadDataset` */
export async function openDataset(
  nameOrPath: string,
  options: Omit<LoadDatasetOptions, "split"> = {},
): Promise<OpenDataset> {
  const source = await openSource(nameOrPath, options);
  const { features, card } = source;
  const { signal, columns, separator, columnNames, field } = options;
  const open = { columns, separator, columnNames, field };
  const known = Object.keys(source.splits);
  const read = async (expressions: readonly string[]) => {
    const terms = expressions.map(parseSplit);
    const wanted = new Set(terms.flat().map(({ split }) => split));
    for (const split of wanted) checkSplit(split, known, source.name);
    // All at once, so that progress counts towards the whole.
    await source.localPaths([...wanted].flatMap((split) => source.splits[split]!));
    const splits = new Map<string, Dataset>();
    for (const split of wanted) {
      const paths = await source.localPaths(source.splits[split]!);
      const origin = paths[0] === source.name ? source.name : `${source.name} ${split}`;
      const files = paths.map((path) => ({ path, open: () => openDataFile(path, { ...open, card }) }));
      splits.set(split, await readFiles(files, origin, { features, columns: open.columns, signal }));
    }
    return terms.map((term) => chooseRows(term, splits));
  };
  return { name: source.name, splits: known, read };
}
