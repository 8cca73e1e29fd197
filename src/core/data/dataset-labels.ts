import { DataError } from "../errors.ts";
import { checkEveryColumn, givesSets, type LabelSource, labelsOf, rowLabel } from "./label-source.ts";
import { classNames, isUnlabelled, targetsOf } from "./labels.ts";
import { detectEncoding, multiHotWidth } from "./multi-hot.ts";
import { listNames } from "./nearest-name.ts";
import type { StoredColumn } from "./table.ts";
import type { Targets, Task } from "./targets.ts";
import type { Value } from "./values.ts";

/** Rows of a table whose labels are read. */
export interface LabelledRows {
  /** Where the labels stand, as given or found by name. */
  source: LabelSource;
  /** The columns of the source, in its order, with all rows of the table. */
  columns: readonly StoredColumn[];
  /** Row i is row `index[i]` of the table; without it, row i. */
  index?: Uint32Array | undefined;
  /** Rows of the table that the classes are taken from; without it, all. */
  population?: Uint32Array | undefined;
  /** The table, and the rows, for messages. */
  origin: string;
  rowsName: string;
  /** Says where a row of the table is. */
  describeStored: (row: number) => string;
}

/**
 * The labels of a dataset: which classes there are, and what is to be said of every row. How they are encoded and which
 * classes there are is a matter of all rows, whichever are chosen of them: a part that happens to lack a class is still
 * of the same classes.
 */
export class DatasetLabels {
  /** Where the labels stand and how they are encoded. */
  readonly source: LabelSource;
  readonly #rows: LabelledRows;

  /** @throws DataError where lists of numbers may be encoded in either way. */
  constructor(rows: LabelledRows) {
    this.#rows = rows;
    this.source = withEncoding(rows);
  }

  /** Whether rows are of one class each, or hold lists of classes. */
  get task(): Task {
    return givesSets(this.source, this.#first.feature) ? "multiLabel" : "singleLabel";
  }

  /** See `Dataset.labels`. */
  get classNames(): string[] {
    const { population, rowsName } = this.#rows;
    const { feature } = this.#first;
    const width = this.#width;
    if (width !== undefined) {
      const items = feature.type === "list" ? feature.items : undefined;
      if (items?.type === "classLabel" && items.names.length === width) return [...items.names];
      return Array.from({ length: width }, (_, position) => String(position));
    }
    const { values, feature: read } = this.#read(population);
    const names = this.source.columns.map((name) => `"${name}"`).join(", ");
    return classNames(values, read, `column ${names} of ${rowsName}`);
  }

  /** See `Dataset.targets`. */
  targets(labels: readonly string[], task: Task): Targets {
    const { index, rowsName, describeStored } = this.#rows;
    const { values, feature } = this.#read(index);
    checkEveryColumn(this.source, labels, rowsName);
    const width = this.#width;
    if (width !== undefined && width !== labels.length) {
      throw new DataError(
        `${rowsName} has lists of ${width} numbers for ${labels.length} classes: ${listNames(labels)}`,
      );
    }
    return targetsOf(values, feature, labels, task, (i) => describeStored(index?.[i] ?? i));
  }

  /** Positions of the rows without a label, see `Dataset.unlabelledRows`. */
  unlabelled(labels: readonly string[]): number[] {
    const { columns, index } = this.#rows;
    const { feature, values } = this.#first;
    const items = feature.type === "list" ? feature.items : feature;
    const isClass = items?.type !== "classLabel" && labels.includes("-1");
    const positions = Array.from(index ?? values.keys());
    return positions.flatMap((row, i) => {
      const cells = columns.map((column) => column.values[row]!);
      return this.#isUnlabelled(cells, isClass) ? [i] : [];
    });
  }

  #isUnlabelled(cells: readonly Value[], minusOneIsClass: boolean): boolean {
    if (cells.length === 1 && this.source.separator === undefined) {
      return isUnlabelled(cells[0]!, minusOneIsClass);
    }
    const label = rowLabel(this.source, cells);
    return "missing" in label && label.missing;
  }

  get #first(): StoredColumn {
    return this.#rows.columns[0]!;
  }

  /** Classes of multi-hot lists; undefined where labels are something else. */
  get #width(): number | undefined {
    return this.source.encoding === "multi-hot" ? multiHotWidth(this.#first.values) : undefined;
  }

  /** The labels of some rows as one column of classes, or of lists of classes. */
  #read(rows: Uint32Array | undefined): StoredColumn {
    const { columns, describeStored } = this.#rows;
    const chosen = columns.map(({ feature, values }) => ({
      feature,
      values: rows === undefined ? values : Array.from(rows, (row) => values[row]!),
    }));
    return labelsOf(this.source, chosen, (i) => describeStored(rows?.[i] ?? i), this.#width);
  }
}

function withEncoding({ source, columns, origin }: LabelledRows): LabelSource {
  if (columns.length > 1 || source.separator !== undefined || source.encoding !== undefined) return source;
  const { values, feature } = columns[0]!;
  const encoding = detectEncoding(values, feature, `column "${source.columns[0]}" of ${origin}`);
  return encoding === undefined ? source : { ...source, encoding };
}
