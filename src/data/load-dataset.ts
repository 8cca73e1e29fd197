import { DataError, Interrupted } from "../errors.ts";
import { Dataset } from "./dataset.ts";
import { type DatasetDict, datasetDict } from "./dataset-dict.ts";
import { type DatasetSource, openLocal } from "./dataset-source.ts";
import type { Features } from "./features.ts";
import { openDataFile } from "./formats/data-file.ts";
import { listNames } from "./nearest-name.ts";
import { checkSplit, parseSplit, readSplit } from "./split-syntax.ts";
import { TableBuilder } from "./table.ts";
import type { Value } from "./values.ts";

export interface LoadDatasetOptions {
  /** Configuration of a dataset that has several. */
  config?: string;
  /** `train`, `train[:5%]`, `train[10%:15%]`, `train[-100:]`, `train+validation`; all splits where left out. */
  split?: string;
  /** Columns to keep, in this order. @default all */
  columns?: readonly string[];
  signal?: AbortSignal;
}

export async function loadDataset(
  nameOrPath: string,
  options: LoadDatasetOptions & { split: string },
): Promise<Dataset>;
export async function loadDataset(nameOrPath: string, options?: LoadDatasetOptions): Promise<DatasetDict>;
export async function loadDataset(
  nameOrPath: string,
  options: LoadDatasetOptions = {},
): Promise<Dataset | DatasetDict> {
  const terms = options.split === undefined ? undefined : parseSplit(options.split);
  const source = await openLocal(nameOrPath, options.config);
  if (source === undefined) throw new DataError(`there is no file or folder ${nameOrPath}`);
  const open = (split: string) => openSplit(source, split, options);
  if (terms !== undefined) return readSplit(terms, open);
  const splits: Record<string, Dataset> = {};
  for (const split of Object.keys(source.splits)) splits[split] = await open(split);
  return datasetDict(splits, source.name);
}

async function openSplit(
  source: DatasetSource,
  split: string,
  { columns, signal }: LoadDatasetOptions,
): Promise<Dataset> {
  checkSplit(split, Object.keys(source.splits), source.name);
  const builder = new TableBuilder();
  let features: Features | undefined = source.features;
  let narrow: ((values: Value[]) => Value[]) | undefined;
  let expected: { columns: string[]; path: string } | undefined;
  for (const path of source.splits[split]!) {
    const file = await openDataFile(await source.localPath(path), columns);
    features = { ...features, ...file.features };
    narrow ??= file.narrow;
    if (file.columns !== undefined) builder.declare(file.columns);
    for await (const row of file.rows) {
      builder.add(row);
      if (builder.length % 4096 === 0 && signal?.aborted) throw new Interrupted();
    }
    const names = builder.columns;
    if (expected !== undefined && expected.columns.length !== names.length) {
      throw new DataError(
        `${path} has columns that ${expected.path} lacks: ${listNames(names.slice(expected.columns.length))}`,
      );
    }
    expected = { columns: names, path };
  }
  const origin = source.splits[split]![0] === source.name ? source.name : `${source.name} ${split}`;
  if (builder.length === 0) throw new DataError(`${origin} holds no rows`);
  const dataset = new Dataset({ table: builder.build(features, narrow), origin });
  return columns === undefined ? dataset : dataset.selectColumns(columns);
}
