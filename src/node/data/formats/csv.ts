import { Readable } from "node:stream";
import { CsvError, parse } from "csv-parse";
import type { Row, Value } from "../../../core/data/values.ts";
import { DataError } from "../../../core/errors.ts";
import { type OnRead, readText } from "./text-file.ts";

/**
 * Opens a CSV or TSV file (RFC 4180 quoting, LF or CRLF); every cell is text. The first line names the columns; one
 * without a name is called as pandas calls it, `Unnamed: 0`. Empty lines are skipped.
 *
 * @throws DataError with file and line, also later while the rows are read: broken quoting, a row with more or
 * fewer cells, a column named twice.
 */
export async function openCsv(
  path: string,
  delimiter: "," | "\t",
  onRead?: OnRead,
): Promise<{ columns: string[]; rows: AsyncGenerator<Row> }> {
  const records = readRecords(path, delimiter, onRead);
  const header = await records.next();
  if (header.done) throw new DataError(`${path} is empty`);
  const columns = columnNames(header.value.record, path);

  async function* rows(): AsyncGenerator<Row> {
    for await (const { record, info } of records) {
      if (record.length !== columns.length) throw raggedRow(path, info.lines, record.length, columns.length);
      yield toRow(columns, record);
    }
  }
  return { columns, rows: rows() };
}

async function* readRecords(
  path: string,
  delimiter: string,
  onRead: OnRead | undefined,
): AsyncGenerator<CsvRecord> {
  const parser = parse({ delimiter, skip_empty_lines: true, relax_column_count: true, info: true });
  const text = Readable.from(readText(path, onRead)).on("error", (error) => parser.destroy(error));
  try {
    yield* text.pipe(parser) as AsyncIterable<CsvRecord>;
  } catch (error) {
    throw error instanceof CsvError ? brokenQuoting(path, error) : error;
  }
}

interface CsvRecord {
  record: string[];
  info: { lines: number };
}

function columnNames(cells: readonly string[], path: string): string[] {
  const names = cells.map((cell, i) => cell.trim() || `Unnamed: ${i}`);
  const twice = names.find((name, i) => names.indexOf(name) !== i);
  // Not a property that an object of the language can hold like any other.
  if (names.includes("__proto__")) throw new DataError(`${path} line 1 names a column __proto__; rename it`);
  if (twice === undefined) return names;
  throw new DataError(`${path} line 1 names two columns "${twice}"; rename one`);
}

function toRow(names: readonly string[], cells: readonly string[]): Row {
  const row: Row = {};
  for (let i = 0; i < names.length; i++) row[names[i]!] = cells[i]!;
  return row;
}

function raggedRow(path: string, line: number, cells: number, columns: number): DataError {
  const hint = cells > columns ? "quote cells that contain the separator" : "cells are missing";
  return new DataError(`${path} line ${line} has ${cells} cells where the header has ${columns}; ${hint}`);
}

function brokenQuoting(path: string, error: CsvError): DataError {
  const line = typeof error.lines === "number" ? ` line ${error.lines}` : "";
  const problem: Record<string, string> = {
    CSV_QUOTE_NOT_CLOSED: "a quote opened here is never closed",
    CSV_INVALID_CLOSING_QUOTE: 'text follows a closing quote; a quote inside a quoted cell is written ""',
    INVALID_OPENING_QUOTE: 'a quote stands inside a cell; quote the whole cell and write the quote as ""',
  };
  return new DataError(`${path}${line}: ${problem[error.code] ?? error.message}`, { cause: error });
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
