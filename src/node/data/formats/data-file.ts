import type { Features } from "../../../core/data/features.ts";
import type { Row, Value } from "../../../core/data/values.ts";
import { narrowCells, openCsv } from "./csv.ts";
import { readJson, readJsonLines } from "./json.ts";
import { openParquet } from "./parquet.ts";
import type { OnRead } from "./text-file.ts";

/** A file opened for reading, row by row. */
export interface DataFile {
  rows: AsyncIterable<Row>;
  /** As the file itself declares them. */
  features?: Features | undefined;
  /** Known before the first row only for some formats. */
  columns?: string[];
  /** For formats that know only text: makes numbers of a column's cells where all are numbers. */
  narrow?: (values: Value[]) => Value[];
}

export interface OpenOptions {
  /** Columns wanted; formats that can skip the others do. @default all */
  columns?: readonly string[];
  onRead?: OnRead;
}

/** Readers by file extension. Each also reads the same file compressed, with `.gz` after its extension. */
const READERS: Record<string, (path: string, options: OpenOptions) => DataFile | Promise<DataFile>> = {
  csv: async (path, { onRead }) => ({ ...(await openCsv(path, ",", onRead)), narrow: narrowCells }),
  tsv: async (path, { onRead }) => ({ ...(await openCsv(path, "\t", onRead)), narrow: narrowCells }),
  json: (path, { onRead }) => ({ rows: readJson(path, onRead) }),
  jsonl: (path, { onRead }) => ({ rows: readJsonLines(path, onRead) }),
  ndjson: (path, { onRead }) => ({ rows: readJsonLines(path, onRead) }),
  parquet: openParquet,
};

/** `csv`, `tsv`, `json`, `jsonl`, `ndjson`, `parquet`: what can be read. */
export const EXTENSIONS: readonly string[] = Object.keys(READERS);

/** The extension that says how to read the file; undefined for a file that holds no data. */
export function dataExtension(path: string): string | undefined {
  const extension = /\.([a-z]+)(\.gz)?$/i.exec(path)?.[1]?.toLowerCase();
  return extension !== undefined && Object.hasOwn(READERS, extension) ? extension : undefined;
}

/** Opens a file by its extension. @throws DataError, also later while its rows are read */
export async function openDataFile(path: string, options: OpenOptions = {}): Promise<DataFile> {
  const extension = dataExtension(path);
  if (extension === undefined) throw new Error(`not a data file: ${path}`);
  return READERS[extension]!(path, options);
}
