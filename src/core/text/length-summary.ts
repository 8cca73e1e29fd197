/** Count, mean and quantiles of lengths, as pandas' `describe()` prints them. */
export interface LengthSummary {
  count: number;
  mean: number;
  /** Sample standard deviation (n − 1); 0 for fewer than two values. */
  std: number;
  min: number;
  q25: number;
  median: number;
  q75: number;
  max: number;
}

/** A histogram of lengths from 0: bin i counts the rows of a length in [i · width, (i + 1) · width). */
export interface LengthBins {
  width: number;
  rows: number[];
  /** Rows that lie beyond the last bin: so few and so long that all others would fall into one bin. @default 0 */
  beyond?: number;
}

/** Lengths in numbers and as a histogram. */
export interface LengthDescription {
  summary: LengthSummary;
  bins: LengthBins;
}

/** Lengths below this are counted in an array, the rare longer ones in a map. */
const DENSE_END = 1 << 16;

/**
 * Collects lengths one by one. It keeps how often each length came, not the lengths, so that millions fit, and the
 * quantiles are exact.
 */
export class LengthCounts {
  #count = 0;
  #sum = 0;
  #longest = 0;
  #dense = new Float64Array(256);
  readonly #sparse = new Map<number, number>();

  /** @param length a whole number from 0 */
  add(length: number): void {
    this.#count++;
    this.#sum += length;
    if (length > this.#longest) this.#longest = length;
    if (length >= DENSE_END) {
      this.#sparse.set(length, (this.#sparse.get(length) ?? 0) + 1);
      return;
    }
    if (length >= this.#dense.length) {
      const larger = new Float64Array(Math.min(DENSE_END, Math.max(length + 1, this.#dense.length * 2)));
      larger.set(this.#dense);
      this.#dense = larger;
    }
    this.#dense[length]! += 1;
  }

  describe(): LengthDescription {
    return { summary: this.summary(), bins: this.bins() };
  }

  /** Quantiles are interpolated linearly. All zero for no lengths. */
  summary(): LengthSummary {
    const count = this.#count;
    if (count === 0) return { count, mean: 0, std: 0, min: 0, q25: 0, median: 0, q75: 0, max: 0 };
    const mean = this.#sum / count;
    let squares = 0;
    for (const [length, rows] of this.#entries()) squares += rows * (length - mean) ** 2;
    return {
      count,
      mean,
      std: count > 1 ? Math.sqrt(squares / (count - 1)) : 0,
      min: this.#nth(0),
      q25: this.#quantile(0.25),
      median: this.#quantile(0.5),
      q75: this.#quantile(0.75),
      max: this.#longest,
    };
  }

  /**
   * A histogram of about `bins` bins, of a round width (1, 2 or 5 times a power of ten). Where the longest 5 % reach
   * far beyond the rest, it ends at twice the length that 95 % stay below.
   */
  bins(bins = 40): LengthBins {
    const common = this.#count === 0 ? 0 : this.#nth(Math.ceil(0.95 * (this.#count - 1)));
    const last = this.#longest > 5 * Math.max(common, bins) ? 2 * Math.max(common, bins) : this.#longest;
    const rough = Math.max(1, last / bins);
    const power = 10 ** Math.floor(Math.log10(rough));
    const width = [1, 2, 5, 10].map((factor) => factor * power).find((step) => step >= rough)!;
    const rows = new Array<number>(Math.floor(last / width) + 1).fill(0);
    let beyond = 0;
    for (const [length, count] of this.#entries()) {
      const bin = Math.floor(length / width);
      if (bin < rows.length) rows[bin]! += count;
      else beyond += count;
    }
    return { width, rows, ...(beyond > 0 && { beyond }) };
  }

  /** Every length that occurs and how often, shortest first. */
  *#entries(): Generator<[length: number, rows: number]> {
    for (let length = 0; length < this.#dense.length; length++) {
      const rows = this.#dense[length]!;
      if (rows > 0) yield [length, rows];
    }
    yield* [...this.#sparse].sort(([a], [b]) => a - b);
  }

  /** The length at a place, from 0, in the order of all lengths. */
  #nth(place: number): number {
    let before = 0;
    for (const [length, rows] of this.#entries()) {
      before += rows;
      if (place < before) return length;
    }
    return this.#longest;
  }

  #quantile(q: number): number {
    const place = q * (this.#count - 1);
    const low = this.#nth(Math.floor(place));
    return low + (place - Math.floor(place)) * (this.#nth(Math.ceil(place)) - low);
  }
}

/** Summarises lengths, see {@link LengthCounts.summary}. */
export function summarizeLengths(lengths: ArrayLike<number>): LengthSummary {
  return countsOf(lengths).summary();
}

/** A histogram of lengths, see {@link LengthCounts.bins}. */
export function binLengths(lengths: ArrayLike<number>, bins?: number): LengthBins {
  return countsOf(lengths).bins(bins);
}

function countsOf(lengths: ArrayLike<number>): LengthCounts {
  const counts = new LengthCounts();
  for (let i = 0; i < lengths.length; i++) counts.add(lengths[i]!);
  return counts;
}
