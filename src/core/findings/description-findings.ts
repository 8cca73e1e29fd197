import type { DatasetDescription, SplitDescription } from "../profiling/description.ts";
import { isTraining } from "../profiling/split-roles.ts";
import type { Finding } from "../training/run-record.ts";
import { checkAgainstTraining, checkSplits, warningsFirst } from "./split-checks.ts";
import type { SplitFacts } from "./split-facts.ts";

/** What a described dataset makes one wary of. */
export function descriptionFindings({ splits, comparisons }: DatasetDescription): Finding[] {
  const facts = new Map(splits.map((split) => [split.name, factsOf(split)]));
  const train = splits.find(({ name }) => isTraining(name));
  return warningsFirst([
    ...checkSplits([...facts.values()]),
    ...comparisons.flatMap(({ overlap, unseenWords }) =>
      checkAgainstTraining(facts.get(train!.name)!, {
        test: facts.get(overlap.split)!,
        overlap,
        unseenWords,
      }),
    ),
  ]);
}

function factsOf(split: SplitDescription): SplitFacts {
  const { tokens, texts } = split;
  return {
    ...split,
    lengths: tokens
      ? [{ unit: "tokens", summary: tokens.lengths.summary }]
      : texts.map(({ column, words }) => ({
          unit: texts.length === 1 ? "words" : `words of ${column}`,
          summary: words.summary,
        })),
    ...(tokens?.limit !== undefined && {
      truncation: { limit: tokens.limit, rows: tokens.truncatedRows, tokens: tokens.truncatedTokens },
    }),
    ...(tokens && { unknownTokens: tokens.unknownTokens }),
  };
}
