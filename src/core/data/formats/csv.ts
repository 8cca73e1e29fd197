import { DataError } from "../../errors.ts";
import { listNames } from "../nearest-name.ts";
import type { Row, Value } from "../values.ts";
import { type CsvRecord, CsvTokenizer, UnfinishedCsv } from "./csv-tokenizer.ts";
import type { CsvOptions } from "./file-options.ts";
import type { OnRead, StoredFile } from "./stored-file.ts";
import { readText } from "./text.ts";

/** More than any table has: a file with a line of this many is none. */
const MOST_COLUMNS = 100_000;

/** A CSV file whose columns are known. */
export interface CsvFile {
  columns: string[];
  rows: AsyncGenerator<Row>;
  /** What the file looks like, where that isn't as it is read: for messages that find a column lacking. */
  hint?: string;
}

/**
 * Opens a CSV or TSV file as pandas and `datasets` read it, except that every cell is text. Unless `options` say
 * otherwise the first row names the columns; one without a name is called as pandas calls it, `Unnamed: 0`.
 *
 * @throws DataError with file and line, also later while the rows are read: a quote that is never closed, a row with
 * more or fewer cells, a column named twice.
 */
export async function openCsv(file: StoredFile, options: CsvOptions, onRead?: OnRead): Promise<CsvFile> {
  const { path } = file;
  const records = readRecords(file, options, onRead);
  const { columns, first, hint } = await readHeader(records, path, options);
  const kept = keptColumns(columns, options, path);
  const positions = kept?.map((name) => columns.indexOf(name));
  const missing = new Set(options.missing);

  async function* rows(): AsyncGenerator<Row> {
    let count = 0;
    const take = ({ cells, line }: CsvRecord): Row => {
      if (cells.length !== columns.length) {
        throw raggedRow(path, line, cells.length, columns.length, options.columnNames !== undefined, hint);
      }
      const values: Value[] =
        missing.size === 0 ? cells : cells.map((cell) => (missing.has(cell) ? null : cell));
      return positions === undefined
        ? toRow(columns, values)
        : toRow(
            kept!,
            positions.map((position) => values[position]!),
          );
    };
    try {
      if (first !== undefined && count++ < options.rowLimit) yield take(first);
      while (count++ < options.rowLimit) {
        const next = await records.next();
        if (next.done) return;
        yield take(next.value);
      }
    } finally {
      await records.return(undefined);
    }
  }
  return { columns: kept ?? columns, rows: rows(), ...(hint && { hint }) };
}

async function* readRecords(
  file: StoredFile,
  options: CsvOptions,
  onRead: OnRead | undefined,
): AsyncGenerator<CsvRecord> {
  const tokenizer = new CsvTokenizer(options);
  for await (const block of readText(file, { onRead, encoding: options.encoding })) {
    yield* tokenizer.push(block);
  }
  try {
    yield* tokenizer.end();
  } catch (error) {
    if (!(error instanceof UnfinishedCsv)) throw error;
    throw new DataError(`${file.path} line ${error.line}: ${error.message}`, { cause: error });
  }
}

/** The columns, and the first row where it had to be read to know them. */
async function readHeader(
  records: AsyncGenerator<CsvRecord>,
  path: string,
  options: CsvOptions,
): Promise<{ columns: string[]; first?: CsvRecord; hint?: string | undefined }> {
  const { header, columnNames, separator } = options;
  for (let skipped = 0; header !== null && skipped < header; skipped++) await records.next();
  const next = await records.next();
  if (next.done) throw new DataError(`${path} is empty`);
  const record = next.value;
  const { cells, line } = record;
  if (cells.length > MOST_COLUMNS) {
    throw new DataError(
      `${path} line ${line} has ${cells.length} cells, which is no table of columns; is "${printable(separator)}" what stands between its cells?`,
    );
  }
  if (columnNames === undefined && header === null) {
    return { columns: cells.map((_, i) => String(i)), first: record };
  }
  if (columnNames === undefined) {
    return { columns: namesIn(cells, path, line), hint: lookOf(cells, separator) };
  }
  if (header !== null) return { columns: [...columnNames] };
  if (columnNames.length !== cells.length) {
    const otherSeparator = separatorHint(cells, separator);
    throw new DataError(
      `${path} line ${line} has ${cells.length} cells, and ${columnNames.length} columns are named: ${listNames(columnNames)}${otherSeparator === undefined ? "" : `; ${otherSeparator}`}`,
    );
  }
  if (cells.every((cell, i) => cell.trim() === columnNames[i])) {
    throw new DataError(`${path} line ${line} names the columns itself; leave their names out`);
  }
  return { columns: [...columnNames], first: record };
}

function namesIn(cells: readonly string[], path: string, line: number): string[] {
  const names = cells.map((cell, i) => cell.trim() || `Unnamed: ${i}`);
  const seen = new Set<string>();
  for (const name of names) {
    if (seen.has(name)) {
      const shown = name.length > 60 ? `${name.slice(0, 60)}…` : name;
      const hint = lookOf(cells, ",");
      throw new DataError(
        `${path} line ${line} names two columns "${shown}"; rename one${hint === undefined ? "" : `, or: ${hint}`}`,
      );
    }
    seen.add(name);
  }
  return names;
}

/** The columns that are wanted, in the file's order; undefined where all are. */
function keptColumns(columns: readonly string[], options: CsvOptions, path: string): string[] | undefined {
  const { keepColumns } = options;
  if (keepColumns === undefined) return undefined;
  const lacking = keepColumns.find((column) =>
    typeof column === "number" ? column >= columns.length : !columns.includes(column),
  );
  if (lacking !== undefined) {
    throw new DataError(`${path} has no column ${lacking} (columns: ${listNames(columns)})`);
  }
  const wanted = new Set(keepColumns);
  return columns.filter((name, i) => wanted.has(name) || wanted.has(i));
}

const OTHER_SEPARATORS = [";", "\t", "|", ","];
const NUMBER = /^[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?$/;

/** What a first line looks like that can hardly be the names of columns, and what to say then. */
function lookOf(cells: readonly string[], separator: string): string | undefined {
  const otherSeparator = separatorHint(cells, separator);
  if (otherSeparator !== undefined) return otherSeparator;
  // A table without names that pandas wrote has the positions for names.
  const positions = cells.filter((cell) => cell !== "").every((cell, i) => cell === String(i));
  const isRow = cells.some((cell) => NUMBER.test(cell.trim()) || cell.length > 60);
  if (!isRow || positions) return undefined;
  return "its first line looks like a row, not like names of columns; if it is one, name the columns (--columns a,b, or columnNames)";
}

function separatorHint(cells: readonly string[], separator: string): string | undefined {
  if (cells.length > 1) return undefined;
  const other = OTHER_SEPARATORS.find((sign) => sign !== separator && cells[0]?.includes(sign));
  if (other === undefined) return undefined;
  return `its first line has one cell and looks separated by "${printable(other)}"; if it is, give --separator "${printable(other)}" (separator)`;
}

function printable(sign: string): string {
  return sign === "\t" ? "\\t" : sign;
}

function toRow(names: readonly string[], cells: readonly Value[]): Row {
  const row: Row = {};
  for (let i = 0; i < names.length; i++) {
    const name = names[i]!;
    // By assignment it would not become a property.
    if (name === "__proto__") Object.defineProperty(row, name, { ...own, value: cells[i]! });
    else row[name] = cells[i]!;
  }
  return row;
}

const own = { enumerable: true, configurable: true, writable: true };

function raggedRow(
  path: string,
  line: number,
  cells: number,
  columns: number,
  named: boolean,
  look: string | undefined,
): DataError {
  const hint = look ?? (cells > columns ? "quote cells that contain the separator" : "cells are missing");
  const expected = named ? `${columns} columns are named` : `the header has ${columns}`;
  return new DataError(`${path} line ${line} has ${cells} cells where ${expected}; ${hint}`);
}

const INTEGER = /^[+-]?(0|[1-9]\d*)$/;
const DECIMAL = /^[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?$/;

/**
 * Cells of a CSV column as numbers where every one that is not empty is a number, with empty ones missing; else as
 * they are. Kept as text: numbers with leading zeros and whole numbers beyond 2⁵³ (both are identifiers), and words
 * such as `NA`, `null` or `true`, which other readers replace and which may be someone's text or class.
 */
export function narrowCells(cells: Value[]): Value[] {
  let any = false;
  for (const cell of cells) {
    if (cell === "" || cell === null) continue;
    if (typeof cell !== "string" || !isNumber(cell)) return cells;
    any = true;
  }
  return any ? cells.map((cell) => (cell === "" || cell === null ? null : Number(cell))) : cells;
}

function isNumber(cell: string): boolean {
  if (INTEGER.test(cell)) return Number.isSafeInteger(Number(cell));
  return DECIMAL.test(cell) && !/^[+-]?0\d/.test(cell) && /[.eE]/.test(cell) && Number.isFinite(Number(cell));
}
