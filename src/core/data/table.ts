import { type Feature, type Features, fits, inferFeature, itemsOf } from "./features.ts";
import type { Row, Value } from "./values.ts";

/** A column as it lies in memory. */
export interface StoredColumn {
  readonly feature: Feature;
  readonly values: readonly Value[];
}

/** Columns of equal length. Datasets are views of one. */
export interface Table {
  readonly length: number;
  readonly columns: ReadonlyMap<string, StoredColumn>;
  /** Where row i was read from, where the table was made from others. */
  readonly describeRow?: (i: number) => string;
}

/** Collects rows into columns. A key that some rows lack is missing (`null`) in them. */
export class TableBuilder {
  readonly #columns = new Map<string, Value[]>();
  #length = 0;

  get length(): number {
    return this.#length;
  }

  get columns(): string[] {
    return [...this.#columns.keys()];
  }

  /** Declares columns up front, which fixes their order even where the first rows lack some. */
  declare(names: Iterable<string>): void {
    for (const name of names) this.#column(name);
  }

  add(row: Row): void {
    for (const name in row) {
      const values = this.#column(name);
      values.push(row[name]!);
    }
    this.#length++;
    for (const values of this.#columns.values()) if (values.length < this.#length) values.push(null);
  }

  /**
   * @param features Known features; a column without one, or whose values don't fit it, is inferred.
   * @param narrow Turns text cells into numbers, for formats that know only text.
   */
  build(features: Features = {}, narrow?: (values: Value[]) => Value[]): Table {
    const columns = new Map<string, StoredColumn>();
    for (const [name, collected] of this.#columns) {
      const known = Object.hasOwn(features, name) ? features[name] : undefined;
      const typed = known?.type === "string" ? collected : (narrow?.(collected) ?? collected);
      const values = known === undefined ? typed : namesToIds(typed, known);
      const feature = known !== undefined && fits(values, known) ? known : inferFeature(values);
      columns.set(name, { feature, values });
    }
    return { length: this.#length, columns };
  }

  #column(name: string): Value[] {
    let values = this.#columns.get(name);
    if (values === undefined) {
      values = new Array<Value>(this.#length).fill(null);
      this.#columns.set(name, values);
    }
    return values;
  }
}

/** Class names, also in lists, as ids where every value is one (or missing); else the values as they are. */
function namesToIds(values: Value[], feature: Feature): Value[] {
  if (feature.type === "list" && feature.items?.type === "classLabel") {
    const { items } = feature;
    const all = itemsOf(values);
    const ids = namesToIds(all, items);
    let next = 0;
    return ids === all
      ? values
      : values.map((value) => (Array.isArray(value) ? value.map(() => ids[next++]!) : value));
  }
  if (feature.type !== "classLabel") return values;
  const ids = new Map<Value, number>(feature.names.map((name, id) => [name, id]));
  if (!values.every((value) => value === null || ids.has(value))) return values;
  return values.map((value) => (value === null ? null : ids.get(value)!));
}

/** The columns of `table` named in `names`, in that order; each must exist. */
export function pickColumns(table: Table, names: readonly string[]): Table {
  return { ...table, columns: new Map(names.map((name) => [name, table.columns.get(name)!])) };
}
