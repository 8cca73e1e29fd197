import type { Dataset } from "../data/dataset.ts";
import { ConfigError } from "../errors.ts";
import { runFindings } from "../findings/run-findings.ts";
import { isHead } from "../models/checkpoint.ts";
import { noDropout, trainingDropout } from "../nn/dropout.ts";
import { balancedClassWeights } from "../training/class-weights.ts";
import type { LabelledRows, TrainingJob } from "../training/job.ts";
import type { RowSource } from "../training/row-source.ts";
import { train as runTraining } from "../training/trainer.ts";
import { bestModelFindings } from "./best-model-findings.ts";
import { findingsBefore, refuseWarnings } from "./check-data.ts";
import { checkpointOptions } from "./checkpoint-options.ts";
import { dropEmptyRows, droppedRowsFinding } from "./drop-empty-rows.ts";
import { encodeSplits, tokenSource } from "./encode-splits.ts";
import { type FitOptions, trainingSettings } from "./fit-options.ts";
import {
  finalEvaluation,
  type PreparedSplit,
  runRecord,
  type ScoredSplit,
  summarizeSplit,
} from "./record.ts";
import { Run } from "./run.ts";
import { type ClassifierState, valuesOf } from "./state.ts";
import { tokenizeDataset } from "./tokenized-split.ts";
import { traceClassifier, traceHeadOnFeatures } from "./trace.ts";
import { type Trainable, trainableNames } from "./trainable.ts";

/** Trains a classifier in place, see `TextClassifier.fit`. */
export async function fitClassifier(
  state: ClassifierState,
  trainable: Trainable,
  train: Dataset,
  options: FitOptions,
): Promise<Run> {
  const started = performance.now();
  const startedAt = new Date().toISOString();
  const settings = trainingSettings(trainable, options, classWeightsOf(state, train, options));
  const trained = trainableNames(trainable, state.design.encoder, state.parameters);
  const { truncation = true, encoderDropout = false, attentionMask = true, dropEmpty = false } = options;

  const { splits, dropped } = await prepareSplits(state, train, { ...options, truncation });
  state.maxLength = typeof truncation === "number" ? truncation : undefined;
  const tokenized = performance.now();

  const { design } = state;
  const headOnly = state.parameters.every((p) => isHead(p, design.encoder) || !trained.has(p.name));
  const frozen = headOnly && !encoderDropout;
  const checked = { splits, settings, frozen: headOnly, attentionMask };
  const foundBefore = await findingsBefore(state, checked, options);
  if (options.strict) refuseWarnings(foundBefore);
  await options.onReady?.(foundBefore);
  const prepared = performance.now();

  const { sources, encodedTokens } = frozen
    ? await encodeSplits(state, splits, options)
    : { sources: splits.map((split) => tokenSource(state, split, options)), encodedTokens: 0 };
  const encodingSeconds = (performance.now() - prepared) / 1000;

  const trace = frozen ? traceHeadOnFeatures : traceClassifier;
  const [trainSplit, ...evaluated] = splits;
  const [trainRows, ...evaluatedRows] = splits.map((split, i) => labelledRows(sources[i]!, split));
  const job: TrainingJob = {
    graph: trace(design, trainingDropout()),
    evaluationGraph: trace(design, noDropout),
    trainable: (name) => trained.has(name),
    parameters: valuesOf(state.weights),
    classNames: state.labels,
    train: trainRows!,
    evaluate: Object.fromEntries(evaluated.map(({ name }, i) => [name, evaluatedRows[i]!])),
    settings,
    checkpoints: checkpointOptions(state, { trainable, settings, splits, trained }, options),
    onEvaluation: (history, seconds) => options.onEpoch?.(history.at(-1)!, seconds, settings.epochs, history),
  };
  const { history, seconds, logits, best } = await runTraining(job, options);

  const scored = evaluated.map((split): ScoredSplit => ({ ...split, logits: logits[split.name]! }));
  const tokenizingSeconds = (tokenized - started) / 1000;
  const trainedTokens = frozen ? 0 : trainSplit!.rows.ids.length * history.at(-1)!.epoch;
  const trainingSeconds = seconds.reduce((a, b) => a + b, 0);
  const tokensPerSecond = frozen ? encodedTokens / encodingSeconds : trainedTokens / trainingSeconds;
  const data = splits.map((split) => summarizeSplit(split, state));
  const evaluations = scored.map((split) => finalEvaluation(split, trainSplit!.labels, state.labels));
  const foundAfter = runFindings({ labels: [...state.labels], data, history, evaluations }, settings);
  const record = runRecord(state, {
    name: options.name ?? "run",
    startedAt,
    recipe: {
      ...options.recipe,
      ...{ trainable, ...settings, truncation, encoderDropout, attentionMask, dropEmpty },
    },
    trainedNames: trained,
    hubDataset: options.hubDataset,
    data,
    findings: [
      ...foundAfter,
      ...foundBefore,
      ...droppedRowsFinding(dropped),
      ...bestModelFindings(settings, history, best),
    ],
    history,
    ...(best ? { best } : {}),
    evaluations,
    timing: {
      // What was done before a stop counts too.
      total: (prepared - started) / 1000 + encodingSeconds + trainingSeconds,
      tokenizing: tokenizingSeconds,
      ...(encodedTokens > 0 ? { encoding: encodingSeconds } : {}),
      epochs: seconds,
      ...(tokensPerSecond > 0 ? { tokensPerSecond } : {}),
    },
  });
  return new Run(record, state, scored);
}

/** The training split, then the evaluated ones, as the model reads them. */
async function prepareSplits(
  state: ClassifierState,
  train: Dataset,
  options: FitOptions,
): Promise<{ splits: PreparedSplit[]; dropped: Map<string, number> }> {
  const splits: PreparedSplit[] = [];
  const dropped = new Map<string, number>();
  for (const [name, whole] of [["train", train] as const, ...Object.entries(options.evaluate ?? {})]) {
    const kept = options.dropEmpty ? dropEmptyRows(whole) : { dataset: whole, dropped: 0 };
    const { dataset } = kept;
    dropped.set(name, kept.dropped);
    if (dataset.length === 0) throw new ConfigError(`the split "${name}" has no rows`);
    const labels = dataset.labelIds(state.labels);
    const tokenized = await tokenizeDataset(state, dataset, { ...options, subject: name });
    splits.push({ name, dataset, labels, ...tokenized });
  }
  return { splits, dropped };
}

const labelledRows = (source: RowSource, { labels }: PreparedSplit): LabelledRows => ({ source, labels });

/**
 * The weights that options ask for, [classes].
 *
 * @throws ConfigError if there are more or fewer weights than classes.
 */
export function classWeightsOf(
  { labels, design }: ClassifierState,
  train: Dataset,
  { classWeights, labelSmoothing }: FitOptions,
): readonly number[] | undefined {
  if (design.outputs === 1 && (classWeights || labelSmoothing)) {
    throw new ConfigError("classWeights and labelSmoothing go with loss: crossEntropy");
  }
  if (classWeights === "balanced") return balancedClassWeights(train.labelIds(labels), labels.length);
  if (classWeights && classWeights.length !== labels.length) {
    throw new ConfigError(
      `classWeights: ${classWeights.length} weights for ${labels.length} classes; give one each, in the order ${labels.join(", ")}`,
    );
  }
  return classWeights;
}
