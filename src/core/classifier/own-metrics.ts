import type { Targets } from "../data/targets.ts";
import { ConfigError } from "../errors.ts";
import { type Outputs, outputsOf } from "../evaluation/outputs.ts";
import type { TrainingWatch } from "../runner/training-task.ts";
import type { PreparedSplit } from "./record.ts";
import type { ClassifierState } from "./state.ts";

/**
 * A score of one's own: of a split's outputs, [rows, classes], and of what is to be said of its rows. Larger is better.
 */
export type Metric = (outputs: Outputs, targets: Targets) => number | Promise<number>;

/** Metrics by name, as `bestMetric` and the history call them. */
export type Metrics = Readonly<Record<string, Metric>>;

/** Scores evaluations by metrics of one's own, in the thread that they are of. @throws ConfigError where one gives no number. */
export function scoreBy(
  metrics: Metrics | undefined,
  state: ClassifierState,
  evaluated: readonly PreparedSplit[],
): TrainingWatch["score"] {
  const entries = Object.entries(metrics ?? {});
  if (entries.length === 0) return undefined;
  return async (name, logits) => {
    const { targets, rows } = evaluated.find((split) => split.name === name)!;
    const outputs = outputsOf(state, rows.count, state.design.outputs, logits);
    const scores: Record<string, number> = {};
    for (const [metric, score] of entries) {
      const value = await score(outputs, targets);
      if (typeof value !== "number" || !Number.isFinite(value)) {
        throw new ConfigError(`metrics: ${metric} gave ${String(value)} for ${name}; give a number`);
      }
      scores[metric] = value;
    }
    return scores;
  };
}
