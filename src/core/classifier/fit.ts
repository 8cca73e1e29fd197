import type { z } from "zod";
import type { Dataset } from "../data/dataset.ts";
import { ConfigError } from "../errors.ts";
import { MultiLabelLogits } from "../evaluation/multi-label-logits.ts";
import { runFindings } from "../findings/run-findings.ts";
import type { Weights } from "../models/weights.ts";
import type { RowsData } from "../runner/rows-data.ts";
import type { Runner } from "../runner/runner.ts";
import type { TrainingTask } from "../runner/training-task.ts";
import { balancedClassWeights } from "../training/class-weights.ts";
import type { Finding } from "../training/run-record.ts";
import { bestModelFindings } from "./best-model-findings.ts";
import { findingsBefore, refuseWarnings } from "./check-data.ts";
import { chooseSplits, type NamedRows } from "./chosen-rows.ts";
import { encodeLowerLayers, encodeSplits, hiddenStateBytes, tokenData } from "./encode-splits.ts";
import { type FitOptions, type fitSchema, fitSettings, trainingSettings } from "./fit-options.ts";
import type { Host } from "./host.ts";
import { rebuiltOutputs, scoreBy } from "./own-metrics.ts";
import {
  finalEvaluation,
  type PreparedSplit,
  runRecord,
  type ScoredSplit,
  summarizeSplit,
} from "./record.ts";
import type { Run } from "./run.ts";
import { type ClassifierState, designData, valuesOf } from "./state.ts";
import { chooseThresholds, choosingSplit, thresholdsFor } from "./thresholds.ts";
import { tokenizeDataset } from "./tokenized-split.ts";
import { frozenLayers, type Trainable, trainableNames } from "./trainable.ts";
import { trainingIdentity } from "./training-identity.ts";
import { planTraining } from "./training-plan.ts";

/** What a training leaves: its record, and the classifier as it is afterwards. */
export interface FittedClassifier {
  run: Run;
  state: ClassifierState;
}

/**
 * Trains a classifier, see `TextClassifier.fit`. The given one stays as it is, whatever happens; what is trained, the
 * cut, the thresholds and the kind of input are those of the one that is given back.
 */
export async function fitClassifier(
  before: ClassifierState,
  wanted: Trainable | undefined,
  train: Dataset,
  options: FitOptions,
  { host, runner }: { host: Host; runner: Runner },
): Promise<FittedClassifier> {
  const started = performance.now();
  const startedAt = new Date().toISOString();
  const { task, labels, design } = before;
  const given = fitSettings(options);
  const { truncation, encoderDropout, attentionMask, dropEmpty, dropUnlabelled, strict } = given;
  const chosen = chooseSplits(train, options.evaluate ?? {}, labels, given);
  const evaluate = Object.fromEntries(chosen.evaluated.map(({ name, dataset }) => [name, dataset]));
  const thresholdSplit = choosingSplit(given.thresholds, given.thresholdSplit, task, Object.keys(evaluate));
  const thresholds =
    given.thresholds === undefined || given.thresholds === "best"
      ? before.thresholds
      : thresholdsFor(task, labels, given.thresholds);
  const rows = chosen.train.dataset.length;
  const plan = planTraining(before, wanted, given, rows);
  const { trainable, method } = plan;
  const trained = trainableNames(trainable, design.encoder, before.parameters);
  // A second training keeps the cut of the first unless it is given another.
  const cut = truncation === true ? before.maxLength : truncation || undefined;
  const state: ClassifierState = {
    ...before,
    thresholds,
    pair: train.textColumns.length === 2,
    maxLength: cut === undefined ? undefined : Math.min(cut, design.encoder.maxLength),
    untrainedHead: before.untrainedHead.filter((name) => !trained.has(name)),
  };
  const classWeights = classWeightsOf(state, chosen.train.dataset, given);
  const settings = trainingSettings(
    trainable,
    {
      ...options,
      evaluate,
    },
    { task, thresholds, classWeights, rows },
  );
  const splits = await prepareSplits(state, [chosen.train, ...chosen.evaluated], options);
  const tokenized = performance.now();

  const headOnly = state.parameters.every(({ name, layer }) => layer === "head" || !trained.has(name));
  const frozen = headOnly && !encoderDropout;
  const checked = { splits, settings, frozen: headOnly, attentionMask };
  const foundBefore = [
    ...(await findingsBefore(state, checked, options)),
    ...(options.dataFindings ?? []),
    ...chosen.findings,
  ];
  if (strict) refuseWarnings(foundBefore);
  options.onRows?.({ train: chosen.train.dataset, evaluate });
  options.onPlan?.(plan);
  await options.onReady?.(foundBefore);
  const prepared = performance.now();

  const below = headOnly || encoderDropout ? 0 : frozenLayers(trained, design.encoder, state.parameters);
  const start = frozen
    ? startFromFeatures(await encodeSplits(state, splits, options, runner))
    : await startBelow(state, below, splits, { options, given, runner });
  const { rows: encoded, encodedTokens, layersEncodedOnce } = start;
  const encodingSeconds = (performance.now() - prepared) / 1000;

  const [trainSplit, ...evaluated] = splits;
  const [trainRows, ...evaluatedRows] = splits.map((split, i) => ({
    rows: encoded?.[i] ?? tokenData(state, split, options),
    targets: split.targets.data(),
  }));
  const identified = { trainable, settings, splits, trained, layersWithoutDropout: below || undefined };
  const solver =
    method === "logistic"
      ? {
          C: given.logisticC,
          scaling: given.featureScaling ?? ("length" as const),
          classWeights,
          seed: given.seed,
        }
      : undefined;
  // Solving leaves no checkpoint and needs none.
  if (solver && given.resume) options.onResume?.({ step: 0, epoch: 0, damaged: [] });
  const work: TrainingTask = {
    ...(solver && { solver }),
    design: designData(state),
    input: encoded?.[0]?.kind ?? "tokens",
    frozenLayers: below,
    trained: [...trained],
    weights: valuesOf(frozen ? headWeights(state) : before.weights),
    classNames: labels,
    train: trainRows!,
    evaluate: Object.fromEntries(evaluated.map(({ name }, i) => [name, evaluatedRows[i]!])),
    settings,
    metricNames: Object.keys(options.metrics ?? {}),
    checkpoints: options.checkpoints && {
      saveSteps: given.saveSteps ?? (given.evalSteps === undefined ? settings.evalSteps : undefined),
      resume: given.resume,
      identity: await trainingIdentity(before, identified, given, runner, options.signal),
    },
  };
  const { onProgress, signal, checkpoints, onResume, onStep, onEvaluation } = options;
  const { history, seconds, logits, best, weights, solution } = await runner.train(work, {
    ...{ onProgress, signal, checkpoints, onResume, onStep, onEvaluation },
    score: scoreBy(options.metrics, state, evaluated),
  });
  state.weights = withValues(before.weights, weights);

  const scored = evaluated.map(
    (split): ScoredSplit => ({
      ...split,
      outputs: rebuiltOutputs(state, split, logits[split.name]!),
    }),
  );
  const foundThresholds = thresholdSplit === undefined ? [] : [decideAnew(state, scored, thresholdSplit)];
  const tokenizingSeconds = (tokenized - started) / 1000;
  const trainedTokens = frozen ? 0 : trainSplit!.rows.ids.length * history.at(-1)!.epoch;
  const trainingSeconds = seconds.reduce((a, b) => a + b, 0);
  const tokensPerSecond = frozen ? encodedTokens / encodingSeconds : trainedTokens / trainingSeconds;
  const data = splits.map((split) => summarizeSplit(split));
  const evaluations = scored.map((split) => finalEvaluation(split, trainSplit!.targets, labels));
  const foundAfter = runFindings({ labels: [...labels], data, history, evaluations, solution }, settings);
  const record = runRecord(state, host, {
    name: options.name ?? "run",
    startedAt,
    recipe: {
      ...options.recipe,
      ...{ trainable, method, truncation, attentionMask, dropEmpty, dropUnlabelled },
      ...(solver
        ? { task, classWeights, logisticC: solver.C, featureScaling: solver.scaling, seed: given.seed }
        : { ...settings, encoderDropout }),
      thresholds: given.thresholds ?? thresholds,
    },
    ...(plan.chosen !== undefined && { chosen: plan.chosen }),
    ...(solution && { solution }),
    trainedNames: trained,
    layersEncodedOnce,
    hubDataset: options.hubDataset,
    data,
    findings: [
      ...foundAfter,
      ...foundBefore,
      ...bestModelFindings(settings, history, best),
      ...foundThresholds,
      ...start.findings,
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
  return { run: { record, history, splits: scored, model: state }, state };
}

/** What training starts from. */
interface Start {
  /** What the frozen part of the model made of the rows of each split, once; undefined: tokens. */
  rows: readonly RowsData[] | undefined;
  encodedTokens: number;
  /** The encoder's lowest layers that each row went through once, where those above are trained. */
  layersEncodedOnce: number;
  findings: readonly Finding[];
}

const startFromFeatures = ({
  features,
  encodedTokens,
}: {
  features: readonly RowsData[];
  encodedTokens: number;
}): Start => ({ rows: features, encodedTokens, layersEncodedOnce: 0, findings: [] });

/** @param below The encoder's lowest layers that are frozen and have no dropout. */
async function startBelow(
  state: ClassifierState,
  below: number,
  splits: readonly PreparedSplit[],
  {
    options,
    given: { attentionMask, hiddenStateMemory },
    runner,
  }: { options: FitOptions; given: z.output<typeof fitSchema>; runner: Runner },
): Promise<Start> {
  const tokens = { rows: undefined, encodedTokens: 0, layersEncodedOnce: 0, findings: [] };
  // Where padding takes part, a row's hidden states are different in every batch.
  if (below === 0 || !attentionMask || hiddenStateMemory === 0) return tokens;
  const needed = hiddenStateBytes(state, splits);
  if (needed > hiddenStateMemory * mebibyte) {
    return { ...tokens, findings: [notKept(below, needed, hiddenStateMemory)] };
  }
  return {
    rows: await encodeLowerLayers(state, below, splits, options, runner),
    encodedTokens: splits.reduce((sum, { rows }) => sum + rows.ids.length, 0),
    layersEncodedOnce: below,
    findings: [],
  };
}

const mebibyte = 2 ** 20;

/** The frozen layers are run at every step, because what they give doesn't fit. */
function notKept(layers: number, needed: number, budget: number): Finding {
  const mib = Math.ceil(needed / mebibyte);
  return {
    code: "hidden-states-not-kept",
    severity: "note",
    found: `The hidden states of the ${layers} frozen ${layers === 1 ? "layer" : "layers"} take ${mib} MiB, more than the ${budget} MiB of hiddenStateMemory.`,
    why: "So those layers were run at every step, with the same result in more time.",
    advice: `Give hiddenStateMemory: ${mib} where the machine has that much memory to spare.`,
  };
}

/** The weights of what is behind the encoder. */
function headWeights({ parameters, weights }: ClassifierState): Weights {
  const head = parameters.filter(({ layer }) => layer === "head");
  return new Map(head.map(({ name }) => [name, weights.get(name)!]));
}

/** Weights, those that were trained with their new values. */
function withValues(weights: Weights, trained: ReadonlyMap<string, Float32Array>): Weights {
  return new Map(
    [...weights].map(([name, { shape, values }]) => [name, { shape, values: trained.get(name) ?? values }]),
  );
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
  { classWeights, labelSmoothing }: Pick<z.output<typeof fitSchema>, "classWeights" | "labelSmoothing">,
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
