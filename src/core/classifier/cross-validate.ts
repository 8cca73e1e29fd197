import type { Dataset } from "../data/dataset.ts";
import { Targets } from "../data/targets.ts";
import { ConfigError, DataError } from "../errors.ts";
import { Logits } from "../evaluation/logits.ts";
import { initializeWeights } from "../models/checkpoint.ts";
import type { Weights } from "../models/weights.ts";
import { noDropout } from "../nn/dropout.ts";
import type { Parameter } from "../nn/parameters.ts";
import type { Runner } from "../runner/runner.ts";
import { traceHeadOnFeatures } from "../runner/trace.ts";
import type { LabelledData } from "../runner/training-task.ts";
import { stratifiedFolds } from "../training/folds.ts";
import { encodeSplits } from "./encode-splits.ts";
import { classWeightsOf } from "./fit.ts";
import { type FitOptions, fitSettings, trainingSettings } from "./fit-options.ts";
import { type ClassifierState, designData, valuesOf } from "./state.ts";
import { tokenizeDataset } from "./tokenized-split.ts";

/** How heads are trained that judge the rows they haven't seen. Defaults are those of `fit` for a head. */
export interface CrossValidationOptions
  extends Pick<
    FitOptions,
    | ("epochs" | "batchSize" | "gradientAccumulationSteps" | "optimizer" | "learningRate" | "weightDecay")
    | ("schedule" | "warmupRatio" | "warmupSteps" | "maxGradNorm" | "labelSmoothing" | "classWeights")
    | ("seed" | "truncation" | "attentionMask" | "features" | "onProgress" | "signal")
  > {
  /** Parts that the rows are dealt out to; each is judged by a head trained on all the others. @default 5 */
  folds?: number;
}

/** No fold's labels may decide when its own head stops: it is evaluated once, at the end. */
const untouchedByFold: FitOptions = {
  evalSteps: Number.MAX_SAFE_INTEGER,
  bestMetric: undefined,
  earlyStoppingPatience: undefined,
  loadBestModelAtEnd: false,
};

/** Judges every row by a head that was not trained on it, see `TextClassifier.crossValidate`. */
export async function crossValidateHead(
  state: ClassifierState,
  dataset: Dataset,
  { folds = 5, ...options }: CrossValidationOptions,
  runner: Runner,
): Promise<Logits> {
  const { task } = state;
  if (task === "multiLabel") {
    throw new ConfigError(
      "cross-validation is for one class a row; task: multiLabel can't be dealt out to folds",
    );
  }
  const labels = dataset.labelIds(state.labels);
  checkFolds(folds, labels, state.labels);
  const settings = trainingSettings(
    "head",
    { ...options, ...untouchedByFold },
    {
      ...{ task, classWeights: classWeightsOf(state, dataset, fitSettings(options)) },
      rows: labels.length - Math.ceil(labels.length / folds),
    },
  );
  const { rows } = await tokenizeDataset({ ...state, pair: undefined }, dataset, {
    ...options,
    subject: "train",
  });
  const { features } = await encodeSplits(state, [{ name: "train", rows }], options, runner);
  const targets = Targets.ofClasses(labels, state.labels.length);
  const chosen = (positions: Uint32Array): LabelledData => ({
    rows: { ...features[0]!, chosen: positions },
    targets: targets.select(positions).data(),
  });
  const { parameters } = traceHeadOnFeatures(state.design, noDropout);
  const assigned = stratifiedFolds(labels, folds, settings.seed);
  const classes = state.labels.length;
  const values = new Float32Array(labels.length * classes);
  for (let fold = 0; fold < folds; fold++) {
    const subject = `fold ${fold + 1}/${folds}`;
    const unseen = positionsWhere(assigned, (own) => own === fold);
    const { logits } = await runner.train(
      {
        ...{ settings, classNames: state.labels, design: designData(state), input: "features" },
        trained: parameters.map(({ name }) => name),
        weights: freshHead(state, parameters, settings.seed),
        train: chosen(positionsWhere(assigned, (own) => own !== fold)),
        evaluate: { [subject]: chosen(unseen) },
        metricNames: [],
      },
      {
        signal: options.signal,
        onProgress: (progress) =>
          options.onProgress?.(progress.stage === "train" ? { ...progress, subject } : progress),
      },
    );
    for (const [i, row] of unseen.entries()) {
      values.set(logits[subject]!.subarray(i * classes, (i + 1) * classes), row * classes);
    }
  }
  return new Logits(labels.length, classes, values);
}

function checkFolds(folds: number, labels: Int32Array, classNames: readonly string[]): void {
  if (!Number.isSafeInteger(folds) || folds < 2) {
    throw new ConfigError(`folds: ${folds} can't be used; give a whole number from 2`);
  }
  const counts = classNames.map(() => 0);
  for (const label of labels) counts[label]! += 1;
  // A class that no row is given is nothing to learn and nothing to judge.
  const rare = counts.findIndex((count) => count > 0 && count < folds);
  if (rare < 0) return;
  const count = counts[rare]!;
  const remedy = count < 2 ? "add rows or leave the class out" : `give ${count} folds or fewer, or add rows`;
  throw new DataError(
    `class "${classNames[rare]}" has ${count} ${count === 1 ? "row" : "rows"}, too few for ${folds} folds: every fold needs one; ${remedy}`,
  );
}

function positionsWhere(assigned: Uint32Array, holds: (fold: number) => boolean): Uint32Array {
  return Uint32Array.from(assigned.keys()).filter((row) => holds(assigned[row]!));
}

/** The head as it is before training, new even where the model brings one that may have seen the rows. */
function freshHead(
  { weights, design }: ClassifierState,
  parameters: readonly Parameter[],
  seed: number,
): Map<string, Float32Array> {
  const head: Weights = new Map(
    parameters.map(({ name, shape }) => [name, { shape, values: weights.get(name)!.values.slice() }]),
  );
  const own = parameters.filter(({ name }) => !name.startsWith(`${design.encoder.prefix}.`));
  initializeWeights(own, head, seed);
  return valuesOf(head);
}
