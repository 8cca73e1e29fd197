import { type Feature, fits, inferFeature } from "../data/features.ts";
import type { Value } from "../data/values.ts";

/** A column, as all its values show it. */
export interface ColumnDescription {
  name: string;
  type: Feature["type"];
  /** Cells that are empty or missing. */
  missing: number;
}

/**
 * Finds out what a column holds while its values go by, with the result that reading them all at once gives: what
 * was declared where every value fits it, else the narrowest type for all.
 */
export class ColumnType {
  readonly #declared: Feature | undefined;
  readonly #narrow: ((values: Value[]) => Value[]) | undefined;
  /** What the values are as they stand, and as numbers where the format knows only text. */
  #plain: Feature | undefined;
  #narrowed: Feature | undefined;
  #isNarrow: boolean;
  #fitsDeclared = true;
  #hasEmptyText = false;
  #missing = 0;

  /**
   * @param declared by the file or the dataset's card
   * @param narrow makes numbers of cells, for formats that know only text
   */
  constructor(declared: Feature | undefined, narrow: ((values: Value[]) => Value[]) | undefined) {
    this.#declared = declared;
    this.#narrow = narrow;
    this.#isNarrow = narrow !== undefined && declared?.type !== "string";
  }

  /** Cells that are empty or missing. */
  get missing(): number {
    return this.#missing;
  }

  add(value: Value): void {
    if (value === null || value === "") {
      this.#missing++;
      if (value === "") this.#hasEmptyText = true;
      return;
    }
    if (this.#isNarrow) {
      const [number] = this.#narrow!([value]);
      if (typeof number === "number") this.#narrowed = widest(this.#narrowed, number);
      else this.#isNarrow = false;
    }
    if (typeof value !== "string" || this.#plain?.type !== "string") this.#plain = widest(this.#plain, value);
    if (this.#declared !== undefined && this.#fitsDeclared) {
      this.#fitsDeclared = fitsFeature(value, this.#declared, this.#isNarrow);
    }
  }

  get feature(): Feature {
    // Cells that are all empty are text, whatever was declared: there is no number or class in them.
    const isEmptyText = this.#plain === undefined && this.#hasEmptyText;
    const fitsDeclared =
      this.#fitsDeclared && !(isEmptyText && !fits([""], this.#declared ?? { type: "string" }));
    if (this.#declared !== undefined && fitsDeclared) return this.#declared;
    if (this.#isNarrow && this.#narrowed !== undefined) return this.#narrowed;
    return this.#plain ?? (this.#hasEmptyText ? { type: "string" } : { type: "json" });
  }
}

function widest(known: Feature | undefined, value: Value): Feature {
  const next = inferFeature([value]);
  if (known === undefined || known.type === next.type) return next;
  const bothNumbers = [known, next].every(({ type }) => type === "int" || type === "float");
  return bothNumbers ? { type: "float" } : { type: "json" };
}

function fitsFeature(value: Value, feature: Feature, isNarrow: boolean): boolean {
  if (feature.type === "classLabel" && typeof value === "string" && feature.names.includes(value))
    return true;
  return fits([isNarrow ? Number(value) : value], feature);
}
