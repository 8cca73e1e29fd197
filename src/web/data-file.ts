import type { Dataset } from "../core/data/dataset.ts";
import { type OpenOptions, openStoredFile } from "../core/data/formats/data-file.ts";
import type { FileOptions } from "../core/data/formats/file-options.ts";
import { type ReadFilesOptions, readFiles } from "../core/data/formats/read-files.ts";
import { held, isGzip, type OnRead, type StoredFile } from "../core/data/formats/stored-file.ts";
import { DataError } from "../core/errors.ts";
import type { OnProgress } from "../core/progress.ts";

/** How a file is read. */
export interface LoadDatasetOptions extends FileOptions {
  /** Columns to keep, in this order. @default all */
  columns?: readonly string[];
  onProgress?: OnProgress;
  signal?: AbortSignal;
}

/**
 * Reads a file that a user chose, or several of the same columns, one after the other: CSV, TSV, JSON, JSON Lines or
 * Parquet, each also with `.gz`, told apart by their names.
 *
 * @throws DataError where a file is of another kind, is damaged or has no rows.
 * @throws Interrupted if `signal` stops it.
 *
 * @example
 * const mails = await loadDataset(input.files[0]);
 * const { train, test } = mails.trainTestSplit({ testSize: 0.2, seed: 42 });
 */
export async function loadDataset(
  files: File | Iterable<File>,
  { onProgress, signal, columns, ...options }: LoadDatasetOptions = {},
): Promise<Dataset> {
  const all = files instanceof Blob ? [files] : [...files];
  if (all.length === 0) throw new DataError("no file was given; choose one");
  const total = all.reduce((sum, { size }) => sum + size, 0);
  let before = 0;
  const parts = all.map((file) => {
    const open: OpenOptions = {
      ...options,
      columns,
      onRead: (share) => {
        const done = before + Math.round(share * file.size);
        onProgress?.({ stage: "describe", subject: file.name, done, total });
        if (share >= 1) before += file.size;
      },
    };
    return { path: file.name, open: () => openStoredFile(chosenFile(file), open) };
  });
  const reading: ReadFilesOptions = { columns, signal };
  return readFiles(parts, all.map(({ name }) => name).join(" + "), reading);
}

/** A file that a browser's user chose, as the core reads files. */
function chosenFile(file: File): StoredFile {
  const path = file.name;
  return {
    path,
    chunks: (onRead) => readChunks(file, onRead),
    random: async () =>
      isGzip(path)
        ? held(readChunks(file))
        : { byteLength: file.size, slice: (start, end) => file.slice(start, end).arrayBuffer() },
  };
}

async function* readChunks(file: File, onRead?: OnRead): AsyncGenerator<Uint8Array> {
  let read = 0;
  const counting = new TransformStream<Uint8Array<ArrayBuffer>, Uint8Array<ArrayBuffer>>({
    transform(chunk, controller) {
      read += chunk.length;
      onRead?.(read / file.size);
      controller.enqueue(chunk);
    },
  });
  const bytes = file.stream().pipeThrough(counting);
  const reader = (isGzip(file.name) ? bytes.pipeThrough(new DecompressionStream("gzip")) : bytes).getReader();
  try {
    for (;;) {
      const { done, value } = await reader.read();
      if (done) return;
      yield value;
    }
  } catch (cause) {
    const why = isGzip(file.name) ? "is damaged or cut short, or no gzip file" : "can't be read";
    throw new DataError(`${file.name} ${why}; choose it again`, { cause });
  } finally {
    await reader.cancel().catch(() => {});
  }
}
