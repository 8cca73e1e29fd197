import { DataError } from "../../errors.ts";
import type { OnRead, StoredFile } from "./stored-file.ts";

const NEWLINE = 0x0a;

/**
 * The text of a file in blocks of whole characters, a byte order mark removed. A block may end within a line.
 *
 * @param options.encoding As `encodingOf` names it. @default "utf-8"
 * @throws DataError where the file can't be read, is a damaged gzip file or is not UTF-8.
 */
export async function* readText(
  file: StoredFile,
  { onRead, encoding = "utf-8" }: { onRead?: OnRead | undefined; encoding?: string } = {},
): AsyncGenerator<string> {
  if (encoding !== "utf-8") return yield* readEncoded(file, encoding, onRead);
  const { path } = file;
  const decoder = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });
  let line = 1;
  let first = true;
  for await (const block of wholeCharacters(file.chunks(onRead))) {
    let text: string;
    try {
      text = decoder.decode(block);
    } catch {
      throw notUtf8(path, block, line, first);
    }
    yield first && text.startsWith("\uFEFF") ? text.slice(1) : text;
    first = false;
    line += countLines(block);
  }
}

async function* readEncoded(file: StoredFile, encoding: string, onRead?: OnRead): AsyncGenerator<string> {
  const { path } = file;
  // What the web calls latin1 is windows-1252.
  if (encoding === "latin1") {
    for await (const bytes of file.chunks(onRead)) yield latin1(bytes);
    return;
  }
  const decoder = new TextDecoder(encoding, { fatal: true });
  const decode = (bytes?: Uint8Array) => {
    try {
      return decoder.decode(bytes, { stream: bytes !== undefined });
    } catch (cause) {
      throw new DataError(`${path} is not ${encoding} text, the encoding that is given for it`, { cause });
    }
  };
  for await (const bytes of file.chunks(onRead)) yield decode(bytes);
  yield decode();
}

/** The name of an encoding in Python as it is decoded here; undefined where it isn't known. */
export function encodingOf(name: string): string | undefined {
  const plain = name.toLowerCase().replaceAll(/[\s_]/g, "-");
  if (["utf-8", "utf8", "utf-8-sig", "ascii", "us-ascii"].includes(plain)) return "utf-8";
  if (["latin-1", "latin1", "latin", "l1", "iso-8859-1", "iso8859-1", "8859"].includes(plain))
    return "latin1";
  const label = plain
    .replace(/^utf-16-(?=[lb]e)/, "utf-16")
    .replace(/^cp(125\d|874)$/, "windows-$1")
    .replace(/^cp949$/, "euc-kr")
    .replace(/^cp932$/, "shift-jis");
  try {
    return new TextDecoder(label).encoding;
  } catch {
    return undefined;
  }
}

/** A character for each byte, the one of the same number. */
function latin1(bytes: Uint8Array): string {
  const pieces: string[] = [];
  for (let at = 0; at < bytes.length; at += 8192) {
    pieces.push(String.fromCharCode(...bytes.subarray(at, at + 8192)));
  }
  return pieces.join("");
}

async function* wholeCharacters(chunks: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  let rest: Uint8Array = new Uint8Array(0);
  for await (const chunk of chunks) {
    const bytes = rest.length > 0 ? joined(rest, chunk) : chunk;
    const end = endOfCharacters(bytes);
    if (end > 0) yield bytes.subarray(0, end);
    rest = bytes.subarray(end);
  }
  if (rest.length > 0) yield rest;
}

function joined(a: Uint8Array, b: Uint8Array): Uint8Array {
  const both = new Uint8Array(a.length + b.length);
  both.set(a);
  both.set(b, a.length);
  return both;
}

/** Where the last character of UTF-8 ends that is there in full. */
function endOfCharacters(bytes: Uint8Array): number {
  for (let back = 1; back <= Math.min(3, bytes.length); back++) {
    const byte = bytes[bytes.length - back]!;
    const isFirst = byte >= 0xc0;
    if (isFirst) return back < (byte >= 0xf0 ? 4 : byte >= 0xe0 ? 3 : 2) ? bytes.length - back : bytes.length;
    if (byte < 0x80) break;
  }
  return bytes.length;
}

function countLines(block: Uint8Array): number {
  let count = 0;
  for (let at = block.indexOf(NEWLINE); at !== -1; at = block.indexOf(NEWLINE, at + 1)) count++;
  return count;
}

function notUtf8(path: string, block: Uint8Array, firstLine: number, atStart: boolean): DataError {
  const [a, b] = block;
  if (atStart && ((a === 0xff && b === 0xfe) || (a === 0xfe && b === 0xff))) {
    return new DataError(`${path} is UTF-16 text; save it as UTF-8`);
  }
  let line = firstLine;
  let start = 0;
  for (;;) {
    const newline = block.indexOf(NEWLINE, start);
    const end = newline === -1 ? block.length : newline + 1;
    if (newline === -1 || !isUtf8(block.subarray(start, end))) break;
    line++;
    start = end;
  }
  return new DataError(`${path} line ${line} is not UTF-8 text; save the file as UTF-8`);
}

function isUtf8(bytes: Uint8Array): boolean {
  try {
    new TextDecoder("utf-8", { fatal: true }).decode(bytes);
    return true;
  } catch {
    return false;
  }
}
