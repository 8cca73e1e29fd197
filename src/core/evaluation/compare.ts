import { binomial, likelySuccesses, logFactorials } from "./binomial.ts";
import type { Logits } from "./logits.ts";

/** On how many rows two classifiers are right or wrong. */
export interface PairedCounts {
  bothRight: number;
  onlyFirstRight: number;
  onlySecondRight: number;
  bothWrong: number;
}

/** Two classifiers on the same rows. Shares are from 0 to 1. */
export interface PairedComparison extends PairedCounts {
  rows: number;
  /** Accuracy of the first less accuracy of the second. */
  difference: number;
  /** Bootstrap percentile interval of `difference`. */
  interval: Interval;
  /** McNemar's exact test, two-sided: how likely a difference at least so large is if both are equally good. */
  pValue: number;
}

export interface Interval {
  low: number;
  high: number;
  /** Coverage, e.g. 0.95. */
  level: number;
}

/**
 * Is one classifier better than the other, or is it chance? Both must have been scored on the same rows in the
 * same order: only the rows on which exactly one of them is right tell them apart.
 *
 * @param level coverage of the interval. @default 0.95
 * @throws RangeError where the two don't have the same rows and classes, or there are no rows
 */
export function compareClassifiers(
  first: Logits,
  second: Logits,
  labels: Int32Array,
  level = 0.95,
): PairedComparison {
  if (first.rows !== second.rows || first.classes !== second.classes) {
    throw new RangeError(
      `can't compare ${first.rows} rows of ${first.classes} classes with ${second.rows} rows of ${second.classes}`,
    );
  }
  first.assertLabels(labels);
  const a = first.predictions();
  const b = second.predictions();
  // Indexed by how many of (first, second) are right, first counting double.
  const counts: [number, number, number, number] = [0, 0, 0, 0];
  for (let row = 0; row < labels.length; row++) {
    counts[2 * Number(a[row] === labels[row]) + Number(b[row] === labels[row])]! += 1;
  }
  const [bothWrong, onlySecondRight, onlyFirstRight, bothRight] = counts;
  return pairedComparison({ bothRight, onlyFirstRight, onlySecondRight, bothWrong }, level);
}

/**
 * The same from counts alone, for predictions that were made earlier.
 *
 * @param level coverage of the interval. @default 0.95
 * @throws RangeError where there are no rows
 */
export function pairedComparison(counts: PairedCounts, level = 0.95): PairedComparison {
  const { bothRight, onlyFirstRight, onlySecondRight, bothWrong } = counts;
  const rows = bothRight + onlyFirstRight + onlySecondRight + bothWrong;
  return {
    rows,
    ...counts,
    difference: (onlyFirstRight - onlySecondRight) / rows,
    interval: bootstrapDifference(rows, onlyFirstRight, onlySecondRight, level),
    pValue: mcnemarExact(onlyFirstRight, onlySecondRight),
  };
}

/**
 * McNemar's exact test: two-sided p-value of a fair coin giving so uneven a split of the discordant rows.
 * (McNemar 1947, https://doi.org/10.1007/BF02295996; the binomial form, as statsmodels' `mcnemar(exact=True)`.)
 */
export function mcnemarExact(onlyFirstRight: number, onlySecondRight: number): number {
  const discordant = onlyFirstRight + onlySecondRight;
  const fewer = Math.min(onlyFirstRight, onlySecondRight);
  const logFactorial = logFactorials(discordant);
  let tail = 0;
  for (let k = 0; k <= fewer; k++) tail += binomial(discordant, k, 0.5, logFactorial);
  return Math.min(1, 2 * tail);
}

/**
 * Percentile interval of the paired bootstrap for a difference of accuracies: what resampling the rows without
 * end would give, computed from the exact distribution, so it needs no seed.
 *
 * A resample of n rows draws D ~ Binomial(n, discordant / n) discordant rows, of which F ~ Binomial(D, share of
 * the first) favour the first; its difference is (2F − D) / n.
 *
 * @param rows all rows, n
 */
export function bootstrapDifference(
  rows: number,
  onlyFirstRight: number,
  onlySecondRight: number,
  level = 0.95,
): Interval {
  if (rows < 1) throw new RangeError("a bootstrap interval needs at least one row");
  if (!(level > 0 && level < 1)) throw new RangeError(`the level must be between 0 and 1, not ${level}`);
  const discordant = onlyFirstRight + onlySecondRight;
  if (discordant === 0) return { low: 0, high: 0, level };
  const logFactorial = logFactorials(rows);
  const share = onlyFirstRight / discordant;
  // Probability of every difference 2F − D, from −rows to rows.
  const distribution = new Float64Array(2 * rows + 1);
  const [fewest, most] = likelySuccesses(rows, discordant / rows);
  for (let drawn = fewest; drawn <= most; drawn++) {
    const weight = binomial(rows, drawn, discordant / rows, logFactorial);
    const [first, last] = likelySuccesses(drawn, share);
    for (let favourable = first; favourable <= last; favourable++) {
      distribution[rows + 2 * favourable - drawn]! +=
        weight * binomial(drawn, favourable, share, logFactorial);
    }
  }
  const tail = (1 - level) / 2;
  return {
    low: (quantile(distribution, tail) - rows) / rows,
    high: (quantile(distribution, 1 - tail) - rows) / rows,
    level,
  };
}

/** First index at which the cumulative probability reaches `target`. */
function quantile(probabilities: Float64Array, target: number): number {
  let index = 0;
  for (let reached = probabilities[0]!; reached < target; reached += probabilities[index]!) index += 1;
  return index;
}
