import { DataError } from "../errors.ts";
import { NumpyGenerator } from "../random/numpy.ts";
import { DatasetLabels } from "./dataset-labels.ts";
import type { Features } from "./features.ts";
import { fingerprintColumns } from "./fingerprint.ts";
import { checkLabelColumns, guessLabelColumn, type LabelSource } from "./label-source.ts";
import type { LabelEncoding } from "./multi-hot.ts";
import { listNames, suggestName } from "./nearest-name.ts";
import { roundHalfToEven } from "./rounding.ts";
import { stackTables } from "./stack-tables.ts";
import { type Strata, strataOf, unstratifiable } from "./stratify.ts";
import { pickColumns, type StoredColumn, type Table, TableBuilder } from "./table.ts";
import type { Targets, Task } from "./targets.ts";
import { asTexts, detectTextColumns } from "./texts.ts";
import { partSizes, splitRows, type TrainTestSplitOptions } from "./train-test-split.ts";
import type { Row, Value } from "./values.ts";

const allRows = { index: undefined, population: undefined };

/** What a dataset consists of: a table, and how it is looked at. */
export interface DatasetParts {
  table: Table;
  /** Where the table came from: `fancyzhx/ag_news train`, a file. */
  origin: string;
  /** What the file looks like, where that isn't as it was read: ends the messages that find a column lacking. */
  hint?: string | undefined;
  /** What was done to it since, for reports. */
  steps?: readonly string[];
  /** Row i of the dataset is row `index[i]` of the table; without it, row i. */
  index?: Uint32Array;
  /** Rows of the table that the classes are taken from; without it, all. */
  population?: Uint32Array;
  labelSource?: LabelSource;
  textColumns?: readonly string[];
}

/**
 * Rows with named columns. Choosing rows (`shuffle`, `take`, `select`, `filter`) makes a view and copies no
 * cell; nothing changes a dataset in place.
 *
 * @example
 * const news = await loadDataset("fancyzhx/ag_news");
 * const train = news.train.shuffle({ seed: 42 }).take(0.05);
 * train.labels; // ["World", "Sports", "Business", "Sci/Tech"]
 */
export class Dataset implements Iterable<Row> {
  readonly #view: DatasetParts;
  #fingerprint: string | undefined;

  constructor(view: DatasetParts) {
    this.#view = view;
  }

  /** What it consists of, of which the constructor makes it again elsewhere. */
  get parts(): DatasetParts {
    return this.#view;
  }

  /** A dataset of rows at hand. Columns without a feature are inferred from their values. */
  static fromRows(rows: Iterable<Row>, options: { features?: Features; source?: string } = {}): Dataset {
    const builder = new TableBuilder();
    if (options.features !== undefined) builder.declare(Object.keys(options.features));
    for (const row of rows) builder.add(row);
    return new Dataset({ table: builder.build(options.features), origin: options.source ?? "rows" });
  }

  /** Where the rows came from and what was done to them: `fancyzhx/ag_news train[:5%] · shuffled (seed 42)`. */
  get source(): string {
    const steps = (this.#view.steps ?? []).map((step) => (step.startsWith("[") ? step : ` · ${step}`));
    return this.#view.origin + steps.join("");
  }

  /** Number of rows. */
  get length(): number {
    return this.#view.index?.length ?? this.#view.table.length;
  }

  /** Names of the columns, in their order. */
  get columns(): string[] {
    return [...this.#view.table.columns.keys()];
  }

  /** What each column holds. */
  get features(): Features {
    return Object.fromEntries([...this.#view.table.columns].map(([name, { feature }]) => [name, feature]));
  }

  /**
   * The values of a column, [length].
   *
   * @throws DataError naming the columns where there is none of that name.
   */
  column(name: string): Value[] {
    const { values } = this.#stored(name);
    const { index } = this.#view;
    return index === undefined ? values.slice() : Array.from(index, (row) => values[row]!);
  }

  /** @param i 0 to length − 1 */
  row(i: number): Row {
    this.#checkRow(i);
    const stored = this.#view.index?.[i] ?? i;
    return Object.fromEntries(
      [...this.#view.table.columns].map(([name, { values }]) => [name, values[stored]!]),
    );
  }

  *[Symbol.iterator](): IterableIterator<Row> {
    for (let i = 0; i < this.length; i++) yield this.row(i);
  }

  /** All rows that this dataset is a choice of, in their original order: the whole split for `train[:5%]`. */
  get whole(): Dataset {
    return this.#derive({ ...allRows, steps: undefined });
  }

  /** All rows in random order: the same rows as `shuffle(seed)` of Hugging Face `datasets`. */
  shuffle({ seed }: { seed: number }): Dataset {
    return this.#rows(new NumpyGenerator(seed).permutation(this.length), `shuffled (seed ${seed})`);
  }

  /**
   * The first rows. A number below 1 is a share, rounded to the nearest row with halves to even, so that
   * `take(0.05)` is `train[:5%]`; from 1 on it is a count.
   *
   * @throws DataError where there are fewer rows than that.
   */
  take(amount: number): Dataset {
    const count = amount < 1 ? roundHalfToEven(amount * this.length) : amount;
    if (!(amount >= 0) || !Number.isInteger(count) || count > this.length) {
      throw new DataError(`can't take ${amount} of the ${this.length} rows of ${this.source}`);
    }
    const first = Uint32Array.from({ length: count }, (_, i) => i);
    return this.#rows(first, `first ${amount < 1 ? `${Number((amount * 100).toFixed(6))} %` : count}`);
  }

  /**
   * Rows `from` up to but not including `to`.
   *
   * @param how For `source`; `[from:to]` where left out.
   */
  slice(from: number, to: number, how = `[${from}:${to}]`): Dataset {
    if (from < to) this.#checkRow(from).#checkRow(to - 1);
    const rows = Uint32Array.from({ length: Math.max(0, to - from) }, (_, i) => from + i);
    return this.#rows(rows, how);
  }

  /** The rows at these positions, in this order; a position may come more than once. */
  select(positions: Iterable<number>): Dataset {
    const chosen = [...positions];
    for (const position of chosen) this.#checkRow(position);
    return this.#rows(Uint32Array.from(chosen), `${chosen.length} selected`);
  }

  /** The rows that `keep` says true of. */
  filter(keep: (row: Row, i: number) => boolean): Dataset {
    const kept: number[] = [];
    for (let i = 0; i < this.length; i++) if (keep(this.row(i), i)) kept.push(i);
    const filtered = this.#rows(Uint32Array.from(kept), "filtered");
    return filtered.#derive({ population: filtered.#view.index });
  }

  /** Every row with the returned values set over it. A column keeps its feature while its values fit it. */
  map(change: (row: Row, i: number) => Row): Dataset {
    const builder = new TableBuilder();
    builder.declare(this.columns);
    for (let i = 0; i < this.length; i++) {
      const row = this.row(i);
      builder.add({ ...row, ...change(row, i) });
    }
    const describeRow = (i: number) => this.describeRow(i);
    return this.#derive({ table: { ...builder.build(this.features), describeRow }, ...allRows });
  }

  /** Some of the columns, in this order. @throws DataError where one doesn't exist. */
  selectColumns(names: readonly string[]): Dataset {
    for (const name of names) this.#stored(name);
    return this.#derive({ table: pickColumns(this.#view.table, names) });
  }

  renameColumn(from: string, to: string): Dataset {
    this.#stored(from);
    if (from !== to && this.columns.includes(to)) {
      throw new DataError(`${this.source} already has a column "${to}"`);
    }
    const renamed = [...this.#view.table.columns].map(
      ([name, column]) => [name === from ? to : name, column] as const,
    );
    const rename = (name: string) => (name === from ? to : name);
    const source = this.#view.labelSource;
    const labelSource = source && { ...source, columns: source.columns.map(rename) };
    const textColumns = this.#view.textColumns?.map(rename);
    return this.#derive({
      table: { ...this.#view.table, columns: new Map(renamed) },
      labelSource,
      textColumns,
    });
  }

  /** These rows, then those of `others`. @throws DataError where their columns or class names differ. */
  concat(others: readonly Dataset[]): Dataset {
    const parts = [this, ...others];
    const origin = parts.map(({ source }) => source).join(" + ");
    return this.#derive({ table: stackTables(parts), origin, steps: [], ...allRows });
  }

  /**
   * Two parts without a common row, the same rows as `train_test_split` of Hugging Face `datasets`.
   *
   * @throws DataError where a size can't be had, or a class to stratify by has a single row.
   */
  trainTestSplit({ stratifyBy, ...options }: TrainTestSplitOptions): { train: Dataset; test: Dataset } {
    const strata = stratifyBy === undefined ? undefined : this.#strata(stratifyBy);
    const { train, test } = splitRows(this.length, options, strata);
    const by = strata ? `, stratified by ${stratifyBy}` : "";
    const how = options.shuffle === false ? "" : ` (seed ${options.seed}${by})`;
    return {
      train: this.#rows(train, `train part${how}`),
      test: this.#rows(test, `test part${how}`),
    };
  }

  /** Why `trainTestSplit` would refuse to stratify; undefined where it wouldn't. @throws DataError where sizes can't be had */
  unstratifiable({
    stratifyBy,
    ...sizes
  }: TrainTestSplitOptions & { stratifyBy: string }): string | undefined {
    const { train, test } = partSizes(this.length, sizes);
    return unstratifiable(this.#strata(stratifyBy), [train, test]);
  }

  /** The column that holds the class, or classes, of a row; or several columns, see `withLabelColumns`. */
  get labelColumns(): string[] {
    return [...this.#givenLabelSource().columns];
  }

  /** Where the classes stand: as set by `withLabelColumn(s)`, else `label`, `labels`, or the only column of classes. */
  get labelSource(): LabelSource {
    return this.#labelled.source;
  }

  #givenLabelSource(): LabelSource {
    const source = this.#labelSource();
    if (source !== undefined) return source;
    throw new DataError(
      `${this.source} has no label column; name the one to use as labelColumn (--label-column NAME; columns: ${listNames(this.columns)})${this.#hint}`,
    );
  }

  /**
   * Sets the column that holds the class, or the list of classes, of a row.
   *
   * @param options.separator What stands between the classes of a text cell, such as `|`: every cell is then a list.
   * @param options.encoding What the numbers of a list are: a 0 or 1 for every class, or the classes that apply.
   */
  withLabelColumn(
    name: string,
    { separator, encoding }: { separator?: string; encoding?: LabelEncoding } = {},
  ): Dataset {
    this.#stored(name);
    const source = { columns: [name], ...(separator && { separator }), ...(encoding && { encoding }) };
    return this.#derive({ labelSource: source });
  }

  /**
   * Sets columns that are named after the classes and hold 1 where theirs applies to the row, else 0.
   *
   * @throws DataError where one doesn't exist, or there are fewer than two.
   */
  withLabelColumns(names: readonly string[]): Dataset {
    for (const name of names) this.#stored(name);
    checkLabelColumns(names);
    return this.#derive({ labelSource: { columns: [...names] } });
  }

  /** Whether rows are of one class each, or hold lists of classes. */
  get task(): Task {
    return this.#labelled.task;
  }

  /**
   * Class names: those of the label column's feature, else its distinct values, numbers in numeric order and text
   * by code unit; of several label columns, their names. Choosing rows by their place (`take`, `slice`, `select`,
   * `trainTestSplit`) leaves the classes as they are; `filter` leaves those that rows are left of.
   */
  get labels(): string[] {
    return this.#labelled.classNames;
  }

  /**
   * Class index of every row, [length], for a given list of class names. Rows are matched by name; whole numbers
   * without names are taken as indices unless a class is itself named by a number.
   *
   * @throws DataError naming the first row whose label is missing, −1 or not in `labels`, or if rows have lists.
   */
  labelIds(labels: readonly string[]): Int32Array {
    return this.targets(labels, "singleLabel").values;
  }

  /**
   * What a model of these classes is to say of every row, see {@link labelIds}.
   *
   * @throws DataError as `labelIds` does.
   */
  targets(labels: readonly string[], task: Task): Targets {
    return this.#labelled.targets(labels, task);
  }

  /**
   * Positions of the rows without a label: an empty cell, NaN, or −1 where no class is called that; of several label
   * columns, any such cell. All rows of a dataset that has no label column.
   *
   * @param labels Class names.
   */
  unlabelledRows(labels: readonly string[]): number[] {
    if (this.#labelSource() === undefined) return Array.from({ length: this.length }, (_, i) => i);
    return this.#labelled.unlabelled(labels);
  }

  /** The text column, or the two columns of a pair (`premise` and `hypothesis`, `sentence1` and `sentence2`, …). */
  get textColumns(): string[] {
    const { textColumns } = this.#view;
    return textColumns
      ? [...textColumns]
      : detectTextColumns(this.features, this.#labelSource()?.columns ?? [], this.source, this.#hint);
  }

  /** Sets the text column, or the two columns of a pair. @throws DataError where one doesn't exist. */
  withTextColumns(names: readonly string[]): Dataset {
    for (const name of names) this.#stored(name);
    return this.#derive({ textColumns: [...names] });
  }

  /** The texts to classify, column by column: `[texts]`, or `[premises, hypotheses]`. Missing texts are empty. */
  texts(columns: readonly string[] = this.textColumns): string[][] {
    return columns.map((name) => {
      const { feature } = this.#stored(name);
      return asTexts(this.column(name), feature, `column "${name}" of ${this.source}`);
    });
  }

  /** Hash of the contents, 64 hex digits: a cache key. Where the rows came from doesn't matter. */
  get fingerprint(): string {
    this.#fingerprint ??= fingerprintColumns(
      this.columns.map((name) => ({ name, feature: this.#stored(name).feature, values: this.column(name) })),
    );
    return this.#fingerprint;
  }

  /** The place of row i in `whole`, from 0: for rows of a file, that in the file. */
  originalRow(i: number): number {
    this.#checkRow(i);
    return this.#view.index?.[i] ?? i;
  }

  /** Where row i was read from, for messages: rows of a file count from 0, headers aside. */
  describeRow(i: number): string {
    return this.#describeStored(this.#view.index?.[i] ?? i);
  }

  #describeStored(row: number): string {
    return this.#view.table.describeRow?.(row) ?? `row ${row} of ${this.#view.origin} (counting from 0)`;
  }

  #labelSource(): LabelSource | undefined {
    const guessed = this.#view.labelSource ? undefined : guessLabelColumn(this.features);
    return this.#view.labelSource ?? (guessed === undefined ? undefined : { columns: [guessed] });
  }

  #strata(name: string): Strata {
    const { feature } = this.#stored(name);
    return strataOf(this.column(name), feature, `column "${name}" of ${this.source}`);
  }

  get #labelled(): DatasetLabels {
    const source = this.#givenLabelSource();
    const { index, population, origin } = this.#view;
    return new DatasetLabels({
      ...{ source, index, population, origin },
      columns: source.columns.map((name) => this.#stored(name)),
      rowsName: this.source,
      describeStored: (row) => this.#describeStored(row),
    });
  }

  #stored(name: string): StoredColumn {
    const column = this.#view.table.columns.get(name);
    if (column !== undefined) return column;
    throw new DataError(
      `${this.source} has no column "${name}"${suggestName(name, this.columns, "columns")}${this.#hint}`,
    );
  }

  get #hint(): string {
    const { hint } = this.#view;
    return hint === undefined ? "" : `; ${hint}`;
  }

  #checkRow(i: number): this {
    if (Number.isInteger(i) && i >= 0 && i < this.length) return this;
    throw new DataError(`${this.source} has no row ${i}; rows are 0 to ${this.length - 1}`);
  }

  #rows(positions: Uint32Array, how: string): Dataset {
    const { index } = this.#view;
    const rows = index === undefined ? positions : positions.map((position) => index[position]!);
    return this.#derive({ index: rows, steps: [...(this.#view.steps ?? []), how] });
  }

  #derive(change: Partial<DatasetParts>): Dataset {
    return new Dataset({ ...this.#view, ...change });
  }
}

/**
 * The rows of all datasets, one after the other. Label and text columns set on the first count for all.
 *
 * @throws DataError where their columns or class names differ.
 */
export function concatenate(datasets: readonly Dataset[]): Dataset {
  const [first, ...rest] = datasets;
  if (first === undefined) throw new DataError("nothing to concatenate");
  return rest.length === 0 ? first : first.concat(rest);
}
