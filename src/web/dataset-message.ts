import { Dataset, type DatasetParts } from "../core/data/dataset.ts";
import { pickColumns } from "../core/data/table.ts";
import type { Row } from "../core/data/values.ts";

/** What `fit` and `evaluate` take: a dataset, or its rows. */
export type Rows = Dataset | Iterable<Row>;

/** A dataset as data that a worker can be sent. */
export interface DatasetMessage extends DatasetParts {
  /** Where each row of the table was read from, where its number doesn't say it. */
  places: readonly string[] | undefined;
}

/** What a model reads of a dataset, texts and classes, without its other columns. */
export function datasetMessage(rows: Rows): DatasetMessage {
  const dataset = rows instanceof Dataset ? rows : Dataset.fromRows(rows);
  const { textColumns, labelColumns } = dataset;
  const { table, ...view } = dataset.parts;
  const { length, columns } = pickColumns(table, [...new Set([...textColumns, ...labelColumns])]);
  const { describeRow } = table;
  return {
    ...view,
    table: { length, columns },
    textColumns,
    // Else the columns that are left out would be missing where it is guessed.
    labelSource: dataset.labelSource,
    places: describeRow && Array.from({ length }, (_, row) => describeRow(row)),
  };
}

export function datasetOf({ places, table, ...view }: DatasetMessage): Dataset {
  return new Dataset({
    ...view,
    table: places === undefined ? table : { ...table, describeRow: (row) => places[row]! },
  });
}
