import type { AsyncBuffer } from "hyparquet";

/** Told now and then what share of a file has been read, 0 to 1. */
export type OnRead = (share: number) => void;

/** A file of data, on a disk or chosen by a browser's user; one whose name ends in `.gz` is read decompressed. */
export interface StoredFile {
  /** Its name with its extensions, which say how it is read; messages call it so. */
  readonly path: string;
  /** Its bytes from the first to the last. @throws DataError where it can't be read, or decompressed */
  chunks(onRead?: OnRead): AsyncIterable<Uint8Array>;
  /** Its bytes at any place. @throws DataError as `chunks` */
  random(): Promise<AsyncBuffer>;
}

/** Whether the file is to be decompressed, by its name. */
export function isGzip(path: string): boolean {
  return /\.gz$/i.test(path);
}

/** All of a file's bytes in memory, to be read at any place. */
export async function held(chunks: AsyncIterable<Uint8Array>): Promise<AsyncBuffer> {
  const all: Uint8Array[] = [];
  let byteLength = 0;
  for await (const chunk of chunks) {
    all.push(chunk);
    byteLength += chunk.length;
  }
  const bytes = new Uint8Array(byteLength);
  let at = 0;
  for (const chunk of all) {
    bytes.set(chunk, at);
    at += chunk.length;
  }
  return { byteLength, slice: (start, end) => bytes.buffer.slice(start, end) };
}
