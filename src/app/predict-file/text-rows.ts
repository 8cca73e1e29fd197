import { stat } from "node:fs/promises";
import type { TextInput } from "../../core/classifier/predict.ts";
import { withColumns } from "../../core/data/column-options.ts";
import type { FileOptions } from "../../core/data/formats/file-options.ts";
import { asTexts } from "../../core/data/texts.ts";
import type { Row } from "../../core/data/values.ts";
import { DataError } from "../../core/errors.ts";
import { openStreamedSplits } from "../../node/data/streamed-split.ts";

/** What is held at once. Which rows are worked on together depends on the file alone, so that a resumed call repeats it. */
const defaultWindowRows = 8192;
const windowCharacters = 16_000_000;

/** A row of a file, and the text or pair in it. */
export interface TextRow {
  row: Row;
  input: TextInput;
}

/** Rows that follow each other. */
export interface Window {
  rows: TextRow[];
  /** Share of the file that was read up to here, 0 to 1. */
  share: number;
}

/** Which file, and where its texts are. */
export interface TextRowsOptions extends FileOptions {
  /** The text column, or both of a pair. @default as a dataset's are found */
  textColumns?: readonly string[] | undefined;
  /** Rows held, and worked on together, at once; fewer where their texts are long. @default 8192 */
  windowRows?: number;
  signal?: AbortSignal | undefined;
}

/** A file of texts that is read window by window and never held in memory. */
export interface TextRows {
  columns: readonly string[];
  textColumns: readonly string[];
  /** What tells that the file is still the same. */
  version: string;
  /** @param skip Rows at the beginning that are passed over. @throws DataError naming the row */
  windows(skip: number): AsyncGenerator<Window>;
}

/**
 * Opens a file of texts: CSV, TSV, JSON, JSON Lines or Parquet, each also with `.gz`.
 *
 * @throws DataError if there is no such file, it holds no rows or no text column.
 */
export async function openTextRows(
  path: string,
  { textColumns: chosen, windowRows = defaultWindowRows, ...options }: TextRowsOptions,
): Promise<TextRows> {
  const found = await stat(path).catch(() => undefined);
  if (found === undefined) throw new DataError(`there is no file ${path}`);
  if (!found.isFile()) throw new DataError(`${path} is a folder; give one file of texts`);
  const [split] = await openStreamedSplits(path, options);
  const head = withColumns(split!.head, { textColumns: chosen });
  const { columns, features } = head;
  const textColumns = [...head.textColumns];
  const inputOf = (row: Row, number: number): TextInput => {
    const texts = textColumns.map((name) => {
      const where = `${path} row ${number}: "${name}"`;
      return asTexts([row[name] ?? null], features[name]!, where)[0]!;
    });
    return texts.length === 1 ? texts[0]! : { text: texts[0]!, pair: texts[1]! };
  };

  async function* windows(skip: number): AsyncGenerator<Window> {
    let share = 0;
    let window: TextRow[] = [];
    let characters = 0;
    let number = 0;
    for await (const row of split!.parts[0]!.rows((read) => {
      share = read;
    })) {
      if (++number <= skip) continue;
      const input = inputOf(row, number);
      window.push({ row, input });
      characters += typeof input === "string" ? input.length : input.text.length + input.pair.length;
      if (window.length < windowRows && characters < windowCharacters) continue;
      yield { rows: window, share };
      window = [];
      characters = 0;
    }
    if (window.length > 0) yield { rows: window, share: 1 };
  }
  return { columns, textColumns, windows, version: `${found.size} bytes of ${found.mtime.toISOString()}` };
}
