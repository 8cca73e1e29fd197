import { ConfigError } from "../errors.ts";
import type { HistoryEntry, RunRecord } from "./run-record.ts";

const scored = ["loss", "accuracy", "macroF1"] as const;

/** What every evaluation has. */
export const metricNames = [...scored, "microF1"] as const;

/** A score of one evaluated split. */
export interface BestMetric {
  split: string;
  /** One that every evaluation has, or the name of one of the caller's own. */
  metric: string;
}

/**
 * Reads `validation.accuracy`; a metric alone is that of the first evaluated split.
 *
 * @param own Names of the caller's own metrics.
 * @throws ConfigError if there is no such metric or split.
 */
export function parseBestMetric(
  text: string,
  splits: readonly string[],
  own: readonly string[] = [],
): BestMetric {
  const names: readonly string[] = [...metricNames, ...own];
  const dot = text.lastIndexOf(".");
  const split = dot < 0 ? splits[0] : text.slice(0, dot);
  const metric = names.find((name) => name === text.slice(dot + 1));
  if (split === undefined) {
    throw new ConfigError(`bestMetric: "${text}" needs a split to evaluate on, and there is none`);
  }
  if (metric === undefined || !splits.includes(split)) {
    throw new ConfigError(
      `bestMetric: "${text}" is not known; give SPLIT.METRIC with the split ${splits.join(" or ")} and the metric ${names.join(" or ")}`,
    );
  }
  return { split, metric };
}

/** Place of the best evaluation in the history; among equals the earliest. −1 where there is none. */
export function bestEvaluation(history: readonly HistoryEntry[], { split, metric }: BestMetric): number {
  const sign = metric === "loss" ? -1 : 1;
  const scores = history.map(({ evaluations }) => sign * scoreOf(evaluations[split]!, metric));
  return scores.reduce((best, score, i) => (best < 0 || score > scores[best]! ? i : best), -1);
}

/** What a run's record says of its best evaluation. */
export function describeBest(entry: HistoryEntry, { split, metric }: BestMetric): RunRecord["best"] {
  const { epoch, step, evaluations } = entry;
  return { epoch, step, metric: `${split}.${metric}`, value: scoreOf(evaluations[split]!, metric) };
}

/** With one class a row, micro-F1 is the accuracy. */
function scoreOf(score: HistoryEntry["evaluations"][string], metric: string): number {
  if (metric === "microF1") return score.microF1 ?? score.accuracy;
  const known = scored.find((name) => name === metric);
  // A metric of the caller's own that an evaluation of before lacks is worse than any.
  return known ? score[known] : (score.metrics?.[metric] ?? Number.NEGATIVE_INFINITY);
}

/** The weights of the best evaluation, kept while training goes on. */
export class BestWeights {
  /** Updates done when they were kept. */
  step = -1;
  readonly #values = new Map<string, Float32Array>();

  get values(): ReadonlyMap<string, Float32Array> {
    return this.#values;
  }

  /** Copies weights, in place of those kept before. */
  keep(step: number, weights: ReadonlyMap<string, Float32Array>): void {
    this.step = step;
    for (const [name, values] of weights) {
      const kept = this.#values.get(name);
      if (kept) kept.set(values);
      else this.#values.set(name, values.slice());
    }
  }
}
