import { ConfigError } from "../../errors.ts";
import type { CsvDialect } from "./csv-tokenizer.ts";

/** What a user says of files whose form doesn't say it. */
export interface FileOptions {
  /** What stands between the cells of a CSV file: one character. @default "," and in .tsv files a tab */
  separator?: string;
  /** Names of the columns of CSV files whose first line is a row already, in their order. */
  columnNames?: readonly string[];
  /** The key of a JSON object that holds the rows. @default the document itself, or its "data" */
  field?: string;
}

/** How the rows of a CSV file are read. */
export interface CsvOptions extends CsvDialect {
  /** The row that names the columns, from 0; null where none does. */
  header: number | null;
  /** In place of the names in the file. */
  columnNames: readonly string[] | undefined;
  /** Columns to keep, by name or position. */
  keepColumns: readonly (string | number)[] | undefined;
  /** Rows to read at most. */
  rowLimit: number;
  /** Cells that stand for nothing. */
  missing: readonly string[];
  encoding: string;
}

/** How a JSON file is read. */
export interface JsonOptions {
  field: string | undefined;
  encoding: string;
}

/** How files are read, as a dataset's card says it; what isn't said is as usual. */
export interface CardOptions {
  csv?: Partial<CsvOptions>;
  json?: Partial<JsonOptions>;
}

/** CSV as `datasets` reads it where nothing else is said. */
export const PLAIN_CSV: Omit<CsvOptions, "separator"> = {
  quote: '"',
  escape: undefined,
  doubleQuote: true,
  skipInitialSpace: false,
  skipBlankLines: true,
  comment: undefined,
  lineEnd: undefined,
  skipRows: 0,
  header: 0,
  columnNames: undefined,
  keepColumns: undefined,
  rowLimit: Number.POSITIVE_INFINITY,
  missing: [],
  encoding: "utf-8",
};

/** A separator as it is meant: `\t`, which a command line can't hold otherwise, is a tab. @throws ConfigError */
export function readSeparator(text: string): string {
  const separator = text === "\\t" ? "\t" : text;
  if (separator.length === 1 && !/["\r\n]/.test(separator)) return separator;
  throw new ConfigError(
    `separator ${JSON.stringify(text.slice(0, 20))} is not one character; give what stands between two cells, such as ; or \\t`,
  );
}

/** What a user says of CSV files. @throws ConfigError */
export function csvOptionsOf({ separator, columnNames }: FileOptions): Partial<CsvOptions> {
  if (columnNames !== undefined) checkNames(columnNames);
  return {
    ...(separator !== undefined && { separator: readSeparator(separator) }),
    ...(columnNames !== undefined && { columnNames, header: null }),
  };
}

function checkNames(names: readonly string[]): void {
  if (names.length === 0 || names.includes("")) {
    throw new ConfigError("names of columns can't be empty; give one for each cell of a row");
  }
  const twice = names.find((name, i) => names.indexOf(name) !== i);
  if (twice !== undefined) throw new ConfigError(`two columns are named "${twice}"; give each its own name`);
}
