import type { SplitFacts } from "../../src/core/findings/split-facts.ts";
import type { LabelDescription } from "../../src/core/profiling/label-counts.ts";
import type { LengthSummary } from "../../src/core/text/length-summary.ts";

/** Classes of a split by name. */
export const labels = (counts: Record<string, number>): LabelDescription => ({
  names: Object.keys(counts),
  counts: Object.values(counts),
  missing: 0,
  grouped: false,
});

/** Lengths around a median. */
export const lengths = (median: number): LengthSummary => ({
  count: 100,
  mean: median,
  std: 1,
  min: median - 1,
  q25: median,
  median,
  q75: median,
  max: median + 1,
});

/** A split that nothing is wrong with, except for what is given. Its rows are those of its classes. */
export function split(change: Partial<SplitFacts>): SplitFacts {
  const given = "labels" in change ? change.labels : labels({ neg: 500, pos: 500 });
  return {
    name: "train",
    rows: given ? given.counts.reduce((a, b) => a + b, 0) + given.missing : 1000,
    emptyTexts: 0,
    oneWordTexts: 0,
    lengths: [{ unit: "tokens", summary: lengths(50) }],
    truncation: { limit: 128, rows: 0, tokens: 0 },
    unknownTokens: 0,
    duplicates: {
      exact: 0,
      normalized: 0,
      conflictingTexts: 0,
      conflictingRows: 0,
      conflicts: [],
      estimated: false,
    },
    ...change,
    labels: given,
  };
}
