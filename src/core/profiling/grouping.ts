/** Fewer changes of class than this share of what random order would bring: the rows are sorted by class. */
const GROUPED_SHARE = 0.1;
/** Of fewer rows no one can tell. */
const LEAST_ROWS = 20;
/** Kinds of rows that are told apart; with more they can't be sorted by kind in a way that a slice would show. */
const MOST_KINDS = 10_000;

/** Finds out, while rows go by, whether those of a kind lie together. */
export class Grouping {
  readonly #rowsOfKind = new Map<number, number>();
  #rows = 0;
  #changes = 0;
  #last: number | undefined;

  add(kind: number): void {
    this.#rows++;
    if (kind !== this.#last && this.#last !== undefined) this.#changes++;
    this.#last = kind;
    if (this.#rowsOfKind.size < MOST_KINDS || this.#rowsOfKind.has(kind)) {
      this.#rowsOfKind.set(kind, (this.#rowsOfKind.get(kind) ?? 0) + 1);
    }
  }

  get grouped(): boolean {
    const kinds = this.#rowsOfKind.size;
    if (this.#rows < LEAST_ROWS || kinds < 2 || kinds === MOST_KINDS) return false;
    let same = 0;
    for (const rows of this.#rowsOfKind.values()) same += (rows / this.#rows) ** 2;
    return this.#changes < GROUPED_SHARE * this.#rows * (1 - same);
  }
}
