import { isUtf8 } from "node:buffer";
import { createReadStream } from "node:fs";
import { stat } from "node:fs/promises";
import { pipeline } from "node:stream";
import { createGunzip } from "node:zlib";
import { DataError } from "../../../core/errors.ts";

const NEWLINE = 0x0a;

/** Told now and then what share of a file has been read, 0 to 1. */
export type OnRead = (share: number) => void;

/** Whether the file is to be decompressed, by its name. */
export function isGzip(path: string): boolean {
  return /\.gz$/i.test(path);
}

/**
 * The text of a file in blocks of whole characters, a byte order mark removed. A block may end within a line.
 *
 * @param options.encoding As `encodingOf` names it. @default "utf-8"
 * @throws DataError where the file can't be read, is a damaged gzip file or is not UTF-8.
 */
export async function* readText(
  path: string,
  { onRead, encoding = "utf-8" }: { onRead?: OnRead | undefined; encoding?: string } = {},
): AsyncGenerator<string> {
  if (encoding !== "utf-8") return yield* readEncoded(path, encoding, onRead);
  let line = 1;
  let first = true;
  for await (const block of wholeCharacters(readBytes(path, onRead))) {
    if (!isUtf8(block)) throw notUtf8(path, block, line, first);
    const text = block.toString("utf8");
    yield first && text.startsWith("\uFEFF") ? text.slice(1) : text;
    first = false;
    line += countLines(block);
  }
}

async function* readEncoded(path: string, encoding: string, onRead?: OnRead): AsyncGenerator<string> {
  // What the web calls latin1 is windows-1252.
  if (encoding === "latin1") {
    for await (const bytes of readBytes(path, onRead)) yield bytes.toString("latin1");
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
  for await (const bytes of readBytes(path, onRead)) yield decode(bytes);
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

/** The bytes of a file, decompressed where its name ends in `.gz`. */
export async function* readBytes(path: string, onRead?: OnRead): AsyncGenerator<Buffer> {
  try {
    const { size } = await stat(path);
    // Read at once: a stream that fails before anyone listens to it ends the process.
    const file = createReadStream(path, { highWaterMark: 1 << 18 });
    const bytes = isGzip(path) ? pipeline(file, createGunzip(), () => {}) : file;
    for await (const chunk of bytes) {
      onRead?.(file.bytesRead / size);
      yield chunk as Buffer;
    }
  } catch (cause) {
    throw unreadable(path, cause);
  }
}

function unreadable(path: string, cause: unknown): DataError {
  const { code, message } = cause as NodeJS.ErrnoException;
  if (code?.startsWith("Z_"))
    return new DataError(`${path} is damaged or cut short (gzip: ${message})`, { cause });
  if (code === "ENOENT") return new DataError(`there is no file ${path}`, { cause });
  if (code === "EISDIR") return new DataError(`${path} is a folder, not a file`, { cause });
  return new DataError(`${path} can't be read: ${message}`, { cause });
}

async function* wholeCharacters(chunks: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
  let rest: Buffer = Buffer.alloc(0);
  for await (const chunk of chunks) {
    const bytes = rest.length > 0 ? Buffer.concat([rest, chunk]) : chunk;
    const end = endOfCharacters(bytes);
    if (end > 0) yield bytes.subarray(0, end);
    rest = bytes.subarray(end);
  }
  if (rest.length > 0) yield rest;
}

/** Where the last character of UTF-8 ends that is there in full. */
function endOfCharacters(bytes: Buffer): number {
  for (let back = 1; back <= Math.min(3, bytes.length); back++) {
    const byte = bytes[bytes.length - back]!;
    const isFirst = byte >= 0xc0;
    if (isFirst) return back < (byte >= 0xf0 ? 4 : byte >= 0xe0 ? 3 : 2) ? bytes.length - back : bytes.length;
    if (byte < 0x80) break;
  }
  return bytes.length;
}

function countLines(block: Buffer): number {
  let count = 0;
  for (let at = block.indexOf(NEWLINE); at !== -1; at = block.indexOf(NEWLINE, at + 1)) count++;
  return count;
}

function notUtf8(path: string, block: Buffer, firstLine: number, atStart: boolean): DataError {
  const mark = block.toString("latin1", 0, 2);
  if (atStart && (mark === "\xff\xfe" || mark === "\xfe\xff")) {
    return new DataError(`${path} is UTF-16 text; save it as UTF-8`);
  }
  let line = firstLine;
  let start = 0;
  for (;;) {
    const newline = block.indexOf(NEWLINE, start);
    const end = newline === -1 ? block.length : newline + 1;
    if (!isUtf8(block.subarray(start, end)) || newline === -1) break;
    line++;
    start = end;
  }
  return new DataError(`${path} line ${line} is not UTF-8 text; save the file as UTF-8`);
}
