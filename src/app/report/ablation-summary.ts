import { wilsonInterval } from "../../core/evaluation/interval.ts";
import { integer, percent } from "../../core/format.ts";
import type { Finding } from "../../core/training/run-record.ts";
import type { AblationResult, VariantResult } from "../runs/ablation-result.ts";
import type { PairComparison, SettingDifference } from "../runs/comparison.ts";
import { isMoreThanChance, pValue, settingText, signed } from "./comparison-summary.ts";

/** A variant's result on a split. Shares are from 0 to 1. */
export interface VariantScore {
  variant: VariantResult;
  rows: number;
  accuracy: number;
  /** 95 % interval of the accuracy, for a split of so many rows. */
  low: number;
  high: number;
  macroF1: number;
  loss: number;
  /** In the last epoch; undefined where there was none. */
  trainAccuracy: number | undefined;
  /** Codes of the warnings that the base doesn't have, each once. */
  ownWarnings: string[];
  /** These, then those that the base has too. */
  warnings: string[];
}

/** The scores on each evaluated split of the base: a variant's first split beside the base's first, and so on. */
export function ablationScores({ variants }: AblationResult): { split: string; scores: VariantScore[] }[] {
  const base = variants[0]!;
  const expected = warningCodes(base);
  return base.record.evaluations.map(({ split }, i) => ({
    split,
    scores: variants.flatMap((variant) => {
      const report = variant.record.evaluations[i]?.report;
      if (!report) return [];
      const { rows, accuracy, macroF1, loss } = report;
      const warnings = warningCodes(variant);
      const ownWarnings = warnings.filter((code) => !expected.includes(code));
      return {
        variant,
        ...{ rows, accuracy, macroF1, loss, ownWarnings },
        warnings: [...ownWarnings, ...warnings.filter((code) => expected.includes(code))],
        ...wilsonInterval(Math.round(accuracy * rows), rows),
        trainAccuracy: variant.record.history.at(-1)?.train.accuracy,
      };
    }),
  }));
}

function warningCodes({ record }: VariantResult): string[] {
  const warnings = record.findings.filter(({ severity }) => severity === "warning");
  return [...new Set(warnings.map(({ code }) => code))];
}

/** `one-class-split` → `one class split` */
export const warningName = (code: string): string => code.replaceAll("-", " ");

/** Every warning once, with the variants that have it: those of few variants first. */
export function sharedWarnings({ variants }: AblationResult): { finding: Finding; names: string[] }[] {
  const shared = new Map<string, { finding: Finding; names: string[] }>();
  for (const { name, record } of variants) {
    for (const finding of record.findings) {
      if (finding.severity !== "warning") continue;
      const known = shared.get(finding.found);
      if (known) known.names.push(name);
      else shared.set(finding.found, { finding, names: [name] });
    }
  }
  return [...shared.values()].sort((a, b) => a.names.length - b.names.length);
}

/** `all variants`, or their names. */
export const variantNames = ({ variants }: AblationResult, names: readonly string[]): string =>
  names.length === variants.length ? "all variants" : names.join(", ");

/** `attentionMask: true → false` */
export const changeText = ({ key, values }: SettingDifference): string =>
  `${key}: ${values.map(settingText).join(" → ")}`;

/** How far a variant (second of the pair) is from the base (first), and whether that is more than chance. */
export function againstBaseText(split: string, pair: PairComparison): string {
  if (!pair.paired) return `Not to be compared with the base on ${split}: ${pair.reason}.`;
  const { difference, interval, rows, onlyFirstRight, onlySecondRight } = pair.result;
  if (onlyFirstRight + onlySecondRight === 0) {
    return `On ${split} it has the same of the ${integer(rows)} rows right as the base.`;
  }
  const side = difference > 0 ? "below" : "above";
  const [low, high] = [-interval.high, -interval.low];
  const certainty = isMoreThanChance(pair) ? "more than chance" : "it can be chance";
  return `On ${split} ${percent(Math.abs(difference)).replace("%", " points")} ${side} the base, 95% bootstrap interval ${signed(low)} to ${signed(high)}; McNemar ${pValue(pair.adjustedPValue)}: ${certainty}.`;
}

/** How intervals and tests are to be read; to be said once. */
export const ablationNote =
  "Intervals are Wilson's 95% intervals for a split of so many rows. McNemar's exact test compares a variant with the base on the same rows; its p-values are adjusted for the number of variants by Holm's method.";

/** Which variants' time is without encoding, because an earlier run had done it. */
export function cachedNote({ variants }: AblationResult): string | undefined {
  const cached = variants.filter(({ record }) => record.timing.tokensPerSecond === undefined);
  if (cached.length === 0) return undefined;
  return `Without the time for encoding, which an earlier run had done: ${cached.map(({ name }) => name).join(", ")}.`;
}
