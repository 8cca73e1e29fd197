import { type AsyncBuffer, asyncBufferFromFile, parquetScan, parquetSchema } from "hyparquet";
import { compressors } from "hyparquet-compressors";
import { DataError } from "../../errors.ts";
import type { Features } from "../features.ts";
import { featuresFromParquet } from "../hf-features.ts";
import type { Row, Value } from "../values.ts";
import { isGzip, readBytes } from "./text-file.ts";

export interface ParquetFile {
  /** As `datasets` wrote them into the file, class names included; undefined for files of other programs. */
  features: Features | undefined;
  /** All columns, read or not. */
  columns: string[];
  /** One row group at a time in memory. */
  rows: AsyncGenerator<Row>;
}

/**
 * Opens a Parquet file of any usual compression.
 *
 * @param wanted Columns to read; all where undefined. Names that the file lacks are ignored.
 * @throws DataError where the file is damaged or cut short, also later while its rows are read.
 */
export async function openParquet(path: string, wanted?: readonly string[]): Promise<ParquetFile> {
  const scan = await attempt(path, async () => {
    const file = isGzip(path) ? await inflate(path) : await asyncBufferFromFile(path);
    return parquetScan({ file, compressors, useOffsetIndex: false });
  });
  const { metadata } = scan;
  const columns = parquetSchema(metadata).children.map((child) => child.element.name);
  const stored = metadata.key_value_metadata?.find(({ key }) => key === "huggingface")?.value;
  const read = wanted === undefined ? columns : columns.filter((name) => wanted.includes(name));

  async function* rows(): AsyncGenerator<Row> {
    for (const range of scan.ranges) {
      const length = range.rowEnd - range.rowStart;
      const cells: [name: string, values: Value[]][] = [];
      // One after the other: of columns read together, a second failure would be reported to nobody and end the process.
      for (const column of read) {
        const values = await attempt(path, async () => {
          const decoded = await scan.readColumn({ column, ...range });
          if (decoded.length !== length) throw new Error(`${decoded.length} values for ${length} rows`);
          return Array.from(decoded, toValue);
        });
        cells.push([column, values]);
      }
      for (let i = 0; i < length; i++) {
        yield Object.fromEntries(cells.map(([name, values]) => [name, values[i]!]));
      }
    }
  }
  return { features: stored === undefined ? undefined : featuresFromParquet(stored), columns, rows: rows() };
}

/** Whatever the decoder throws on a damaged file, it is the file that is wrong. */
async function attempt<T>(path: string, read: () => Promise<T>): Promise<T> {
  try {
    return await read();
  } catch (cause) {
    if (cause instanceof DataError) throw cause;
    const { code, message } = cause as NodeJS.ErrnoException;
    if (code === "ENOENT") throw new DataError(`there is no file ${path}`, { cause });
    const problem = message.replaceAll(/\s+/g, " ");
    throw new DataError(`${path} is not a Parquet file, or is damaged or cut short (${problem})`, { cause });
  }
}

async function inflate(path: string): Promise<AsyncBuffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of readBytes(path)) chunks.push(chunk);
  const bytes = new Uint8Array(Buffer.concat(chunks)).buffer;
  return { byteLength: bytes.byteLength, slice: (start, end) => bytes.slice(start, end) };
}

/** A decoded cell as a dataset holds it: times as ISO 8601 text, bytes as a list of numbers. */
function toValue(cell: unknown): Value {
  if (cell === null || cell === undefined) return null;
  if (typeof cell === "bigint") {
    const number = Number(cell);
    return Number.isSafeInteger(number) ? number : cell;
  }
  if (typeof cell !== "object") return cell as string | number | boolean;
  if (cell instanceof Date) return cell.toISOString();
  if (ArrayBuffer.isView(cell)) return Array.from(cell as unknown as ArrayLike<number>);
  if (Array.isArray(cell)) return cell.map(toValue);
  return Object.fromEntries(Object.entries(cell).map(([key, value]) => [key, toValue(value)]));
}
