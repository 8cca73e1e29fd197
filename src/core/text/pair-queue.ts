/** A pair of symbols that may be merged, and how often it occurs. */
export interface CountedPair {
  /** Identifies the pair; pairs of equal count come out by ascending key. */
  key: number;
  count: number;
}

/** Gives out the most frequent pair first: a binary heap. */
export class PairQueue {
  readonly #heap: CountedPair[] = [];

  push(pair: CountedPair): void {
    const heap = this.#heap;
    let hole = heap.length;
    heap.push(pair);
    while (hole > 0) {
      const parent = (hole - 1) >> 1;
      if (!isBefore(pair, heap[parent]!)) break;
      heap[hole] = heap[parent]!;
      hole = parent;
    }
    heap[hole] = pair;
  }

  pop(): CountedPair | undefined {
    const heap = this.#heap;
    const first = heap[0];
    const last = heap.pop();
    if (heap.length === 0 || last === undefined) return first;
    let hole = 0;
    for (;;) {
      let child = 2 * hole + 1;
      if (child >= heap.length) break;
      if (child + 1 < heap.length && isBefore(heap[child + 1]!, heap[child]!)) child++;
      if (!isBefore(heap[child]!, last)) break;
      heap[hole] = heap[child]!;
      hole = child;
    }
    heap[hole] = last;
    return first;
  }
}

function isBefore(a: CountedPair, b: CountedPair): boolean {
  return a.count > b.count || (a.count === b.count && a.key < b.key);
}
