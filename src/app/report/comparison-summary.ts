import type { Task } from "../../core/data/targets.ts";
import { integer, percent } from "../../core/format.ts";
import type { Comparison, PairComparison, PairedRuns, SplitComparison } from "../runs/comparison.ts";

/** Below this p-value a difference counts as more than chance. */
const SIGNIFICANCE = 0.05;

/** What the runs were trained for; where they differ, that of rows of several classes. */
export const comparisonTask = ({ runs }: Pick<Comparison, "runs">): Task =>
  runs.some(({ record }) => record.task === "multiLabel") ? "multiLabel" : "singleLabel";

/** What a comparison of two runs on a split comes to. */
export interface Verdict {
  headline: string;
  sentences: string[];
}

/** How far the tests reach; to be said once. */
export const testNote =
  "The test and the interval are about these trained models on rows like these. Training again with another seed gives other models: to compare two methods, repeat both with several seeds.";

/** Why p-values are adjusted where more than two runs are compared. */
export const adjustmentNote =
  "Differences count in favour of the first run. McNemar's exact test says how often two equally good runs would differ so much; its p-value is adjusted for the number of comparisons by Holm's method.";

/** Is one run better on a split, or is it chance? In plain words, with the test, its p-value and the interval. */
export function verdict(
  comparison: Comparison,
  { split, pairs }: SplitComparison,
  pair: PairComparison,
): Verdict {
  const first = comparison.runs[pair.first]!.name;
  const second = comparison.runs[pair.second]!.name;
  if (!pair.paired) {
    return {
      headline: `Not compared row by row on ${split}`,
      sentences: [`${first} and ${second} can't be paired: ${pair.reason}.`],
    };
  }
  const { result } = pair;
  if (result.onlyFirstRight + result.onlySecondRight === 0) {
    const right = `${integer(result.bothRight)} of the ${integer(result.rows)} rows`;
    return {
      headline: `No difference on ${split}`,
      sentences: [`${first} and ${second} have the same ${right} right: there is nothing to test.`],
    };
  }
  const { leader, trailer, low, high } = oriented(pair, first, second);
  const tests = pairs.filter((other) => other.paired).length;
  const discordant = leader.alone + trailer.alone;
  const ofSets = comparisonTask(comparison) === "multiLabel";
  return {
    headline: isMoreThanChance(pair)
      ? `${leader.name} is better on ${split}${ofSets ? " by exact match" : ""}: more than chance`
      : `No clear difference on ${split}: it can be chance`,
    sentences: [
      `${leader.name} is right${ofSets ? " about the whole set of classes" : ""} in ${percent(leader.right / result.rows)} of the ${integer(result.rows)} rows and ${trailer.name} in ${percent(trailer.right / result.rows)}: ${points(Math.abs(result.difference))} apart, with a 95% bootstrap interval from ${signed(low)} to ${points(high)}.`,
      `Exactly one of them is right on ${integer(discordant)} ${discordant === 1 ? "row" : "rows"}: ${leader.name} on ${integer(leader.alone)}, ${trailer.name} on ${integer(trailer.alone)}.`,
      `If both were equally good, a split at least so uneven would come up ${cases(result.pValue)} (McNemar's exact test, ${pValue(result.pValue)}${tests > 1 ? `; adjusted for ${tests} comparisons by Holm's method, ${pValue(pair.adjustedPValue)}` : ""}).`,
    ],
  };
}

/** @returns whether the test, adjusted for how many there are, finds a difference */
export const isMoreThanChance = ({ adjustedPValue }: PairedRuns): boolean => adjustedPValue < SIGNIFICANCE;

/** The better run in front, differences counted from it. */
function oriented({ result }: PairedRuns, first: string, second: string) {
  const { bothRight, onlyFirstRight, onlySecondRight, interval } = result;
  const a = { name: first, right: bothRight + onlyFirstRight, alone: onlyFirstRight };
  const b = { name: second, right: bothRight + onlySecondRight, alone: onlySecondRight };
  return result.difference >= 0
    ? { leader: a, trailer: b, low: interval.low, high: interval.high }
    : { leader: b, trailer: a, low: -interval.high, high: -interval.low };
}

/** 0.165 → `16.5 points` */
export const points = (difference: number): string => `${signed(difference)} points`;

/** 0.165 → `16.5`, with a true minus sign. */
export function signed(difference: number): string {
  const text = (Math.abs(difference) * 100).toFixed(1);
  return difference < 0 && Number(text) !== 0 ? `−${text}` : text;
}

/** 0.0123 → `p = 0.012` */
export function pValue(p: number): string {
  return p < 0.0001 ? "p < 0.0001" : `p = ${p < 0.1 ? Number(p.toPrecision(2)) : p.toFixed(2)}`;
}

function cases(p: number): string {
  if (p < 0.0001) return "in fewer than 1 of 10,000 cases";
  return p > 0.999 ? "every time" : `in ${Number((p * 100).toPrecision(2))}% of cases`;
}

/** A setting's value as a recipe would have it. */
export function settingText(value: unknown): string {
  if (value === null) return "not set";
  if (Array.isArray(value)) return value.map(settingText).join(", ");
  return typeof value === "object" ? JSON.stringify(value) : String(value);
}
