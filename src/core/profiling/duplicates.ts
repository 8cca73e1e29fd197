import { KeyedCounts } from "./keyed-counts.ts";
import type { TextKeys } from "./text-keys.ts";

const EXAMPLES = 5;
const EXCERPT = 160;

const COUNT = 0;
const FIRST_ROW = 1;
const LABEL = 2;
/** Instead of a label: rows of the text have several, or none so far. */
const SEVERAL = -2;
const NONE = -1;

/** Texts that a split holds more than once. */
export interface DuplicateDescription {
  /** Rows whose text an earlier row has too, as pandas' `duplicated().sum()`. */
  exact: number;
  /** The same where case, spacing and punctuation don't count. */
  normalized: number;
  /** Distinct texts that come with different labels, and the rows that have them. */
  conflictingTexts: number;
  conflictingRows: number;
  /** Two rows of one text with different labels each. */
  conflicts: { rows: [number, number]; text: string }[];
  /** True where a split has so many texts that the counts are scaled up from a sample of them. */
  estimated: boolean;
}

/** Counts repeated texts while rows go by. */
export class DuplicateCounts {
  readonly #exact = new KeyedCounts(3);
  readonly #normalized = new KeyedCounts(1);
  readonly #conflicts: DuplicateDescription["conflicts"] = [];

  /** @param label a number for the row's class; undefined for none */
  add(keys: TextKeys, row: number, texts: readonly string[], label: number | undefined): void {
    const entry = this.#exact.entry(keys.exact);
    if (entry >= 0) {
      const count = increment(this.#exact, entry);
      if (count === 1) {
        this.#exact.set(entry, FIRST_ROW, row);
        this.#exact.set(entry, LABEL, label ?? NONE);
      } else this.#compareLabels(entry, row, texts, label);
    }
    const alike = this.#normalized.entry(keys.normalized);
    if (alike >= 0) increment(this.#normalized, alike);
  }

  describe(): DuplicateDescription {
    let conflictingTexts = 0;
    let conflictingRows = 0;
    for (let entry = 0; entry < this.#exact.size; entry++) {
      if (this.#exact.get(entry, LABEL) !== SEVERAL) continue;
      conflictingTexts++;
      conflictingRows += this.#exact.get(entry, COUNT);
    }
    const { scale } = this.#exact;
    return {
      exact: repeats(this.#exact),
      normalized: repeats(this.#normalized),
      conflictingTexts: conflictingTexts * scale,
      conflictingRows: conflictingRows * scale,
      conflicts: this.#conflicts,
      estimated: scale > 1 || this.#normalized.scale > 1,
    };
  }

  #compareLabels(entry: number, row: number, texts: readonly string[], label: number | undefined): void {
    const known = this.#exact.get(entry, LABEL);
    if (label === undefined || known === label || known === SEVERAL) return;
    this.#exact.set(entry, LABEL, known === NONE ? label : SEVERAL);
    if (known === NONE || this.#conflicts.length === EXAMPLES) return;
    const text = texts.join(" | ").slice(0, EXCERPT);
    this.#conflicts.push({ rows: [this.#exact.get(entry, FIRST_ROW), row], text });
  }
}

function increment(table: KeyedCounts, entry: number): number {
  const count = table.get(entry, COUNT) + 1;
  table.set(entry, COUNT, count);
  return count;
}

function repeats(table: KeyedCounts): number {
  let rows = 0;
  for (let entry = 0; entry < table.size; entry++) rows += table.get(entry, COUNT) - 1;
  return rows * table.scale;
}
