import { Run } from "../../app/recipes/run.ts";
import type { Dataset } from "../data/dataset.ts";
import { ConfigError } from "../errors.ts";
import { MultiLabelLogits } from "../evaluation/multi-label-logits.ts";
import { runFindings } from "../findings/run-findings.ts";
import { noDropout, trainingDropout } from "../nn/dropout.ts";
import { balancedClassWeights } from "../training/class-weights.ts";
import type { LabelledRows, TrainingJob } from "../training/job.ts";
import type { RowSource } from "../training/row-source.ts";
import type { Finding } from "../training/run-record.ts";
import { train as runTraining } from "../training/trainer.ts";
import { bestModelFindings } from "./best-model-findings.ts";
import { findingsBefore, refuseWarnings } from "./check-data.ts";
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
import { type ClassifierState, valuesOf } from "./state.ts";
import { chooseThresholds, choosingSplit, thresholdsFor } from "./thresholds.ts";
import { tokenizeDataset } from "./tokenized-split.ts";
import { traceClassifier, traceHeadOnFeatures } from "./trace.ts";
import { type Trainable, trainableNames } from "./trainable.ts";
import { checkpointOptions } from "./training-identity.ts";

/** Trains a classifier in place, see `TextClassifier.fit`. */
export async function fitClassifier(
  state: ClassifierState,
  trainable: Trainable,
  train: Dataset,
  options: FitOptions,
): Promise<Run> {
  const started = performance.now();
  const startedAt = new Date().toISOString();
  const { task, labels } = state;
  const evaluatedNames = Object.keys(options.evaluate ?? {});
  const thresholdSplit = choosingSplit(options.thresholds, options.thresholdSplit, task, evaluatedNames);
  const thresholds =
    options.thresholds === undefined || options.thresholds === "best"
      ? state.thresholds
      : thresholdsFor(task, labels, options.thresholds);
  const { kept, dropped } = keptRows(train, options);
  const classWeights = classWeightsOf(state, kept[0]?.dataset ?? train, options);
  const settings = trainingSettings(trainable, options, { task, thresholds, classWeights });
  const trained = trainableNames(trainable, state.design.encoder, state.parameters);
  const { truncation = true, encoderDropout = false, attentionMask = true, dropEmpty = false } = options;

  state.pair = train.textColumns.length === 2;
  const splits = await prepareSplits(state, kept, { ...options, truncation });
  state.maxLength = typeof truncation === "number" ? truncation : undefined;
  const tokenized = performance.now();

  const { design } = state;
  const headOnly = state.parameters.every(({ name, layer }) => layer === "head" || !trained.has(name));
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
  const { history, seconds, outputs, best } = await runTraining(job, options);

  const scored = evaluated.map((split): ScoredSplit => ({ ...split, outputs: outputs[split.name]! }));
  state.thresholds = thresholds;
  const foundThresholds = thresholdSplit === undefined ? [] : [decideAnew(state, scored, thresholdSplit)];
  const tokenizingSeconds = (tokenized - started) / 1000;
  const trainedTokens = frozen ? 0 : trainSplit!.rows.ids.length * history.at(-1)!.epoch;
  const trainingSeconds = seconds.reduce((a, b) => a + b, 0);
  const tokensPerSecond = frozen ? encodedTokens / encodingSeconds : trainedTokens / trainingSeconds;
  const data = splits.map((split) => summarizeSplit(split));
  const evaluations = scored.map((split) => finalEvaluation(split, trainSplit!.targets, state.labels));
  const foundAfter = runFindings({ labels: [...state.labels], data, history, evaluations }, settings);
  const record = runRecord(state, {
    name: options.name ?? "run",
    startedAt,
    recipe: {
      ...options.recipe,
      ...{ trainable, ...settings, truncation, encoderDropout, attentionMask, dropEmpty },
      thresholds: options.thresholds ?? thresholds,
    },
    trainedNames: trained,
    hubDataset: options.hubDataset,
    data,
    findings: [
      ...foundAfter,
      ...foundBefore,
      ...droppedRowsFinding(dropped),
      ...bestModelFindings(settings, history, best),
      ...foundThresholds,
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

type NamedRows = Pick<PreparedSplit, "name" | "dataset">;

/** The rows of every split that are used, the training split first: what is derived from them, weights and targets included, sees no other. */
function keptRows(
  train: Dataset,
  { evaluate = {}, dropEmpty = false }: FitOptions,
): { kept: NamedRows[]; dropped: Map<string, number> } {
  const kept: NamedRows[] = [];
  const dropped = new Map<string, number>();
  for (const [name, whole] of [["train", train] as const, ...Object.entries(evaluate)]) {
    const rows = dropEmpty ? dropEmptyRows(whole) : { dataset: whole, dropped: 0 };
    if (rows.dataset.length === 0) throw new ConfigError(`the split "${name}" has no rows`);
    kept.push({ name, dataset: rows.dataset });
    dropped.set(name, rows.dropped);
  }
  return { kept, dropped };
}

/** The training split, then the evaluated ones, as the model reads them. */
async function prepareSplits(
  state: ClassifierState,
  kept: readonly NamedRows[],
  options: FitOptions,
): Promise<PreparedSplit[]> {
  const splits: PreparedSplit[] = [];
  for (const { name, dataset } of kept) {
    const targets = dataset.targets(state.labels, state.task);
    const tokenized = await tokenizeDataset(state, dataset, { ...options, subject: name });
    splits.push({ name, dataset, targets, ...tokenized });
  }
  return splits;
}

const labelledRows = (source: RowSource, { targets }: PreparedSplit): LabelledRows => ({ source, targets });

/** Chooses thresholds on a split, and decides all splits by them. */
function decideAnew(state: ClassifierState, scored: ScoredSplit[], name: string): Finding {
  const { outputs, targets } = scored.find((split) => split.name === name)!;
  const { thresholds, finding } = chooseThresholds(name, outputs, targets, state.labels);
  state.thresholds = thresholds;
  for (const split of scored) {
    if (split.outputs instanceof MultiLabelLogits) split.outputs = split.outputs.withThresholds(thresholds);
  }
  return finding;
}

/**
 * The weights that options ask for, [classes].
 *
 * @throws ConfigError if there are more or fewer weights than classes.
 */
export function classWeightsOf(
  { labels, design, task }: ClassifierState,
  train: Dataset,
  { classWeights, labelSmoothing }: FitOptions,
): readonly number[] | undefined {
  if (design.outputs === 1 && (classWeights || labelSmoothing)) {
    throw new ConfigError("classWeights and labelSmoothing go with loss: crossEntropy");
  }
  if (task === "multiLabel" && labelSmoothing) {
    throw new ConfigError("labelSmoothing is for one class a row; leave it out for task: multiLabel");
  }
  if (classWeights === "balanced") return balancedClassWeights(train.targets(labels, task));
  if (classWeights && classWeights.length !== labels.length) {
    throw new ConfigError(
      `classWeights: ${classWeights.length} weights for ${labels.length} classes; give one each, in the order ${labels.join(", ")}`,
    );
  }
  return classWeights;
}
