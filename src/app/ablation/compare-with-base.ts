import { holm } from "../../core/evaluation/holm.ts";
import type { VariantResult } from "../runs/ablation-result.ts";
import { type PredictedSplit, pairRuns } from "../runs/pair-runs.ts";
import { predictionsPath, readPredictions } from "../runs/predictions.ts";

/** Pairs every variant with the first, row by row, on each split that both were evaluated on. */
export async function compareWithBase(variants: readonly VariantResult[]): Promise<VariantResult[]> {
  const [base, ...others] = variants;
  const compared: VariantResult[] = variants.map((variant) => ({ ...variant, againstBase: [] }));
  for (const split of splitsOf(base!)) {
    const first = await predictedSplit(base!, 0, split);
    const pairs = [];
    for (const [i, variant] of others.entries()) {
      if (!splitsOf(variant).includes(split)) continue;
      pairs.push(pairRuns(first, await predictedSplit(variant, i + 1, split)));
    }
    const adjusted = holm(pairs.filter((pair) => pair.paired).map(({ result }) => result.pValue));
    for (const pair of pairs) {
      const whole = pair.paired ? { ...pair, adjustedPValue: adjusted.shift()! } : pair;
      compared[pair.second]!.againstBase.push({ split, pair: whole });
    }
  }
  return compared;
}

const splitsOf = ({ record }: VariantResult): string[] => record.evaluations.map(({ split }) => split);

async function predictedSplit(
  { folder, record: { task, labels } }: VariantResult,
  run: number,
  split: string,
): Promise<PredictedSplit> {
  const predictions = await readPredictions(folder, split, labels.length);
  return { run, source: predictionsPath(folder, split), task, labels, predictions };
}
