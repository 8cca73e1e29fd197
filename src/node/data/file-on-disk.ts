import { closeSync, createReadStream, openSync, readSync, statSync } from "node:fs";
import { stat } from "node:fs/promises";
import { pipeline } from "node:stream";
import { createGunzip } from "node:zlib";
import type { AsyncBuffer } from "hyparquet";
import { type DataFile, type OpenOptions, openStoredFile } from "../../core/data/formats/data-file.ts";
import { Misfit } from "../../core/data/formats/misfit.ts";
import { held, isGzip, type OnRead, type StoredFile } from "../../core/data/formats/stored-file.ts";
import { DataError } from "../../core/errors.ts";
import { lfsPointerProblem } from "../lfs-pointer.ts";

/** Opens a file by its extension. @throws DataError, also later while its rows are read */
export async function openDataFile(path: string, options: OpenOptions = {}): Promise<DataFile> {
  const pointer = await lfsPointerProblem(path);
  if (pointer !== undefined) throw new DataError(pointer);
  return openStoredFile(fileOnDisk(path), options);
}

/** A file of data on this machine. */
export function fileOnDisk(path: string): StoredFile {
  return {
    path,
    chunks: (onRead) => readBytes(path, onRead),
    random: async () => (isGzip(path) ? held(readBytes(path)) : openAtRandom(path)),
  };
}

async function* readBytes(path: string, onRead?: OnRead): AsyncGenerator<Uint8Array> {
  try {
    const { size } = await stat(path);
    // Read at once: a stream that fails before anyone listens to it ends the process.
    const file = createReadStream(path, { highWaterMark: 1 << 18 });
    const bytes = isGzip(path) ? pipeline(file, createGunzip(), () => {}) : file;
    for await (const chunk of bytes) {
      onRead?.(file.bytesRead / size);
      yield chunk as Uint8Array;
    }
  } catch (cause) {
    throw unreadable(path, cause);
  }
}

/**
 * Read without waiting: the decoder asks for more than it comes to use of a damaged file, and a read still under way
 * that then fails would be reported to nobody and end the process.
 */
function openAtRandom(path: string): AsyncBuffer {
  let byteLength: number;
  try {
    byteLength = statSync(path).size;
  } catch (cause) {
    throw unreadable(path, cause);
  }
  const slice = (start: number, end = byteLength) => {
    const bytes = new Uint8Array(Math.max(0, Math.min(end, byteLength) - start));
    const descriptor = openSync(path, "r");
    try {
      for (let done = 0; done < bytes.length; ) {
        const count = readSync(descriptor, bytes, done, bytes.length - done, start + done);
        if (count === 0) throw new Misfit("the file became shorter while it was read");
        done += count;
      }
    } finally {
      closeSync(descriptor);
    }
    return bytes.buffer;
  };
  return { byteLength, slice };
}

function unreadable(path: string, cause: unknown): DataError {
  const { code, message } = cause as NodeJS.ErrnoException;
  if (code?.startsWith("Z_"))
    return new DataError(`${path} is damaged or cut short (gzip: ${message})`, { cause });
  if (code === "ENOENT") return new DataError(`there is no file ${path}`, { cause });
  if (code === "EISDIR") return new DataError(`${path} is a folder, not a file`, { cause });
  return new DataError(`${path} can't be read: ${message}`, { cause });
}
