import { type Feature, inferFeature } from "../data/features.ts";
import type { RowLabel } from "../data/label-source.ts";
import { className } from "../data/labels.ts";
import { showValue, type Value } from "../data/values.ts";
import { Grouping } from "./grouping.ts";
import { hashKeys } from "./hash.ts";
import { asStored, type LabelDescription, MOST_CLASSES, namesOf } from "./label-counts.ts";

/** Pairs of classes that are counted, and those that a description lists. */
const MOST_PAIRS = 200_000;
const LISTED_PAIRS = 20;
/** Of rows with more classes pairs are not counted: there would be thousands of each. */
const MOST_PAIRED = 50;

/** Counts lists of classes while rows go by, as they are stored. */
export class LabelSetCounts {
  /** Distinct classes in the order in which they came, each with its number, and the rows of each. */
  readonly #numbers = new Map<Value, number>();
  readonly #counts: number[] = [];
  readonly #rowsBySize: number[] = [];
  /** Rows by pair: the number of one class · MOST_CLASSES + that of the other. */
  readonly #pairs = new Map<number, number>();
  readonly #grouping = new Grouping();
  #missing = 0;
  #problem: string | undefined;

  /** @returns a number for the set, the same for the same classes; undefined where there is none */
  add(label: RowLabel): number | undefined {
    if (this.#problem !== undefined) return undefined;
    if (!("classes" in label)) {
      if (label.missing) this.#missing++;
      else this.#problem = `a row has ${label.problem}`;
      return undefined;
    }
    const numbers = this.#numbersOf(label.classes);
    if (numbers === undefined) {
      this.#problem ??= "a list holds something else than classes";
      return undefined;
    }
    for (const number of numbers) this.#counts[number]! += 1;
    while (this.#rowsBySize.length <= numbers.length) this.#rowsBySize.push(0);
    this.#rowsBySize[numbers.length]! += 1;
    if (numbers.length <= MOST_PAIRED) this.#countPairs(numbers);
    // Whole and below 2³¹: what is compared later keeps it as an int32.
    const set = hashKeys(numbers) % 2 ** 31;
    this.#grouping.add(set);
    return set;
  }

  /** Distinct, in rising order. */
  #numbersOf(classes: readonly Value[]): number[] | undefined {
    const numbers = new Set<number>();
    for (const value of classes) {
      let number = this.#numbers.get(value);
      if (number === undefined) {
        if (value === null || typeof value === "object") return undefined;
        if (this.#counts.length === MOST_CLASSES) {
          this.#problem = `it holds more than ${MOST_CLASSES.toLocaleString("en")} different classes`;
          return undefined;
        }
        number = this.#counts.push(0) - 1;
        this.#numbers.set(value, number);
      }
      numbers.add(number);
    }
    return [...numbers].sort((a, b) => a - b);
  }

  #countPairs(numbers: readonly number[]): void {
    for (const [i, first] of numbers.entries()) {
      for (const second of numbers.slice(i + 1)) {
        const pair = first * MOST_CLASSES + second;
        const known = this.#pairs.get(pair);
        if (known !== undefined || this.#pairs.size < MOST_PAIRS) this.#pairs.set(pair, (known ?? 0) + 1);
      }
    }
  }

  /**
   * @param feature What the labels turned out to hold.
   * @returns or why they are no lists of classes
   */
  describe(feature: Feature): LabelDescription | string {
    if (this.#problem !== undefined) return this.#problem;
    const values = [...this.#numbers.keys()];
    const items = (feature.type === "list" ? feature.items : undefined) ?? inferFeature(values);
    const typed = values.map((value) => asStored(value, items));
    const names = namesOf(typed, items);
    if (typeof names === "string") return names;
    const indices = new Map(names.map((name, i) => [name, i]));
    const counts = names.map(() => 0);
    const nameOfNumber = typed.map((value) => className(value, items) ?? "");
    for (const [number, name] of nameOfNumber.entries()) {
      const index = indices.get(name);
      if (index === undefined) return `it holds ${showValue(values[number]!)}, which is no class`;
      counts[index]! += this.#counts[number]!;
    }
    const pairs = [...this.#pairs].sort(([, a], [, b]) => b - a).slice(0, LISTED_PAIRS);
    return {
      names,
      counts,
      missing: this.#missing,
      grouped: this.#grouping.grouped,
      sets: {
        rowsBySize: [...this.#rowsBySize],
        together: pairs.map(([pair, rows]) => {
          const labels = [Math.floor(pair / MOST_CLASSES), pair % MOST_CLASSES].map((i) => nameOfNumber[i]!);
          labels.sort((a, b) => indices.get(a)! - indices.get(b)!);
          return { labels: labels as [string, string], rows };
        }),
      },
    };
  }
}
