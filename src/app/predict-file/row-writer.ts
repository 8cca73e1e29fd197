import type { Row, Value } from "../../core/data/values.ts";
import { ConfigError, DataError } from "../../core/errors.ts";
import { quoted, unformulated } from "../report/csv-cells.ts";

/** Rows as lines of a file. */
export interface RowWriter {
  /** What the file begins with. */
  header(): string;
  /** @throws DataError if the row has a column that the file doesn't */
  line(row: Row): string;
}

/** What can be written, by what a file's name ends in; each also with `.gz`. */
const writers: Record<string, (columns: readonly string[]) => RowWriter> = {
  csv: (columns) => separated(columns, ","),
  tsv: (columns) => separated(columns, "\t"),
  jsonl: () => jsonLines,
  ndjson: () => jsonLines,
};

/**
 * How a file is written, by its name.
 *
 * @throws ConfigError if it ends in nothing that can be written.
 */
export function rowWriter(path: string, columns: readonly string[]): { writer: RowWriter; isTable: boolean } {
  const extension = /\.([a-z]+)(\.gz)?$/i.exec(path)?.[1]?.toLowerCase() ?? "";
  if (!Object.hasOwn(writers, extension)) {
    throw new ConfigError(`${path} can't be written; give a name that ends in ${writable}`);
  }
  return { writer: writers[extension]!(columns), isTable: extension === "csv" || extension === "tsv" };
}

const writable = ".csv, .tsv, .jsonl, or one of these and .gz";

const jsonLines: RowWriter = {
  header: () => "",
  line: (row) => `${JSON.stringify(row, (_, value) => (typeof value === "bigint" ? exact(value) : value))}\n`,
};

/** JSON's numbers have no limit, but JavaScript's writer has no word for those beyond 2⁵³. */
const exact = (value: bigint): unknown =>
  (JSON as unknown as { rawJSON?: (text: string) => unknown }).rawJSON?.(String(value)) ?? String(value);

function separated(columns: readonly string[], separator: string): RowWriter {
  const line = (cells: string[]) => `${cells.map((cell) => quoted(cell, separator)).join(separator)}\r\n`;
  const known = new Set(columns);
  return {
    header: () => line(columns.map(safe)),
    line: (row) => {
      const added = Object.keys(row).find((name) => !known.has(name));
      if (added !== undefined) {
        throw new DataError(
          `a row has the column "${added}", which the first rows lack, so that a table has no place for it; write .jsonl, or name the columns to keep with --keep`,
        );
      }
      return line(columns.map((name) => safe(cellOf(row[name] ?? null))));
    },
  };
}

function cellOf(value: Value): string {
  if (value === null) return "";
  return typeof value === "object" ? JSON.stringify(value) : String(value);
}

/** A number is no formula, whatever its sign. */
const safe = (cell: string): string =>
  /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i.test(cell) ? cell : unformulated(cell);
