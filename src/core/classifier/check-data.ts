import { DataError } from "../errors.ts";
import { dataFindings } from "../findings/data-findings.ts";
import { settingFindings } from "../findings/setting-findings.ts";
import type { WorkOptions } from "../progress.ts";
import type { Finding } from "../training/run-record.ts";
import type { TrainingSettings } from "../training/settings.ts";
import type { PreparedSplit } from "./record.ts";
import type { ClassifierState } from "./state.ts";

/** A training that is about to begin. */
export interface CheckedTraining {
  /** The training split, then the evaluated ones. */
  splits: readonly PreparedSplit[];
  settings: TrainingSettings;
  /** Whether the encoder stays as it is. */
  frozen: boolean;
  attentionMask: boolean;
}

/** What makes the result of a training worth less than it will look, found before it begins. */
export async function findingsBefore(
  { design, tokenizer, labels, maxLength, pretrained, config }: ClassifierState,
  { splits, settings, frozen, attentionMask }: CheckedTraining,
  work: WorkOptions,
): Promise<Finding[]> {
  const [train, ...evaluated] = splits;
  const { bestMetric, learningRate } = settings;
  const padId = (config as { pad_token_id?: unknown }).pad_token_id;
  const data = await dataFindings(
    {
      labels,
      train: train!,
      evaluated,
      maxLength,
      tokenizer,
      model: {
        vocabularySize: design.encoder.vocabularySize,
        ...(typeof padId === "number" ? { padId } : {}),
      },
    },
    work,
  );
  // It is in full here: SPLIT.METRIC.
  const decidingSplit = bestMetric?.slice(0, bestMetric.lastIndexOf("."));
  const kind = frozen ? "head" : pretrained ? "encoder" : "scratch";
  return [...data, ...settingFindings({ kind, pretrained, learningRate, attentionMask, decidingSplit })];
}

/** @throws DataError naming what was warned of, for those who want warnings to stop a run. */
export function refuseWarnings(findings: readonly Finding[]): void {
  const warnings = findings.filter(({ severity }) => severity === "warning");
  if (warnings.length === 0) return;
  const [first, ...others] = warnings;
  const rest =
    others.length > 0 ? ` And ${others.length} more: ${others.map(({ code }) => code).join(", ")}.` : "";
  throw new DataError(`strict: ${first!.found} ${first!.advice}${rest}`);
}
