import { type ColumnOptions, withColumns } from "../../core/data/column-options.ts";
import type { Dataset } from "../../core/data/dataset.ts";
import { sliceBounds } from "../../core/data/split-syntax.ts";
import { cellOf, type Row } from "../../core/data/values.ts";
import { DataError } from "../../core/errors.ts";
import { ColumnType } from "../../core/profiling/column-types.ts";
import type { SplitDescription } from "../../core/profiling/description.ts";
import { type LabelPlace, LabelReader } from "../../core/profiling/label-reader.ts";
import { declaredFeature, type SplitColumns } from "../../core/profiling/split-describer.ts";
import type { StreamedPart, StreamedSplit } from "../../node/data/streamed-split.ts";

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
      if (whole.length === dataset.length) return undefined;
      const labels = new WholeLabels(columns);
      for (let row = 0; row < whole.length; row++) labels.add(whole.row(row));
      return labels.describe();
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
  readonly #reader: LabelReader | undefined;
  rows = 0;

  constructor({ labels, declared, narrow }: SplitColumns) {
    this.#column = labels?.source.columns[0];
    const feature = this.#column === undefined ? undefined : declaredFeature(declared, this.#column);
    this.#type = new ColumnType(feature, narrow);
    this.#reader = labels && new LabelReader(labels);
  }

  add(row: Row): void {
    this.rows++;
    if (this.#column === undefined) return;
    this.#type.add(cellOf(row, this.#column));
    this.#reader?.add(row);
  }

  describe(): SplitDescription["cutFrom"] {
    const labels = this.#reader?.describe(this.#type.feature) ?? "";
    return typeof labels === "string" ? undefined : { rows: this.rows, labels };
  }
}

function columnsOf(dataset: Dataset): Pick<SplitColumns, "columns" | "textColumns" | "labels"> {
  const { columns, textColumns } = dataset;
  return { columns, textColumns, labels: labelsOf(dataset) };
}

/** Texts can be looked at without classes. */
function labelsOf(dataset: Dataset): LabelPlace | undefined {
  try {
    return { source: dataset.labelSource, task: dataset.task };
  } catch (error) {
    if (error instanceof DataError) return undefined;
    throw error;
  }
}
