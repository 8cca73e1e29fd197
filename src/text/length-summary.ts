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

/** Summarises lengths; quantiles are interpolated linearly. All zero for no values. */
export function summarizeLengths(lengths: ArrayLike<number>): LengthSummary {
  const sorted = Float64Array.from(lengths).sort();
  const count = sorted.length;
  if (count === 0) return { count, mean: 0, std: 0, min: 0, q25: 0, median: 0, q75: 0, max: 0 };
  const mean = sorted.reduce((a, b) => a + b, 0) / count;
  const squares = sorted.reduce((sum, x) => sum + (x - mean) ** 2, 0);
  const quantile = (q: number) => {
    const place = q * (count - 1);
    const below = Math.floor(place);
    const low = sorted[below]!;
    return low + (place - below) * ((sorted[below + 1] ?? low) - low);
  };
  return {
    count,
    mean,
    std: count > 1 ? Math.sqrt(squares / (count - 1)) : 0,
    min: sorted[0]!,
    q25: quantile(0.25),
    median: quantile(0.5),
    q75: quantile(0.75),
    max: sorted[count - 1]!,
  };
}

/** A histogram of lengths from 0: bin i counts the rows of a length in [i · width, (i + 1) · width). */
export interface LengthBins {
  width: number;
  rows: number[];
}

/** A histogram of about `bins` bins, of a round width (1, 2 or 5 times a power of ten). */
export function binLengths(lengths: ArrayLike<number>, bins = 40): LengthBins {
  let longest = 0;
  for (let i = 0; i < lengths.length; i++) longest = Math.max(longest, lengths[i]!);
  const rough = Math.max(1, longest / bins);
  const power = 10 ** Math.floor(Math.log10(rough));
  const width = [1, 2, 5, 10].map((factor) => factor * power).find((step) => step >= rough)!;
  const rows = new Array<number>(Math.floor(longest / width) + 1).fill(0);
  for (let i = 0; i < lengths.length; i++) rows[Math.floor(lengths[i]! / width)]! += 1;
  return { width, rows };
}
