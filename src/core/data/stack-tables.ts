import { DataError } from "../errors.ts";
import type { Dataset } from "./dataset.ts";
import { type Feature, isNumeric, sameFeature } from "./features.ts";
import { listNames } from "./nearest-name.ts";
import type { StoredColumn, Table } from "./table.ts";

/**
 * One table of the rows of all parts, in the order of the first part's columns.
 *
 * @throws DataError where their columns or class names differ.
 */
export function stackTables(parts: readonly Dataset[]): Table {
  const [first, ...rest] = parts;
  for (const other of rest) checkSameColumns(first!, other);
  const columns = first!.columns.map((name): [string, StoredColumn] => {
    const features = parts.map((part) => part.features[name]!);
    const feature = features.find(({ type }) => type === "float") ?? features[0]!;
    return [name, { feature, values: parts.flatMap((part) => part.column(name)) }];
  });
  const length = parts.reduce((sum, part) => sum + part.length, 0);
  return { length, columns: new Map(columns), describeRow: (i) => describeRowOf(parts, i) };
}

function describeRowOf(parts: readonly Dataset[], i: number): string {
  let before = 0;
  for (const part of parts) {
    if (i < before + part.length) return part.describeRow(i - before);
    before += part.length;
  }
  throw new RangeError(`row ${i} of ${before}`);
}

function checkSameColumns(first: Dataset, other: Dataset): void {
  const names = [...other.columns].sort();
  const wanted = [...first.columns].sort();
  if (names.length !== wanted.length || names.some((name, i) => name !== wanted[i])) {
    throw new DataError(
      `${other.source} has other columns than ${first.source}: ${listNames(other.columns)} against ${listNames(first.columns)}`,
    );
  }
  for (const name of first.columns) {
    const [a, b] = [first.features[name]!, other.features[name]!];
    if (sameFeature(a, b) || (isNumeric(a) && isNumeric(b))) continue;
    throw new DataError(
      `column "${name}" holds ${describe(b)} in ${other.source} but ${describe(a)} in ${first.source}`,
    );
  }
}

function describe(feature: Feature): string {
  return feature.type === "classLabel" ? `the classes ${listNames(feature.names)}` : feature.type;
}
