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
    const split = evaluated.find((each) => each.name === name)!;
    const outputs = rebuiltOutputs(state, split, logits);
    const scores: [metric: string, value: number][] = [];
    for (const [metric, score] of entries) {
      const value = await score(outputs, split.targets);
      if (typeof value !== "number" || !Number.isFinite(value)) {
        throw new ConfigError(`metrics: ${metric} gave ${String(value)} for ${name}; give a number`);
      }
      scores.push([metric, value]);
    }
    return Object.fromEntries(scores);
  };
}

/**
 * The outputs of a split from their values, as they come out of a training.
 *
 * @param values Row-major [rows, classes]: one output for two classes stands there as a pair already.
 */
export const rebuiltOutputs = (
  state: ClassifierState,
  { rows: { count } }: Pick<PreparedSplit, "rows">,
  values: Float32Array,
): Outputs => outputsOf(state, count, values.length / count, values);
