import { readFileSync } from "node:fs";

/** A file of PyTorch's values, see test/reference/README.md. */
export function readTrainingGolden<T>(name: string): T {
  return JSON.parse(readFileSync(new URL(`../fixtures/training/${name}.json`, import.meta.url), "utf8")) as T;
}

/** Largest absolute difference. */
export function largestDifference(actual: ArrayLike<number>, expected: ArrayLike<number>): number {
  let worst = 0;
  for (let i = 0; i < expected.length; i++) worst = Math.max(worst, Math.abs(actual[i]! - expected[i]!));
  return actual.length === expected.length ? worst : Number.NaN;
}
