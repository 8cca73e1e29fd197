import { basename, dirname, resolve, sep } from "node:path";
import { ConfigError } from "../../core/errors.ts";
import { holm } from "../../core/evaluation/holm.ts";
import type { Comparison, PairComparison, SplitComparison } from "./comparison.ts";
import { genreComparisons } from "./genres.ts";
import { mismatchComparison } from "./mismatch.ts";
import { type PredictedSplit, pairRuns } from "./pair-runs.ts";
import { predictionsPath, readPredictions } from "./predictions.ts";
import { readRun } from "./read-run.ts";
import type { SavedRecord } from "./record-schema.ts";
import { settingDifferences } from "./settings.ts";

/** A run as it was read. */
interface Run {
  folder: string;
  record: SavedRecord;
}

/**
 * Reads finished runs from their folders and compares them: their settings, their scores, and on every split that
 * several were evaluated on whether the difference is more than chance (McNemar's exact test, and a bootstrap
 * interval of the difference).
 *
 * @param folders of two runs or more, as `textune train` wrote them
 * @throws ConfigError if there are fewer, or one is named twice
 * @throws DataError if a folder is none of a run, or its run is unfinished, damaged or of an incompatible version
 *
 * @example
 * const { splits } = await compareRuns(["runs/mnli-distilbert", "runs/mnli-deberta"]);
 */
export async function compareRuns(folders: readonly string[]): Promise<Comparison> {
  if (folders.length < 2) throw new ConfigError("a comparison needs at least two runs; give their folders");
  const places = folders.map((folder) => resolve(folder));
  const twice = folders.find((_, i) => places.indexOf(places[i]!) !== i);
  if (twice !== undefined) throw new ConfigError(`the run ${twice} is named twice`);
  const runs: Run[] = [];
  for (const folder of folders) runs.push({ folder, record: await readRun(folder) });

  const records = runs.map(({ record }) => record);
  const names = runNames(places);
  const splits = [...new Set(records.flatMap(({ evaluations }) => evaluations.map(({ split }) => split)))];
  const comparisons: SplitComparison[] = [];
  for (const split of splits) comparisons.push(await compareSplit(split, runs));
  return {
    runs: runs.map((run, i) => ({ name: names[i]!, ...run })),
    differences: settingDifferences(records),
    splits: comparisons,
    mismatch: mismatchComparison(splits, records),
  };
}

async function compareSplit(split: string, runs: readonly Run[]): Promise<SplitComparison> {
  const evaluated: PredictedSplit[] = [];
  for (const [run, { folder, record }] of runs.entries()) {
    if (!record.evaluations.some((evaluation) => evaluation.split === split)) continue;
    const { task, labels } = record;
    const predictions = await readPredictions(folder, split, labels.length);
    evaluated.push({ run, source: predictionsPath(folder, split), task, labels, predictions });
  }
  const pairs = evaluated.flatMap((first, i) =>
    evaluated.slice(i + 1).map((second) => pairRuns(first, second)),
  );
  const paired = pairs.filter((pair) => pair.paired);
  const adjusted = holm(paired.map(({ result }) => result.pValue));
  return {
    split,
    pairs: pairs.map(
      (pair): PairComparison =>
        pair.paired ? { ...pair, adjustedPValue: adjusted[paired.indexOf(pair)]! } : pair,
    ),
    genres: genreComparisons(runs.map((_, run) => evaluated.find((other) => other.run === run)?.predictions)),
  };
}

/** Each folder's name, with the folders above it where two are named the same. */
function runNames(paths: readonly string[]): string[] {
  const names = paths.map((path) => basename(path));
  const above = paths.map((path) => dirname(path));
  const isShared = (name: string) => names.indexOf(name) !== names.lastIndexOf(name);
  for (let shared = names.filter(isShared); shared.length > 0; shared = names.filter(isShared)) {
    for (const [i, name] of names.entries()) {
      if (!shared.includes(name)) continue;
      names[i] = `${basename(above[i]!)}${sep}${name}`;
      above[i] = dirname(above[i]!);
    }
  }
  return names;
}
