import type { Overlap } from "../profiling/overlap.ts";
import type { Finding } from "../training/run-record.ts";
import {
  absentClasses,
  conflictingLabels,
  imbalance,
  joinedLabels,
  missingLabels,
  negativeLabel,
  oneClassSplit,
  sortedByLabel,
  unshuffledSlice,
} from "./label-checks.ts";
import { trainTestOverlap } from "./overlap-check.ts";
import { listLikeLabels, similarLabels } from "./spelling-checks.ts";
import type { SplitFacts } from "./split-facts.ts";
import {
  emptyTexts,
  lengthShift,
  oneWordTexts,
  truncatedText,
  unknownTokens,
  vocabularyShift,
} from "./text-checks.ts";

/** How an evaluation split compares with the training split. */
export interface ComparedSplits {
  test: SplitFacts;
  overlap: Overlap;
  /** Share of the words of the evaluation split that training never shows, 0 to 1. */
  unseenWords: number;
}

/** What is wrong with splits by themselves; what concerns all of them alike is said once. */
export function checkSplits(splits: readonly SplitFacts[]): Finding[] {
  const joined = splits.map(joinedLabels).find((finding) => finding !== undefined);
  return present([
    ...splits.flatMap(checkSplit),
    joined,
    similarLabels(splits),
    listLikeLabels(splits),
    truncatedText(splits),
  ]);
}

function checkSplit(split: SplitFacts): (Finding | undefined)[] {
  return [
    oneClassSplit(split) ?? unshuffledSlice(split),
    missingLabels(split),
    negativeLabel(split),
    emptyTexts(split),
    conflictingLabels(split),
    imbalance(split),
    unknownTokens(split),
    oneWordTexts(split),
    sortedByLabel(split),
  ];
}

/** What is wrong between a training split and one to evaluate on. */
export function checkAgainstTraining(
  train: SplitFacts,
  { test, overlap, unseenWords }: ComparedSplits,
): Finding[] {
  return present([
    ...absentClasses(train, test),
    trainTestOverlap(overlap),
    lengthShift(train, test),
    vocabularyShift(train, test, unseenWords),
  ]);
}

/** Warnings before notes, else in the order in which they were found. */
export function warningsFirst(findings: readonly Finding[]): Finding[] {
  return [
    ...findings.filter(({ severity }) => severity === "warning"),
    ...findings.filter(({ severity }) => severity === "note"),
  ];
}

function present(findings: (Finding | undefined)[]): Finding[] {
  return findings.filter((finding) => finding !== undefined);
}
