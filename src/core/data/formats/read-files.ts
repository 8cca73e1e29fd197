import { DataError } from "../../errors.ts";
import { breathe } from "../../progress.ts";
import { Dataset } from "../dataset.ts";
import type { Features } from "../features.ts";
import { listNames, suggestName } from "../nearest-name.ts";
import { TableBuilder } from "../table.ts";
import type { DataFile } from "./data-file.ts";

/** A file that is part of a split. */
export interface SplitFile {
  /** How messages call it. */
  path: string;
  open(): Promise<DataFile>;
}

export interface ReadFilesOptions {
  /** What is known of the columns besides what the files say. */
  features?: Features | undefined;
  /** Columns to keep, in this order. @default all */
  columns?: readonly string[] | undefined;
  signal?: AbortSignal | undefined;
}

/**
 * Reads the files of a split into memory, one after the other.
 *
 * @param origin How messages and reports call the split.
 * @throws DataError where there are no rows, a column is missing, or a file is damaged.
 * @throws Interrupted if `signal` stops it.
 */
export async function readFiles(
  files: readonly SplitFile[],
  origin: string,
  { features: known, columns, signal }: ReadFilesOptions,
): Promise<Dataset> {
  const builder = new TableBuilder();
  let features = known;
  let hint: string | undefined;
  let narrow: DataFile["narrow"];
  for (const [i, { path, open }] of files.entries()) {
    const before = builder.columns;
    const file = await open();
    hint ??= file.hint;
    features = { ...features, ...file.features };
    narrow ??= file.narrow;
    if (file.columns !== undefined) {
      const lacking = columns?.find((name) => !file.columns!.includes(name));
      if (lacking !== undefined) {
        throw new DataError(
          `${path} has no column "${lacking}"${suggestName(lacking, file.columns, "columns")}${file.hint === undefined ? "" : `; ${file.hint}`}`,
        );
      }
      builder.declare(columns ?? file.columns);
    }
    for await (const row of file.rows) {
      builder.add(row);
      if (builder.length % 4096 === 0) await breathe(signal);
    }
    const added = builder.columns.slice(before.length);
    if (i > 0 && added.length > 0) {
      throw new DataError(`${path} has columns that ${files[0]!.path} lacks: ${listNames(added)}`);
    }
  }
  if (builder.length === 0) throw new DataError(`${origin} holds no rows`);
  const dataset = new Dataset({ table: builder.build(features, narrow), origin, hint });
  return columns === undefined ? dataset : dataset.selectColumns(columns);
}
