import type { Dataset } from "../data/dataset.ts";
import { sliceBounds } from "../data/split-syntax.ts";
import type { StreamedPart, StreamedSplit } from "../data/streamed-split.ts";
import type { Row } from "../data/values.ts";
import { DataError } from "../errors.ts";
import { ColumnType } from "./column-types.ts";
import type { SplitDescription } from "./description.ts";
import { LabelCounts } from "./label-counts.ts";
import type { SplitColumns } from "./split-describer.ts";

/** Which columns hold the text and the class, where their names don't say. */
export interface ColumnOptions {
  textColumns?: readonly string[];
  labelColumn?: string;
}

/** A split to be described, from memory or from files. */
export interface SplitInput {
  columns: SplitColumns;
  /** @param onShare told now and then what share of the rows has been read, 0 to 1 */
  rows(onShare: (share: number) => void): Iterable<Row> | AsyncIterable<Row>;
  /** All rows that the split is a slice of; known once the rows have been read. */
  cutFrom(): SplitDescription["cutFrom"];
}

/** A dataset in memory. @throws DataError where it has no text column */
export function inputFromDataset(name: string, given: Dataset, options: ColumnOptions): SplitInput {
  const dataset = withColumns(given, options);
  const columns = { name, source: dataset.source, ...columnsOf(dataset), declared: dataset.features };
  const { labelColumn } = columns;
  return {
    columns,
    rows: function* (onShare) {
      for (let i = 0; i < dataset.length; i++) {
        yield dataset.row(i);
        onShare((i + 1) / dataset.length);
      }
    },
    cutFrom() {
      const { whole } = dataset;
      if (labelColumn === undefined || whole.length === dataset.length) return undefined;
      const counts = new LabelCounts();
      for (const value of whole.column(labelColumn)) counts.add(value);
      const labels = counts.describe(dataset.features[labelColumn]!);
      return typeof labels === "string" ? undefined : { rows: whole.length, labels };
    },
  };
}

/** A split in files. @throws DataError where it has no text column */
export function inputFromStream(split: StreamedSplit, options: ColumnOptions): SplitInput {
  const head = withColumns(split.head, options);
  const { name, source, declared, narrow, parts } = split;
  const columns = { name, source, ...columnsOf(head), declared, narrow };
  let whole: WholeLabels | undefined;
  return {
    columns,
    rows: async function* (onShare) {
      for (const [i, part] of parts.entries()) {
        const onPart = (share: number) => onShare((i + share) / parts.length);
        if (part.slice.slice === "") yield* part.rows(onPart);
        else {
          // Counting comes first: a percentage or a bound from the end needs to know how many rows there are.
          whole = new WholeLabels(columns);
          for await (const row of part.rows((share) => onPart(share / 2))) whole.add(row);
          yield* sliceOf(part, whole.rows, (share) => onPart((1 + share) / 2));
        }
      }
    },
    cutFrom: () => (parts.length === 1 ? whole?.describe() : undefined),
  };
}

async function* sliceOf(
  part: StreamedPart,
  total: number,
  onShare: (share: number) => void,
): AsyncGenerator<Row> {
  const [from, to] = sliceBounds(part.slice, total);
  let i = 0;
  if (from >= to) return;
  for await (const row of part.rows(onShare)) {
    if (i >= from) yield row;
    if (++i === to) return;
  }
}

/** Counts the labels of all rows of a file of which a slice is described. */
class WholeLabels {
  readonly #column: string | undefined;
  readonly #type: ColumnType;
  readonly #counts = new LabelCounts();
  rows = 0;

  constructor({ labelColumn, declared, narrow }: SplitColumns) {
    this.#column = labelColumn;
    this.#type = new ColumnType(labelColumn === undefined ? undefined : declared[labelColumn], narrow);
  }

  add(row: Row): void {
    this.rows++;
    if (this.#column === undefined) return;
    const value = row[this.#column] ?? null;
    this.#type.add(value);
    this.#counts.add(value);
  }

  describe(): SplitDescription["cutFrom"] {
    const labels = this.#column === undefined ? "" : this.#counts.describe(this.#type.feature);
    return typeof labels === "string" ? undefined : { rows: this.rows, labels };
  }
}

function withColumns(dataset: Dataset, { textColumns, labelColumn }: ColumnOptions): Dataset {
  const labelled = labelColumn === undefined ? dataset : dataset.withLabelColumn(labelColumn);
  return textColumns === undefined ? labelled : labelled.withTextColumns(textColumns);
}

function columnsOf(dataset: Dataset): Pick<SplitColumns, "columns" | "textColumns" | "labelColumn"> {
  const { columns, textColumns } = dataset;
  return { columns, textColumns, labelColumn: labelColumnOf(dataset) };
}

/** Texts can be looked at without classes. */
function labelColumnOf(dataset: Dataset): string | undefined {
  try {
    return dataset.labelSource.columns[0];
  } catch (error) {
    if (error instanceof DataError) return undefined;
    throw error;
  }
}
