import { parquetScan, parquetSchema, type RowGroup } from "hyparquet";
import { compressors } from "hyparquet-compressors";
import { DataError } from "../../errors.ts";
import type { Features } from "../features.ts";
import { featuresFromParquet } from "../hf-features.ts";
import type { Row, Value } from "../values.ts";
import { parseJson } from "./json-value.ts";
import { Misfit } from "./misfit.ts";
import { checkColumn, checkRowCounts } from "./parquet-checks.ts";
import type { OnRead, StoredFile } from "./stored-file.ts";

export interface ParquetFile {
  /** As `datasets` wrote them into the file, class names included; undefined for files of other programs. */
  features: Features | undefined;
  /** All columns, read or not. */
  columns: string[];
  /** At most one row group of each column in memory as it is stored, and a block of its rows decoded. */
  rows: AsyncGenerator<Row>;
}

/** Rows decoded at once. pandas writes a million to a row group, which as text would fill the memory. */
const BLOCK_ROWS = 1 << 16;

/**
 * Opens a Parquet file of any usual compression.
 *
 * @param wanted Columns to read; all where undefined. Names that the file lacks are ignored.
 * @throws DataError where the file is damaged or cut short, also later while its rows are read.
 */
export async function openParquet(
  stored: StoredFile,
  { columns: wanted, onRead }: { columns?: readonly string[]; onRead?: OnRead } = {},
): Promise<ParquetFile> {
  const { path } = stored;
  const { file, scan } = await attempt(path, async () => {
    const file = await stored.random();
    // Maps are nothing to us, and looking for them a damaged schema can hold the decoder for ever.
    const scan = await parquetScan({
      file,
      parsers: cellParsers(path),
      compressors,
      useOffsetIndex: false,
      geoparquet: false,
    });
    checkRowCounts(scan.metadata);
    return { file, scan };
  });
  const { metadata } = scan;
  const root = parquetSchema(metadata);
  const schema = root.children;
  const columns = schema.map((child) => child.element.name);
  const declared = metadata.key_value_metadata?.find(({ key }) => key === "huggingface")?.value;
  const read = wanted === undefined ? columns : columns.filter((name) => wanted.includes(name));
  // Of a list or an object every block would decode all of the row group again.
  const nested = new Set(
    schema.filter(({ children }) => children.length > 0).map(({ element }) => element.name),
  );
  const flat = !read.some((name) => nested.has(name));
  const ranges = flat ? scan.ranges.flatMap((range) => blocksOf(range, BLOCK_ROWS)) : scan.ranges;

  const groupAtRow = groupsByFirstRow(metadata.row_groups);

  async function* rows(): AsyncGenerator<Row> {
    for (const range of ranges) {
      const length = range.rowEnd - range.rowStart;
      const group = groupAtRow.get(range.rowStart);
      const cells: [name: string, values: Value[]][] = [];
      // One after the other: of columns read together, a second failure would be reported to nobody and end the process.
      for (const column of read) {
        const values = await attempt(path, async () => {
          if (group !== undefined) await checkColumn(file, group, root, column);
          const decoded = await scan.readColumn({ column, ...range });
          if (decoded.length !== length) throw new Misfit(`${decoded.length} values for ${length} rows`);
          // Missing values are null.
          if (!nested.has(column) && decoded.includes(undefined as never)) {
            throw new Misfit("a value that its dictionary lacks");
          }
          return Array.from(decoded, toValue);
        });
        cells.push([column, values]);
      }
      for (let i = 0; i < length; i++) {
        yield Object.fromEntries(cells.map(([name, values]) => [name, values[i]!]));
      }
      onRead?.(range.rowEnd / Number(metadata.num_rows));
    }
  }
  return {
    features: declared === undefined ? undefined : featuresFromParquet(declared),
    columns,
    rows: rows(),
  };
}

function groupsByFirstRow(groups: readonly RowGroup[]): Map<number, RowGroup> {
  const byRow = new Map<number, RowGroup>();
  let row = 0;
  for (const group of groups) {
    if (group.num_rows > 0n) byRow.set(row, group);
    row += Number(group.num_rows);
  }
  return byRow;
}

interface RowRange {
  rowStart: number;
  rowEnd: number;
}

function blocksOf({ rowStart, rowEnd }: RowRange, rows: number): RowRange[] {
  return Array.from({ length: Math.ceil((rowEnd - rowStart) / rows) }, (_, i) => ({
    rowStart: rowStart + i * rows,
    rowEnd: Math.min(rowEnd, rowStart + (i + 1) * rows),
  }));
}

/** Whatever the decoder throws on a damaged file, it is the file that is wrong. */
async function attempt<T>(path: string, read: () => Promise<T>): Promise<T> {
  try {
    return await read();
  } catch (cause) {
    if (cause instanceof DataError) throw cause;
    const { message } = cause as Error;
    const unread = /^parquet (bson|interval|unsupported compression codec: \w+)/.exec(message)?.[1];
    if (unread !== undefined) {
      const what = unread.replace("unsupported compression codec:", "pages compressed by");
      throw new DataError(`${path} holds ${what}, which can't be read; write it again without`, { cause });
    }
    const problem = cause instanceof Misfit ? ` (${message})` : "";
    throw new DataError(`${path} is not a Parquet file, or is damaged or cut short${problem}`, { cause });
  }
}

/** How cells are decoded: times with all of their digits, texts only from UTF-8. */
function cellParsers(path: string) {
  // A byte order mark is text where the file doesn't begin with it.
  const utf8 = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });
  const text = (bytes: Uint8Array | undefined) => {
    try {
      return bytes && utf8.decode(bytes);
    } catch (cause) {
      throw new DataError(`${path} has a text that is not UTF-8; write the file again from UTF-8 text`, {
        cause,
      });
    }
  };
  return {
    timestampFromMilliseconds: (time: bigint) => isoTime(BigInt(time), 3),
    timestampFromMicroseconds: (time: bigint) => isoTime(BigInt(time), 6),
    timestampFromNanoseconds: (time: bigint) => isoTime(BigInt(time), 9),
    dateFromDays: (days: number) => isoTime(BigInt(days) * 86_400_000n, 3),
    stringFromBytes: text,
    jsonFromBytes: (bytes: Uint8Array | undefined) => bytes && parseJson(text(bytes)!),
  };
}

/**
 * ISO 8601 with milliseconds, and with the digits behind them where any isn't 0.
 *
 * @param time Since 1970, in units of 10 ** -digits seconds.
 */
function isoTime(time: bigint, digits: number): string {
  const unit = 10n ** BigInt(digits - 3);
  const rest = ((time % unit) + unit) % unit;
  const milliseconds = Number((time - rest) / unit);
  if (Math.abs(milliseconds) > 8.64e15)
    throw new Misfit("a time is further away than the years that have dates");
  const written = new Date(milliseconds).toISOString();
  return rest === 0n ? written : `${written.slice(0, -1)}${String(rest).padStart(digits - 3, "0")}Z`;
}

/** A decoded cell as a dataset holds it: bytes as a list of numbers, whole numbers beyond 2⁵³ as `bigint`. */
function toValue(cell: unknown): Value {
  if (cell === null || cell === undefined) return null;
  if (typeof cell === "bigint") {
    const number = Number(cell);
    return Number.isSafeInteger(number) ? number : cell;
  }
  if (typeof cell !== "object") return cell as string | number | boolean;
  if (ArrayBuffer.isView(cell)) return Array.from(cell as unknown as ArrayLike<number>);
  if (Array.isArray(cell)) return cell.map(toValue);
  return Object.fromEntries(Object.entries(cell).map(([key, value]) => [key, toValue(value)]));
}
