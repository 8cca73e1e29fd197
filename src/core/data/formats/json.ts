import { DataError } from "../../errors.ts";
import type { Row, Value } from "../values.ts";
import type { JsonOptions } from "./file-options.ts";
import { type JsonItem, JsonLayoutMistake, JsonScanner } from "./json-scanner.ts";
import { JsonMistake, parseJson } from "./json-value.ts";
import type { OnRead, StoredFile } from "./stored-file.ts";
import { readText } from "./text.ts";

/** How long a first line is looked at, in characters, to tell JSON Lines from one document on one line. */
const LONGEST_FIRST_LINE = 1 << 24;

/** How the reading of one file may differ. */
export interface JsonReading extends Partial<JsonOptions> {
  onRead?: OnRead | undefined;
  /** Whether the file's name says that every line is an object. */
  lines?: boolean;
}

/**
 * Rows of a JSON or JSON Lines file: one object a line; an array of objects; objects one after another, over any
 * number of lines; one object; or an object whose `field` is an array of them. Whole numbers beyond 2⁵³ are `bigint`.
 *
 * @param options.field In .json files "data" where the document is one object that has it as an array, and nothing
 * else is said.
 * @throws DataError with file and line.
 */
export async function* readJson(
  file: StoredFile,
  { field, encoding, onRead, lines = false }: JsonReading = {},
): AsyncGenerator<Row> {
  const { path } = file;
  const blocks = readText(file, { onRead, ...(encoding !== undefined && { encoding }) });
  try {
    const start = await readFirstLine(blocks);
    async function* all() {
      yield start;
      yield* blocks;
    }
    if (start.trim() === "") {
      if (!lines) throw new DataError(`${path} is empty`);
      return;
    }
    const isLines = field === undefined && startsWithLineOfObject(start, lines);
    yield* isLines ? parseLines(all(), path) : parseDocument(all(), path, field, lines);
  } finally {
    // Not closed by itself where the reader stops before it has come to it.
    await blocks.return(undefined);
  }
}

async function* parseLines(blocks: AsyncIterable<string>, path: string): AsyncGenerator<Row> {
  let number = 0;
  for await (const text of linesOf(blocks)) {
    number++;
    if (text.trim() === "") continue;
    const row = parseItem({ text, line: number, inArray: false }, path);
    if (!isObject(row)) throw new DataError(`${path} line ${number} is not a JSON object`);
    yield row;
  }
}

async function* linesOf(blocks: AsyncIterable<string>): AsyncGenerator<string> {
  let begun: string[] = [];
  for await (const block of blocks) {
    const lines = block.split("\n");
    begun.push(lines[0]!);
    for (const next of lines.slice(1)) {
      yield begun.join("");
      begun = [next];
    }
  }
  yield begun.join("");
}

/** Rows of a JSON document, which is never held in memory as a whole. */
async function* parseDocument(
  blocks: AsyncIterable<string>,
  path: string,
  field: string | undefined,
  lines: boolean,
): AsyncGenerator<Row> {
  const scanner = new JsonScanner(field ?? (lines ? undefined : "data"));
  let count = 0;
  let alone: Row | undefined;
  function* rowsOf(items: readonly JsonItem[]): Generator<Row> {
    for (const item of items) {
      const row = parseItem(item, path);
      if (!isObject(row)) {
        throw new DataError(
          item.inArray
            ? `${path}: item ${count} (counting from 0) is not an object`
            : `${path} holds no rows; ${expected}`,
        );
      }
      if (field !== undefined && !scanner.wrapped) {
        throw new DataError(
          `${path} has no object whose "${field}" is an array; leave field out, or correct it`,
        );
      }
      count++;
      if (!item.inArray && count === 1) {
        alone = row;
        continue;
      }
      if (alone !== undefined) yield alone;
      alone = undefined;
      yield row;
    }
  }
  for await (const block of blocks) yield* rowsOf(attempt(() => scanner.push(block), path));
  yield* rowsOf(attempt(() => scanner.end(), path));
  if (count === 0) throw new DataError(`${path} holds no rows; ${expected}`);
  if (alone === undefined) return;
  const held = Object.keys(alone).find((key) => holdsRows(alone![key]));
  if (held !== undefined) {
    throw new DataError(
      `${path} holds one object; if its rows are in "${held.slice(0, 60)}", say so with --field (field); ${expected}`,
    );
  }
  yield alone;
}

const expected =
  'it must hold objects, an array of objects, or an object with such an array as "data" or as the field that is named';

/** Whether a key of a file's only object may be where its rows are. */
function holdsRows(value: Value | undefined): boolean {
  return Array.isArray(value) && value.every(isObject);
}

function attempt<T>(step: () => T, path: string): T {
  try {
    return step();
  } catch (cause) {
    if (!(cause instanceof JsonLayoutMistake)) throw cause;
    throw new DataError(`${path} line ${cause.line} is not valid JSON: ${cause.message}`, { cause });
  }
}

function parseItem({ text, line }: JsonItem, path: string): Value {
  try {
    return parseJson(text);
  } catch (cause) {
    if (!(cause instanceof JsonMistake)) throw cause;
    const at = line + text.slice(0, cause.at).split("\n").length - 1;
    throw new DataError(`${path} line ${at} is not valid JSON: ${cause.message}`, { cause });
  }
}

/** Blocks up to where it is known whether they are lines of objects: at once, unless they begin with an object. */
async function readFirstLine(blocks: AsyncGenerator<string>): Promise<string> {
  let start = "";
  while (start.length < LONGEST_FIRST_LINE && !/^\s*[^\s{]/.test(start) && firstLine(start) === undefined) {
    const { done, value } = await blocks.next();
    if (done) break;
    start += value;
  }
  return start;
}

/** The first line that isn't empty, where anything but space follows it. */
function firstLine(start: string): string | undefined {
  const text = start.trimStart();
  const end = text.indexOf("\n");
  return end === -1 || text.slice(end).trimStart() === "" ? undefined : text.slice(0, end);
}

/**
 * Whether an object fills the first line, and is not the whole document; in a file of lines also the only one, or one
 * that is broken.
 */
function startsWithLineOfObject(start: string, lines: boolean): boolean {
  const line = firstLine(start);
  if (line === undefined) return lines && /^\s*\{[^\n]*\s*$/.test(start);
  if (!line.startsWith("{")) return false;
  try {
    parseJson(line);
    return true;
  } catch {
    return lines && /\}\s*$/.test(line);
  }
}

function isObject(value: Value | undefined): value is Row {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
