import { Dataset } from "../../core/data/dataset.ts";
import type { Features } from "../../core/data/features.ts";
import type { DataFile, OpenOptions } from "../../core/data/formats/data-file.ts";
import type { FileOptions } from "../../core/data/formats/file-options.ts";
import type { OnRead } from "../../core/data/formats/stored-file.ts";
import { listNames } from "../../core/data/nearest-name.ts";
import { checkSplit, parseSplit, type SplitSlice } from "../../core/data/split-syntax.ts";
import { TableBuilder } from "../../core/data/table.ts";
import type { Row } from "../../core/data/values.ts";
import { DataError, Interrupted } from "../../core/errors.ts";
import type { HubOptions } from "../hub/settings.ts";
import { type DatasetSource, openSource } from "./dataset-source.ts";
import { openDataFile } from "./file-on-disk.ts";

/** Rows read to find out what the columns are. */
const HEAD_ROWS = 1000;

/** Files of one split, read whole and in order. */
export interface StreamedPart {
  slice: SplitSlice;
  /** Reads the files from their start. @throws DataError naming file and line, also later */
  rows(onRead?: OnRead): AsyncGenerator<Row>;
}

/** A split that is read row by row and never held in memory. */
export interface StreamedSplit {
  /** As the user named it: `train`, `train[:5%]`, `train+test`. */
  name: string;
  /** For reports. */
  source: string;
  /** The first rows, as a dataset: its columns, and which hold text and classes. */
  head: Dataset;
  /** What the files or the dataset's card declare of the columns. */
  declared: Features;
  /** Makes numbers of a column's cells, for formats that know only text. */
  narrow: DataFile["narrow"];
  /** What the split consists of, one after the other; slices are left to the reader. */
  parts: StreamedPart[];
}

export interface StreamOptions extends HubOptions, FileOptions {
  /** Configuration of a dataset that has several. */
  config?: string;
  /** A split expression as `loadDataset` takes it. @default all splits */
  split?: string;
}

/** Opens splits of a dataset for reading row by row. @throws DataError and HubError as `loadDataset` */
export async function openStreamedSplits(
  nameOrPath: string,
  options: StreamOptions = {},
): Promise<StreamedSplit[]> {
  const source = await openSource(nameOrPath, options);
  const known = Object.keys(source.splits);
  const wanted = options.split === undefined ? known : [options.split];
  const files = wanted.flatMap(parseSplit).map(({ split }) => {
    checkSplit(split, known, source.name);
    return source.splits[split]!;
  });
  // All at once, so that progress counts towards the whole.
  await source.localPaths(files.flat());
  return Promise.all(wanted.map((name) => openSplit(name, source, options)));
}

async function openSplit(
  name: string,
  source: DatasetSource,
  { signal, separator, columnNames, field }: StreamOptions,
): Promise<StreamedSplit> {
  const open: OpenOptions = { separator, columnNames, field, card: source.card };
  const slices = parseSplit(name);
  const parts: StreamedPart[] = [];
  for (const slice of slices) {
    const paths = await source.localPaths(source.splits[slice.split]!);
    parts.push({ slice, rows: (onRead) => readRows(paths, { ...open, onRead }, signal) });
  }
  const [path] = await source.localPaths(source.splits[slices[0]!.split]!);
  const file = await openDataFile(path!, open);
  const declared = { ...source.features, ...file.features };
  const origin = path === source.name ? source.name : `${source.name} ${name}`;
  const builder = new TableBuilder();
  builder.declare(file.columns ?? []);
  await addHead(builder, file.rows);
  // The first file may be an empty one of several.
  if (builder.length === 0) await addHead(builder, parts[0]!.rows());
  if (builder.length === 0) throw new DataError(`${origin} holds no rows`);
  const head = new Dataset({ table: builder.build(declared, file.narrow), origin, hint: file.hint });
  return { name, source: origin, head, declared, narrow: file.narrow, parts };
}

async function addHead(builder: TableBuilder, rows: AsyncIterable<Row>): Promise<void> {
  for await (const row of rows) {
    builder.add(row);
    if (builder.length === HEAD_ROWS) break;
  }
}

async function* readRows(
  paths: readonly string[],
  { onRead, ...open }: OpenOptions,
  signal: AbortSignal | undefined,
): AsyncGenerator<Row> {
  let columns: string[] | undefined;
  for (const [i, path] of paths.entries()) {
    const file = await openDataFile(path, {
      ...open,
      onRead: (share) => onRead?.((i + share) / paths.length),
    });
    const added = columns && file.columns?.filter((name) => !columns!.includes(name));
    if (added && added.length > 0) {
      throw new DataError(`${path} has columns that ${paths[0]} lacks: ${listNames(added)}`);
    }
    columns ??= file.columns;
    let row = 0;
    for await (const next of file.rows) {
      yield next;
      if (++row % 4096 === 0 && signal?.aborted) throw new Interrupted();
    }
  }
}
