import { ConfigError, DataError } from "../../errors.ts";
import type { Features } from "../features.ts";
import type { Row, Value } from "../values.ts";
import { narrowCells, openCsv } from "./csv.ts";
import {
  type CardOptions,
  type CsvOptions,
  csvOptionsOf,
  type FileOptions,
  PLAIN_CSV,
} from "./file-options.ts";
import { readJson } from "./json.ts";
import type { OnRead, StoredFile } from "./stored-file.ts";

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
const READERS: Record<string, (file: StoredFile, options: OpenOptions) => DataFile | Promise<DataFile>> = {
  // Its decoders are large, and most who read other files never need them.
  parquet: async (file, options) => (await import("./parquet.ts")).openParquet(file, options),
  jsonl: (file, options) => openJson(file, true, options),
  ndjson: (file, options) => openJson(file, true, options),
  json: (file, options) => openJson(file, false, options),
  csv: (file, options) => openSeparated(file, ",", options),
  tsv: (file, options) => openSeparated(file, "\t", options),
};

function openJson(file: StoredFile, lines: boolean, { field, card, onRead }: OpenOptions): DataFile {
  return { rows: readJson(file, { ...card?.json, ...(field !== undefined && { field }), onRead, lines }) };
}

async function openSeparated(file: StoredFile, separator: string, options: OpenOptions): Promise<DataFile> {
  const csv: CsvOptions = { ...PLAIN_CSV, separator, ...options.card?.csv, ...csvOptionsOf(options) };
  return { ...(await openCsv(file, csv, options.onRead)), narrow: narrowCells };
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

/**
 * Opens a file by its extension.
 *
 * @throws DataError, also later while its rows are read
 * @throws ConfigError for options that its format can't follow
 */
export async function openStoredFile(file: StoredFile, options: OpenOptions = {}): Promise<DataFile> {
  const extension = dataExtension(file.path);
  if (extension === undefined) {
    throw new DataError(`${file.path} is no data file; its name must end in ${listExtensions()}`);
  }
  checkOptions(file.path, extension, options);
  return READERS[extension]!(file, options);
}

const listExtensions = (): string => EXTENSIONS.map((extension) => `.${extension}`).join(", ");

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
