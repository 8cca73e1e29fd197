import type { Features } from "../../../core/data/features.ts";
import type { Row, Value } from "../../../core/data/values.ts";
import { ConfigError, DataError } from "../../../core/errors.ts";
import { lfsPointerProblem } from "../../lfs-pointer.ts";
import { narrowCells, openCsv } from "./csv.ts";
import {
  type CardOptions,
  type CsvOptions,
  csvOptionsOf,
  type FileOptions,
  PLAIN_CSV,
} from "./file-options.ts";
import { readJson } from "./json.ts";
import { openParquet } from "./parquet.ts";
import type { OnRead } from "./text-file.ts";

/** A file opened for reading, row by row. */
export interface DataFile {
  rows: AsyncIterable<Row>;
  /** As the file itself declares them. */
  features?: Features | undefined;
  /** Known before the first row only for some formats. */
  columns?: string[];
  /** What the file looks like, where that isn't as it is read: for messages that find a column lacking. */
  hint?: string | undefined;
  /** For formats that know only text: makes numbers of a column's cells where all are numbers. */
  narrow?: (values: Value[]) => Value[];
}

export interface OpenOptions extends FileOptions {
  /** Columns wanted; formats that can skip the others do. @default all */
  columns?: readonly string[];
  onRead?: OnRead | undefined;
  /** How the dataset's card says that its files are read. */
  card?: CardOptions | undefined;
}

/**
 * Readers by file extension, from the format that keeps types and class names best. Each also reads the same file
 * compressed, with `.gz` after its extension.
 */
const READERS: Record<string, (path: string, options: OpenOptions) => DataFile | Promise<DataFile>> = {
  parquet: openParquet,
  jsonl: (path, options) => openJson(path, true, options),
  ndjson: (path, options) => openJson(path, true, options),
  json: (path, options) => openJson(path, false, options),
  csv: (path, options) => openSeparated(path, ",", options),
  tsv: (path, options) => openSeparated(path, "\t", options),
};

function openJson(path: string, lines: boolean, { field, card, onRead }: OpenOptions): DataFile {
  return { rows: readJson(path, { ...card?.json, ...(field !== undefined && { field }), onRead, lines }) };
}

async function openSeparated(path: string, separator: string, options: OpenOptions): Promise<DataFile> {
  const csv: CsvOptions = { ...PLAIN_CSV, separator, ...options.card?.csv, ...csvOptionsOf(options) };
  return { ...(await openCsv(path, csv, options.onRead)), narrow: narrowCells };
}

/** What can be read, from the format that is read in preference where there are several: `parquet`, …, `tsv`. */
export const EXTENSIONS: readonly string[] = Object.keys(READERS);

/** The extension that says how to read the file; undefined for a file that holds no data. */
export function dataExtension(path: string): string | undefined {
  const extension = /\.([a-z]+)(\.gz)?$/i.exec(path)?.[1]?.toLowerCase();
  return extension !== undefined && Object.hasOwn(READERS, extension) ? extension : undefined;
}

/** A path without the extension that says how to read it. */
export function withoutDataExtension(path: string): string {
  return dataExtension(path) === undefined ? path : path.replace(/\.[a-z]+(\.gz)?$/i, "");
}

/** Opens a file by its extension. @throws DataError, also later while its rows are read */
export async function openDataFile(path: string, options: OpenOptions = {}): Promise<DataFile> {
  const extension = dataExtension(path);
  if (extension === undefined) throw new Error(`not a data file: ${path}`);
  checkOptions(path, extension, options);
  const pointer = await lfsPointerProblem(path);
  if (pointer !== undefined) throw new DataError(pointer);
  return READERS[extension]!(path, options);
}

/** Options that a format can't follow are not passed over. */
function checkOptions(path: string, extension: string, { separator, columnNames, field }: OpenOptions): void {
  const isCsv = extension === "csv" || extension === "tsv";
  if (!isCsv && (separator !== undefined || columnNames !== undefined)) {
    throw new ConfigError(`${path} is no CSV file, and a separator or names of columns are for these alone`);
  }
  if (field !== undefined && !/json$/.test(extension) && extension !== "jsonl") {
    throw new ConfigError(`${path} is no JSON file, and field is for these alone`);
  }
}
