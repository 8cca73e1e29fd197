import { KeyedCounts } from "./keyed-counts.ts";
import { NearDuplicateIndex, shingles } from "./near-duplicates.ts";
import type { TextKeys } from "./text-keys.ts";

/** Distinct texts of a split that near-duplicates are looked for among, at most: it keeps their shingles in memory. */
const MOST_NEAR = 100_000;
/** Examples kept of each kind. */
const EXAMPLES = 3;
const EXCERPT = 160;

const COUNT = 0;
const FIRST_ROW = 1;
const SEEN = 2;

export type OverlapKind = "exact" | "normalized" | "near";

/** Rows of one split whose text is also in another. Every row counts once, under the closest kind. */
export interface Overlap {
  /** The split whose rows are counted, and the one they were looked for in. */
  split: string;
  in: string;
  /** Rows of `split`. */
  rows: number;
  /** Same text. */
  exact: number;
  /** Same but for case, spacing and punctuation. */
  normalized: number;
  /** At least 70 % of all sequences of three words in common. Not looked for in pairs of texts. */
  near: number;
  /** A row of `split`, the row it is like, and how that text begins. */
  examples: { kind: OverlapKind; row: number; like: number; text: string }[];
}

/**
 * Finds the rows of an evaluation split that are in a training split too. The evaluation split's rows go in first;
 * of the training split nothing is kept.
 */
export class OverlapSearch {
  readonly #isPair: boolean;
  readonly #exact = new KeyedCounts(3);
  readonly #normalized = new KeyedCounts(3);
  readonly #near = new NearDuplicateIndex();
  /** Normalized key of each text in `#near`. */
  readonly #nearKeys: number[] = [];
  readonly #nearSeen = new Set<number>();
  readonly #examples: Overlap["examples"] = [];
  #rows = 0;

  /** @param isPair Pairs count as the same only where both texts are; one is often shared by design. */
  constructor(isPair: boolean) {
    this.#isPair = isPair;
  }

  /** Adds a row of the evaluation split. */
  add(keys: TextKeys): void {
    const row = this.#rows++;
    countRow(this.#exact, keys.exact, row);
    const isNew = countRow(this.#normalized, keys.normalized, row);
    if (isNew && !this.#isPair && this.#near.size < MOST_NEAR) {
      this.#near.add(shingles(keys.words));
      this.#nearKeys.push(keys.normalized);
    }
  }

  /** Looks a row of the training split up. */
  look(keys: TextKeys, row: number, texts: readonly string[]): void {
    const exact = mark(this.#exact, keys.exact);
    const alike = mark(this.#normalized, keys.normalized);
    if (exact >= 0) this.#addExample("exact", this.#exact.get(exact, FIRST_ROW), row, texts);
    else if (alike >= 0) this.#addExample("normalized", this.#normalized.get(alike, FIRST_ROW), row, texts);
    if (this.#isPair) return;
    const isWanted = (text: number) => {
      const key = this.#nearKeys[text]!;
      const entry = this.#normalized.find(key);
      return entry >= 0 && this.#normalized.get(entry, SEEN) === 0 && !this.#nearSeen.has(key);
    };
    for (const text of this.#near.find(shingles(keys.words), isWanted)) {
      const key = this.#nearKeys[text]!;
      this.#nearSeen.add(key);
      const like = this.#normalized.get(this.#normalized.find(key), FIRST_ROW);
      this.#addExample("near", like, row, texts);
    }
  }

  /** What was found, given the names of the two splits. */
  result(split: string, other: string): Overlap {
    const exact = sumWhere(this.#exact, (entry) => this.#exact.get(entry, SEEN) === 1);
    const alike = sumWhere(this.#normalized, (entry) => this.#normalized.get(entry, SEEN) === 1);
    const near = sumWhere(
      this.#normalized,
      (entry) => this.#normalized.get(entry, SEEN) === 0 && this.#nearSeen.has(this.#normalized.key(entry)),
    );
    return {
      split,
      in: other,
      rows: this.#rows,
      exact,
      normalized: Math.max(0, alike - exact),
      near,
      examples: this.#examples,
    };
  }

  #addExample(kind: OverlapKind, row: number, like: number, texts: readonly string[]): void {
    if (this.#examples.filter((example) => example.kind === kind).length >= EXAMPLES) return;
    this.#examples.push({ kind, row, like, text: texts.join(" | ").slice(0, EXCERPT) });
  }
}

/** Marks a key as seen. @returns its entry if it was not seen before, else −1 */
function mark(table: KeyedCounts, key: number): number {
  const entry = table.find(key);
  if (entry < 0 || table.get(entry, SEEN) === 1) return -1;
  table.set(entry, SEEN, 1);
  return entry;
}

/** @returns whether the key is new */
function countRow(table: KeyedCounts, key: number, row: number): boolean {
  const entry = table.entry(key);
  if (entry < 0) return false;
  const count = table.get(entry, COUNT);
  if (count === 0) table.set(entry, FIRST_ROW, row);
  table.set(entry, COUNT, count + 1);
  return count === 0;
}

function sumWhere(table: KeyedCounts, holds: (entry: number) => boolean): number {
  let rows = 0;
  for (let entry = 0; entry < table.size; entry++) if (holds(entry)) rows += table.get(entry, COUNT);
  return rows * table.scale;
}
