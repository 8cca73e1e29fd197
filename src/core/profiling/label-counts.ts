import type { Feature } from "../data/features.ts";
import { className, classNames } from "../data/labels.ts";
import { isMissing, type Value } from "../data/values.ts";
import { DataError } from "../errors.ts";
import { Grouping } from "./grouping.ts";

/** A column of more distinct values holds no classes. */
export const MOST_CLASSES = 10_000;

/** The classes of a split. */
export interface LabelDescription {
  names: string[];
  /** Rows per class, in the order of `names`. */
  counts: number[];
  /** Rows without a label: an empty cell, or −1 in a column whose classes have names. */
  missing: number;
  /** Rows of a class lie together, as in a file sorted by class. */
  grouped: boolean;
  /** Where rows are of any number of classes; the shares of the classes then don't add up to 1. */
  sets?: LabelSets;
}

/** The labels of a split whose rows are of any number of classes. */
export interface LabelSets {
  /** Rows of 0, 1, 2, … classes. */
  rowsBySize: number[];
  /** Classes that most often stand together, and in how many rows. */
  together: { labels: [string, string]; rows: number }[];
}

/** Counts labels while rows go by, as they are stored. */
export class LabelCounts {
  /** Distinct values in the order in which they came, each with its number, and how often each came. */
  readonly #numbers = new Map<Value, number>();
  readonly #counts: number[] = [];
  readonly #grouping = new Grouping();
  #problem: string | undefined;

  /** @returns a number for the label, the same for the same label; undefined where there is none */
  add(value: Value): number | undefined {
    if (this.#problem !== undefined) return undefined;
    let number = this.#numbers.get(value);
    if (number === undefined) {
      if (typeof value === "object" && value !== null) {
        this.#problem = "it holds lists or objects, not one class for each row";
        return undefined;
      }
      if (this.#counts.length === MOST_CLASSES) {
        this.#problem = `it holds more than ${MOST_CLASSES.toLocaleString("en")} different values`;
        return undefined;
      }
      number = this.#counts.push(0) - 1;
      this.#numbers.set(value, number);
    }
    this.#counts[number]! += 1;
    this.#grouping.add(number);
    return isMissing(value) ? undefined : number;
  }

  /**
   * @param feature What the column turned out to hold.
   * @returns or why the column holds no classes
   */
  describe(feature: Feature): LabelDescription | string {
    if (this.#problem !== undefined) return this.#problem;
    const typed = [...this.#numbers.keys()].map((value) => asStored(value, feature));
    const names = namesOf(typed, feature);
    if (typeof names === "string") return names;
    const indices = new Map(names.map((name, i) => [name, i]));
    const counts = names.map(() => 0);
    let missing = 0;
    for (const [i, value] of typed.entries()) {
      const index = indices.get(className(value, feature) ?? "");
      if (index === undefined) missing += this.#counts[i]!;
      else counts[index]! += this.#counts[i]!;
    }
    return { names, counts, missing, grouped: this.#grouping.grouped };
  }
}

/** The class names of distinct values, or why they are no classes. */
export function namesOf(values: readonly Value[], feature: Feature): string[] | string {
  try {
    return classNames(values, feature, "it");
  } catch (error) {
    if (error instanceof DataError) return error.message;
    throw error;
  }
}

/** The class name of a value as a file holds it; undefined where it is missing. */
export function labelName(value: Value, feature: Feature): string | undefined {
  return className(asStored(value, feature), feature);
}

/** A cell of a text file as the column's feature has it: numbers as numbers, class names as their ids. */
export function asStored(value: Value, feature: Feature): Value {
  if (typeof value !== "string" || value === "") return value;
  if (feature.type === "int" || feature.type === "float") return Number(value);
  if (feature.type !== "classLabel") return value;
  const id = feature.names.indexOf(value);
  return id === -1 ? Number(value) : id;
}
