import { TextDecoder } from "node:util";
import { JSONParser } from "@streamparser/json/index.js";
import type { Row, Value } from "../../../core/data/values.ts";
import { DataError } from "../../../core/errors.ts";
import { type OnRead, readText } from "./text-file.ts";

/** How long a first line is looked at, in characters, to tell JSON Lines from one document on one line. */
const LONGEST_FIRST_LINE = 1 << 24;

/**
 * Rows of a JSON file: an array of objects, or an object whose `data` is one. A file with one object a line is JSON
 * Lines whatever its name says, and is read as that.
 *
 * @throws DataError with file and line.
 */
export async function* readJson(path: string, onRead?: OnRead): AsyncGenerator<Row> {
  const blocks = readText(path, { onRead });
  try {
    const start = await readFirstLine(blocks);
    async function* all() {
      yield start;
      yield* blocks;
    }
    if (start.trim() === "") throw new DataError(`${path} is empty`);
    yield* startsWithLineOfObject(start) ? parseLines(all(), path) : parseDocument(all(), start, path);
  } finally {
    // Not closed by itself where the reader stops before it has come to it.
    await blocks.return(undefined);
  }
}

/** Rows of a JSON Lines file: one object a line, empty lines skipped. @throws DataError with file and line */
export async function* readJsonLines(path: string, onRead?: OnRead): AsyncGenerator<Row> {
  yield* parseLines(readText(path, { onRead }), path);
}

async function* parseLines(blocks: AsyncIterable<string>, path: string): AsyncGenerator<Row> {
  let number = 0;
  for await (const line of linesOf(blocks)) {
    number++;
    if (line.trim() === "") continue;
    const row = parseAt(line, `${path} line ${number}`);
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

/**
 * Rows of a JSON document, which is never held in memory as a whole.
 *
 * @param start what the document begins with, as far as its first character that isn't blank
 */
async function* parseDocument(
  blocks: AsyncIterable<string>,
  start: string,
  path: string,
): AsyncGenerator<Row> {
  const isArray = !start.trimStart().startsWith("{");
  const parser = newParser(isArray ? "$.*" : "$.data.*");
  let items: Value[] = [];
  parser.onValue = ({ value, key }) => {
    // Of an object that stands where the array should, the keys are names.
    if (typeof key === "number") items.push(value as Value);
  };
  let line = 1;
  const attempt = (step: () => void) => {
    try {
      step();
    } catch (cause) {
      throw new DataError(`${path} line ${line} is not valid JSON: ${mistake(cause as Error)}`, { cause });
    }
  };
  let count = 0;
  for await (const block of blocks) {
    for (const piece of block.split(/(?<=\n)/)) {
      attempt(() => parser.write(piece));
      if (piece.endsWith("\n")) line++;
    }
    for (const item of items) {
      if (!isObject(item)) throw new DataError(`${path}: item ${count} (counting from 0) is not an object`);
      count++;
      yield item;
    }
    items = [];
  }
  if (!parser.isEnded) attempt(() => parser.end());
  if (count === 0) {
    throw new DataError(
      `${path} holds no rows; it must hold an array of objects, or an object with such an array as "data"`,
    );
  }
}

function newParser(path: string): JSONParser {
  const parser = new JSONParser({ paths: [path], keepStack: false });
  // Version 0.0.26 drops every U+FEFF that a text or a part of it begins with: it takes them for byte order marks.
  const { tokenizer } = parser as unknown as { tokenizer: { bufferedString: { decoder: TextDecoder } } };
  tokenizer.bufferedString.decoder = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });
  return parser;
}

/** What the parser says, without the names of its tokens and states. */
function mistake({ message }: Error): string {
  const found = /^Unexpected (?:[A-Z_]+ \()?(.+?)\)? (?:at chunk position|in state) /s.exec(message)?.[1];
  if (found === undefined) return "it ends too early";
  const visible = found.replaceAll(/\p{Cc}/gu, (character) => JSON.stringify(character).slice(1, -1));
  return `unexpected ${visible.length > 40 ? `${visible.slice(0, 40)}…` : visible}`;
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

/** Whether an object fills the first line, and is not the whole document. */
function startsWithLineOfObject(start: string): boolean {
  const line = firstLine(start);
  if (line === undefined || !line.startsWith("{")) return false;
  try {
    JSON.parse(line);
    return true;
  } catch {
    return false;
  }
}

function parseAt(text: string, where: string): Value {
  try {
    return JSON.parse(text) as Value;
  } catch (cause) {
    throw new DataError(`${where} is not valid JSON: ${(cause as Error).message}`, { cause });
  }
}

function isObject(value: Value | undefined): value is Row {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
