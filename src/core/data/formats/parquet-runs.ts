import type { DataReader } from "hyparquet";
import { decompressPage } from "hyparquet/src/datapage.js";
import { deltaBinaryUnpack } from "hyparquet/src/delta.js";
import { readRleBitPackedHybrid } from "hyparquet/src/encoding.js";
import { getMaxDefinitionLevel, getMaxRepetitionLevel } from "hyparquet/src/schema.js";
import { readVarInt } from "hyparquet/src/thrift.js";
import type { ColumnMetaData, PageHeader, SchemaTree } from "hyparquet/src/types.js";
import { compressors } from "hyparquet-compressors";
import { Misfit } from "./misfit.ts";

/** A column, and where the schema has it. */
export interface PageColumn extends ColumnMetaData {
  /** From the root of the schema to the column. */
  schemaPath: SchemaTree[];
}

/**
 * Checks the lengths that are written inside a data page, which the decoder would fill memory by: a run of equal
 * values is not longer than the page has rows, and a text that continues the one before doesn't take more than that
 * one has.
 *
 * The layout: https://parquet.apache.org/docs/file-format/data-pages
 *
 * @param stored The page as it lies in the file, without its header.
 * @throws Error that says what doesn't fit, or RangeError where the page ends too early.
 */
export function checkRuns(stored: Uint8Array, header: PageHeader, column: PageColumn): void {
  const { reader, rows, values, encoding } = header.data_page_header_v2
    ? openV2(stored, header, column)
    : openV1(stored, header, column);
  if (encoding === "DELTA_BYTE_ARRAY") {
    checkPrefixes(reader, values());
  } else if (encoding === "RLE") {
    skipSized(reader, 1, rows);
  } else if (encoding === "PLAIN_DICTIONARY" || encoding === "RLE_DICTIONARY") {
    const width = reader.view.getUint8(reader.offset++);
    skipRuns(reader, width, rows);
  }
}

/** A data page whose levels have been read. */
interface OpenPage {
  /** At the values. */
  reader: DataReader;
  rows: number;
  /** How many of the rows have a value. */
  values: () => number;
  encoding: string | undefined;
}

function openV1(stored: Uint8Array, header: PageHeader, column: PageColumn): OpenPage {
  const { num_values: rows = 0, encoding } = header.data_page_header ?? {};
  const reader = readerOf(inflate(stored, header.uncompressed_page_size, column));
  const [repetition, definition] = levelWidths(column);
  if (repetition > 0) skipSized(reader, repetition, rows);
  const levels = { view: reader.view, offset: reader.offset };
  if (definition > 0) skipSized(reader, definition, rows);
  const values = () => {
    if (definition === 0) return rows;
    const depths = new Array<number>(rows);
    readRleBitPackedHybrid(levels, definition, depths);
    const full = getMaxDefinitionLevel(column.schemaPath);
    return depths.filter((depth) => depth === full).length;
  };
  return { reader, rows, values, encoding };
}

function openV2(stored: Uint8Array, header: PageHeader, column: PageColumn): OpenPage {
  const page = header.data_page_header_v2!;
  const { num_values: rows, encoding } = page;
  const sizes = [page.repetition_levels_byte_length, page.definition_levels_byte_length] as const;
  const start = sizes[0] + sizes[1];
  if (sizes[0] < 0 || sizes[1] < 0 || start > stored.length)
    throw new Misfit("levels longer than their page");
  const levels = readerOf(stored.subarray(0, start));
  const [repetition, definition] = levelWidths(column);
  if (repetition > 0) skipRuns(levels, repetition, rows);
  levels.offset = sizes[0];
  if (definition > 0) skipRuns(levels, definition, rows);
  const rest = stored.subarray(start);
  const size = header.uncompressed_page_size - start;
  const reader = readerOf(page.is_compressed === false ? rest : inflate(rest, size, column));
  return { reader, rows, values: () => rows - page.num_nulls, encoding };
}

/** Runs behind the number of bytes that they take. */
function skipSized(reader: DataReader, width: number, count: number): void {
  const size = reader.view.getUint32(reader.offset, true);
  reader.offset += 4;
  const end = reader.offset + size;
  skipRuns(reader, width, count);
  reader.offset = end;
}

/** Goes over runs of `count` values, or as many as there are, without decoding them. */
function skipRuns(reader: DataReader, width: number, count: number): void {
  let seen = 0;
  while (seen < count && reader.offset < reader.view.byteLength) {
    const head = readVarInt(reader);
    const packed = (head & 1) === 1;
    const length = packed ? (head >>> 1) * 8 : head >>> 1;
    if (!packed && length > count) throw new Misfit("a run is longer than its page");
    reader.offset += packed ? (length / 8) * width : Math.ceil(width / 8);
    seen += length;
  }
}

/** Texts stored as how much they share with the one before, and what follows that. */
function checkPrefixes(reader: DataReader, count: number): void {
  const prefixes = new Int32Array(count);
  const suffixes = new Int32Array(count);
  deltaBinaryUnpack(reader, count, prefixes);
  deltaBinaryUnpack(reader, count, suffixes);
  let before = 0;
  for (const [i, prefix] of prefixes.entries()) {
    if (prefix < 0 || prefix > before) throw new Misfit("a text continues more than the one before it has");
    before = prefix + suffixes[i]!;
  }
}

/** Bits of a repetition and of a definition level. */
function levelWidths({ schemaPath }: PageColumn): [number, number] {
  const bits = (level: number) => 32 - Math.clz32(level);
  return [bits(getMaxRepetitionLevel(schemaPath)), bits(getMaxDefinitionLevel(schemaPath))];
}

function inflate(bytes: Uint8Array, size: number, { codec }: PageColumn): Uint8Array {
  return decompressPage(bytes, size, codec, compressors);
}

function readerOf({ buffer, byteOffset, byteLength }: Uint8Array): DataReader {
  return { view: new DataView(buffer, byteOffset, byteLength), offset: 0 };
}
