import type { Feature } from "../data/features.ts";
import type { Value } from "../data/values.ts";
import { deriveSeed } from "../random/seeds.ts";
import { mix32 } from "./hash.ts";
import { labelName } from "./label-counts.ts";

/** Characters of a text that are kept. */
const EXCERPT = 2_000;
/** Classes that samples are kept of, at most. */
const MOST_CLASSES = 1_000;

/** A row to look at. */
export interface Sample {
  row: number;
  /** One text, or both of a pair; long ones cut. */
  texts: string[];
}

/** Rows of one class. */
export interface ClassSamples {
  /** undefined: rows without a label, or of no class */
  label: string | undefined;
  rows: Sample[];
}

interface Ranked extends Sample {
  rank: number;
}

/**
 * Draws rows of every class at random while they go by: those with the lowest rank, a hash of the seed and the row's
 * number. The same rows come out however the split is read.
 */
export class Samples {
  readonly #perClass: number;
  readonly #seed: number;
  readonly #classes = new Map<Value, Ranked[]>();

  constructor(perClass: number, seed: number) {
    this.#perClass = perClass;
    this.#seed = deriveSeed(seed, "samples");
  }

  add(label: Value, row: number, texts: readonly string[]): void {
    if (this.#perClass === 0) return;
    const rank = mix32(mix32(row) ^ this.#seed) >>> 0;
    let rows = this.#classes.get(label);
    if (rows === undefined) {
      if (this.#classes.size === MOST_CLASSES) return;
      rows = [];
      this.#classes.set(label, rows);
    }
    if (rows.length === this.#perClass && rank >= rows.at(-1)!.rank) return;
    rows.push({ rank, row, texts: texts.map((text) => text.slice(0, EXCERPT)) });
    rows.sort((a, b) => a.rank - b.rank);
    if (rows.length > this.#perClass) rows.pop();
  }

  /** Samples of every class, in the order of `names`; rows without a label come last. */
  describe(feature: Feature | undefined, names: readonly string[]): ClassSamples[] {
    const byName = new Map<string | undefined, Ranked[]>();
    for (const [value, rows] of this.#classes) {
      const name = feature && labelName(value, feature);
      byName.set(name, [...(byName.get(name) ?? []), ...rows]);
    }
    return [...names, undefined].flatMap((label) => {
      const rows = byName.get(label);
      if (rows === undefined) return [];
      rows.sort((a, b) => a.rank - b.rank);
      return { label, rows: rows.slice(0, this.#perClass).map(({ row, texts }) => ({ row, texts })) };
    });
  }
}
