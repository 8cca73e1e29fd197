import type { AsyncBuffer, FileMetaData, RowGroup, SchemaTree } from "hyparquet";
import { parquetHeader } from "hyparquet/src/column.js";
import { getTreePath } from "hyparquet/src/schema.js";
import { Misfit } from "./misfit.ts";
import { checkRuns, type PageColumn } from "./parquet-runs.ts";

// The decoder trusts the counts and sizes in a file. On a damaged one it would read the same page for ever or ask
// for any amount of memory, which nothing could catch; so they are held against each other first.

/**
 * Checks that every row group's columns have a value for each of its rows.
 *
 * @throws Error that says what doesn't fit.
 */
export function checkRowCounts({ row_groups, num_rows }: FileMetaData): void {
  let rows = 0n;
  for (const group of row_groups) {
    rows += group.num_rows;
    if (
      group.columns.some(({ meta_data }) => meta_data === undefined || meta_data.num_values < group.num_rows)
    ) {
      throw new Misfit("a column has fewer values than rows");
    }
  }
  if (rows !== num_rows) throw new Misfit(`${rows} rows where ${num_rows} are declared`);
}

/**
 * Checks the pages of one column of a row group: their sizes, numbers of values and runs.
 *
 * @param schema The root, with every column below it.
 * @throws Error that says what doesn't fit.
 */
export async function checkColumn(
  file: AsyncBuffer,
  group: RowGroup,
  schema: SchemaTree,
  column: string,
): Promise<void> {
  for (const { meta_data } of group.columns) {
    if (meta_data?.path_in_schema[0] !== column) continue;
    const schemaPath = getTreePath(schema, meta_data.path_in_schema);
    await checkPages(file, { ...meta_data, schemaPath });
  }
}

async function checkPages(file: AsyncBuffer, column: PageColumn): Promise<void> {
  const start = Number(column.dictionary_page_offset || column.data_page_offset);
  const length = Number(column.total_compressed_size);
  if (!(start > 0 && length >= 0 && start + length <= file.byteLength)) {
    throw new Misfit("a column lies outside the file");
  }
  const bytes = await file.slice(start, start + length);
  const reader = { view: new DataView(bytes), offset: 0 };
  const declared = Number(column.num_values);
  let values = 0;
  while (values < declared && reader.offset < length) {
    const page = parquetHeader(reader);
    const inside = isWithin(page.compressed_page_size, length - reader.offset);
    const inflated = isWithin(page.uncompressed_page_size, Number(column.total_uncompressed_size));
    if (!inside || !inflated) throw new Misfit("a page is larger than its column");
    const stored = new Uint8Array(bytes, reader.offset, page.compressed_page_size);
    reader.offset += page.compressed_page_size;
    const levels = page.data_page_header_v2;
    const counted = (page.data_page_header ?? levels)?.num_values ?? 0;
    if (!isWithin(counted, declared) || (levels && !isWithin(levels.num_nulls, counted))) {
      throw new Misfit("a page has more values than its column");
    }
    // An entry takes a byte at least.
    if (!isWithin(page.dictionary_page_header?.num_values ?? 0, page.uncompressed_page_size)) {
      throw new Misfit("a dictionary has more entries than bytes");
    }
    if (page.data_page_header || levels) checkRuns(stored, page, column);
    values += counted;
  }
  if (values !== declared) throw new Misfit(`${values} values where ${declared} are declared`);
}

function isWithin(size: number, limit: number): boolean {
  return size >= 0 && size <= limit;
}
