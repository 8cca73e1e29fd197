import type { Dataset } from "../data/dataset.ts";
import { ConfigError } from "../errors.ts";
import { isHead } from "../models/checkpoint.ts";
import { traceFeatures } from "../models/classifier.ts";
import { encoderInputs } from "../models/encoder.ts";
import { noDropout, trainingDropout } from "../nn/dropout.ts";
import { Parameters } from "../nn/parameters.ts";
import type { WorkOptions } from "../progress.ts";
import { RowProgram } from "../training/row-program.ts";
import { FeatureSource, type RowSource, TokenSource } from "../training/row-source.ts";
import { train as runTraining, type TrainingJob } from "../training/trainer.ts";
import { FeatureCache, featureCacheFolder, featureKey } from "./feature-cache.ts";
import { type FitOptions, trainingSettings } from "./fit-options.ts";
import { finalEvaluation, runRecord, type ScoredSplit, summarizeSplit } from "./record.ts";
import { Run } from "./run.ts";
import { type ClassifierState, valuesOf } from "./state.ts";
import { type TokenizedSplit, tokenizeDataset } from "./tokenized-split.ts";
import { traceClassifier, traceHeadOnFeatures } from "./trace.ts";
import { type Trainable, trainableNames } from "./trainable.ts";

/** A split on its way through `fit`. */
interface Split extends TokenizedSplit {
  name: string;
  dataset: Dataset;
  labels: Int32Array;
}

/** Trains a classifier in place, see `TextClassifier.fit`. */
export async function fitClassifier(
  state: ClassifierState,
  trainable: Trainable,
  train: Dataset,
  options: FitOptions,
): Promise<Run> {
  const started = performance.now();
  const startedAt = new Date().toISOString();
  const settings = trainingSettings(trainable, options);
  const trained = trainableNames(trainable, state.design.encoder, state.parameters);
  const { truncation = true } = options;

  const splits: Split[] = [];
  for (const [name, dataset] of Object.entries({ train, ...options.evaluate })) {
    if (dataset.length === 0) throw new ConfigError(`the split "${name}" has no rows`);
    const labels = dataset.labelIds(state.labels);
    const tokenized = await tokenizeDataset(state, dataset, { ...options, subject: name, truncation });
    splits.push({ name, dataset, labels, ...tokenized });
  }
  state.maxLength = typeof truncation === "number" ? truncation : undefined;
  const tokenized = performance.now();
  await options.onReady?.();

  const frozen =
    !options.encoderDropout &&
    state.parameters.every((p) => isHead(p, state.design.encoder) || !trained.has(p.name));
  const { sources, encodedTokens } = frozen
    ? await encodeSplits(state, splits, options)
    : { sources: tokenSources(state, splits, options), encodedTokens: 0 };
  const encodingSeconds = (performance.now() - tokenized) / 1000;

  const epochSeconds: number[] = [];
  const [trainSplit, ...evaluated] = splits;
  const rowsOf = (split: Split) => ({ source: sources.get(split.name)!, labels: split.labels });
  const { design } = state;
  const trace = frozen ? traceHeadOnFeatures : traceClassifier;
  const job: TrainingJob = {
    graph: trace(design, trainingDropout()),
    evaluationGraph: trace(design, noDropout),
    trainable: (name) => trained.has(name),
    parameters: valuesOf(state.weights),
    classNames: state.labels,
    train: rowsOf(trainSplit!),
    evaluate: Object.fromEntries(evaluated.map((split) => [split.name, rowsOf(split)])),
    settings,
    onEpoch: async (entry, seconds) => {
      epochSeconds.push(seconds);
      await options.onEpoch?.(entry, seconds, settings.epochs);
    },
  };
  const { history, logits } = await runTraining(job, options);

  const scored = evaluated.map((split): ScoredSplit => ({ ...split, logits: logits[split.name]! }));
  const trainedTokens = frozen ? 0 : trainSplit!.rows.ids.length * settings.epochs;
  const trainingSeconds = epochSeconds.reduce((a, b) => a + b, 0);
  const tokensPerSecond = frozen ? encodedTokens / encodingSeconds : trainedTokens / trainingSeconds;
  const record = runRecord(state, {
    name: options.name ?? "run",
    startedAt,
    recipe: {
      ...options.recipe,
      ...{ trainable, ...settings, truncation },
      ...{ encoderDropout: options.encoderDropout ?? false, attentionMask: options.attentionMask ?? true },
    },
    trainedNames: trained,
    data: splits.map((split) => summarizeSplit(split, state)),
    history,
    evaluations: scored.map((split) => finalEvaluation(split, trainSplit!.labels, state.labels)),
    timing: {
      total: (performance.now() - started) / 1000,
      tokenizing: (tokenized - started) / 1000,
      ...(encodedTokens > 0 ? { encoding: encodingSeconds } : {}),
      epochs: epochSeconds,
      ...(tokensPerSecond > 0 ? { tokensPerSecond } : {}),
    },
  });
  return new Run(record, state, scored);
}

function tokenSources(
  state: ClassifierState,
  splits: readonly Split[],
  options: FitOptions,
): Map<string, RowSource> {
  const { attentionMask = true } = options;
  return new Map(
    splits.map(({ name, rows }) => [name, new TokenSource(rows, state.tokenizer.padId, { attentionMask })]),
  );
}

/** Encodes every row once, or takes its features from an earlier run. */
async function encodeSplits(
  state: ClassifierState,
  splits: readonly Split[],
  options: FitOptions,
): Promise<{ sources: Map<string, RowSource>; encodedTokens: number }> {
  const { design, config } = state;
  const { attentionMask = true, featureCache = featureCacheFolder() } = options;
  const cache = featureCache === false ? undefined : new FeatureCache(featureCache);
  const parameters = new Parameters();
  const features = traceFeatures(design, parameters, encoderInputs(), noDropout);
  const encoder = new Map(parameters.list().map(({ name }) => [name, state.weights.get(name)!.values]));
  const program = await RowProgram.compile(features);
  const sources = new Map<string, RowSource>();
  const tokens = tokenSources(state, splits, options);
  let encodedTokens = 0;
  for (const { name, rows } of splits) {
    const key = featureKey({ design: { config, pooling: design.pooling }, encoder, rows, attentionMask });
    let values = await cache?.get(key);
    if (!values) {
      const work: WorkOptions = { onProgress: options.onProgress, signal: options.signal };
      values = await program.all(tokens.get(name)!, encoder, { stage: "encode", subject: name, ...work });
      await cache?.put(key, values, design.encoder.hiddenSize);
      encodedTokens += rows.ids.length;
    }
    sources.set(name, new FeatureSource(values, design.encoder.hiddenSize));
  }
  await program.release();
  return { sources, encodedTokens };
}
