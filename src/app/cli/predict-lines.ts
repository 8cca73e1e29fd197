import type { TextInput } from "../../core/classifier/predict.ts";
import { DataError } from "../../core/errors.ts";

/**
 * The lines of a stream, empty ones included: each ends with LF or CRLF, and nothing else ends one.
 *
 * @throws DataError where it is not UTF-8.
 */
export async function* linesOf(stream: AsyncIterable<Uint8Array | string>): AsyncGenerator<string> {
  const decoder = new TextDecoder("utf-8", { fatal: true });
  let rest: string[] = [];
  let line = 0;
  const decode = (chunk?: Uint8Array) => {
    try {
      return decoder.decode(chunk, { stream: chunk !== undefined });
    } catch (cause) {
      throw new DataError(`stdin is not UTF-8 text, somewhere after line ${line}`, { cause });
    }
  };
  for await (const chunk of stream) {
    const [first = "", ...more] = (typeof chunk === "string" ? chunk : decode(chunk)).split("\n");
    rest.push(first);
    for (const next of more) {
      line++;
      yield rest.join("").replace(/\r$/, "");
      rest = [next];
    }
  }
  const last = rest.join("") + decode();
  if (last !== "") yield last;
}

/** Lines as texts; one that starts with { is JSON. @throws DataError naming the line */
export async function* readInputs(lines: AsyncIterable<string>): AsyncGenerator<TextInput> {
  let line = 0;
  for await (const text of lines) {
    line++;
    if (line === 1 && isHeader(text)) {
      throw new DataError(
        `stdin, line 1 looks like the names of a table's columns (${text.slice(0, 60)}); every line is one text: leave the other columns and this line out, or write each row as {"text": "…"}`,
      );
    }
    yield text.trimStart().startsWith("{") ? parseInput(text, line) : text;
  }
}

/** Names that tables give their columns of texts and labels. */
const USUAL = /^(text|sentence|sentence[12]|label|labels|title|content|review|premise|hypothesis|message)$/i;

/** Whether a line names columns: nothing but short words, a separator between them, a usual name among them. */
function isHeader(line: string): boolean {
  return [",", ";", "\t", "|"].some((separator) => {
    const cells = line.split(separator).map((cell) => cell.replace(/^"(.*)"$/, "$1"));
    return (
      cells.length > 1 &&
      cells.every((cell) => /^\w{0,40}$/.test(cell)) &&
      cells.some((cell) => USUAL.test(cell))
    );
  });
}

function parseInput(text: string, line: number): TextInput {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (cause) {
    throw new DataError(`stdin, line ${line}: not valid JSON`, { cause });
  }
  const { text: first, pair } = value as { text?: unknown; pair?: unknown };
  if (typeof first !== "string") throw new DataError(`stdin, line ${line}: the JSON object has no "text"`);
  return typeof pair === "string" ? { text: first, pair } : first;
}

/** Groups of `size`, the last as many as are left. */
export async function* chunks<T>(items: AsyncIterable<T>, size: number): AsyncGenerator<T[]> {
  let chunk: T[] = [];
  for await (const item of items) {
    chunk.push(item);
    if (chunk.length === size) {
      yield chunk;
      chunk = [];
    }
  }
  if (chunk.length > 0) yield chunk;
}
