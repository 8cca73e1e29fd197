import { DataError } from "../../errors.ts";
import type { Row, Value } from "../values.ts";
import { type OnRead, readText } from "./text-file.ts";

/**
 * Rows of a JSON file: an array of objects, or an object whose `data` is one. Such a file is parsed as a whole. A
 * file with one object a line is JSON Lines whatever its name says, and is read as that.
 */
export async function* readJson(path: string, onRead?: OnRead): AsyncGenerator<Row> {
  const blocks: string[] = [];
  let linesOfObjects: boolean | undefined;
  for await (const block of readText(path, onRead)) {
    linesOfObjects ??= startsWithLineOfObject(block);
    blocks.push(block);
  }
  const text = blocks.join("");
  if (linesOfObjects && !isObject(tryParse(text))) return yield* parseLines([text], path);
  const parsed = parseWhole(text, path);
  const rows = isObject(parsed) ? parsed.data : parsed;
  if (!Array.isArray(rows)) {
    throw new DataError(`${path} must hold an array of objects, or an object with such an array as "data"`);
  }
  for (const [i, row] of rows.entries()) {
    if (!isObject(row)) throw new DataError(`${path}: item ${i} (counting from 0) is not an object`);
    yield row;
  }
}

/** Rows of a JSON Lines file: one object a line, empty lines skipped. */
export async function* readJsonLines(path: string, onRead?: OnRead): AsyncGenerator<Row> {
  yield* parseLines(readText(path, onRead), path);
}

async function* parseLines(
  blocks: AsyncIterable<string> | Iterable<string>,
  path: string,
): AsyncGenerator<Row> {
  let number = 0;
  for await (const block of blocks) {
    const lines = block.split("\n");
    if (lines.at(-1) === "") lines.pop();
    for (const line of lines) {
      number++;
      if (line.trim() === "") continue;
      const row = parseAt(line, `${path} line ${number}`);
      if (!isObject(row)) throw new DataError(`${path} line ${number} is not a JSON object`);
      yield row;
    }
  }
}

function startsWithLineOfObject(block: string): boolean {
  const [line = ""] = block.trimStart().split("\n", 1);
  return line.startsWith("{") && tryParse(line) !== undefined;
}

function isObject(value: Value | undefined): value is Row {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function tryParse(text: string): Value | undefined {
  try {
    return JSON.parse(text) as Value;
  } catch {
    return undefined;
  }
}

function parseAt(text: string, where: string): Value {
  try {
    return JSON.parse(text) as Value;
  } catch (cause) {
    throw new DataError(`${where} is not valid JSON: ${(cause as Error).message}`, { cause });
  }
}

function parseWhole(text: string, path: string): Value {
  if (text.trim() === "") throw new DataError(`${path} is empty`);
  try {
    return JSON.parse(text) as Value;
  } catch (cause) {
    const message = (cause as Error).message.replaceAll(/\s+/g, " ");
    throw new DataError(`${path} line ${lineOfMistake(text)} is not valid JSON: ${message}`, { cause });
  }
}

/**
 * The engine says where only for some mistakes. But all of a file up to its mistake is wrong in nothing except that
 * it stops, which divides the lines in two: those before the mistake and those from it on.
 */
function lineOfMistake(text: string): number {
  const lines = text.split("\n");
  let sound = 0;
  let broken = lines.length;
  while (broken - sound > 1) {
    const middle = (sound + broken) >> 1;
    if (onlyStops(`${lines.slice(0, middle).join("\n")}\n`)) sound = middle;
    else broken = middle;
  }
  return broken;
}

function onlyStops(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch (error) {
    const { message } = error as Error;
    const position = /at position (\d+)/.exec(message)?.[1];
    return position === undefined ? message.includes("end of JSON") : Number(position) >= text.length;
  }
}
