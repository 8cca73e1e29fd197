import type { Targets } from "../data/targets.ts";
import { chooseStrength, foldsFor } from "./choose-strength.ts";
import { type FeatureScaling, measureScaling, scaled, unscaled } from "./feature-scaling.ts";
import { stratifiedFolds } from "./folds.ts";
import { type FeatureMatrix, fitLogistic, type LinearLayer } from "./logistic-regression.ts";

/** How a linear head is solved. */
export interface SolverSettings {
  /** Inverse of the L2 penalty, as scikit-learn's C. @default chosen by cross-validation */
  C?: number;
  scaling: FeatureScaling;
  /** In the loss, [classes]; of a multi-label task that of the rows that have the class. @default 1 each */
  classWeights?: readonly number[];
  /** Of the folds. */
  seed: number;
}

/** What solving gave; part of a run's record. */
export interface Solution {
  method: "logistic";
  scaling: FeatureScaling;
  /** One for each class of a multi-label task, else a single one. */
  C: number[];
  /** Folds that C was chosen by; 0 where it was given or could not be chosen. One for each C. */
  folds: number[];
  /** Of L-BFGS, in all. */
  iterations: number;
  converged: boolean;
}

/** The gradient of a solved head, per row, is no larger than this. */
const tolerance = 1e-9;

/**
 * Solves a linear layer for rows of features: multinomial logistic regression over the classes that have rows, of two
 * classes the usual one with a single logit, and of a multi-label task one for every class. A class without rows gets
 * the probability that half a row would give it.
 *
 * @param outputs Logits: one for each class, or a single one for two classes.
 * @param onIteration Awaited now and then; what it throws ends the work.
 * @returns The layer for features as they are.
 */
export async function solveLinear(
  features: FeatureMatrix,
  targets: Targets,
  outputs: number,
  settings: SolverSettings,
  onIteration?: () => Promise<void>,
): Promise<{ layer: LinearLayer; solution: Solution }> {
  const scaling = measureScaling(features, settings.scaling);
  const rows = scaled(features, scaling);
  const parts: Part[] = [];
  const solve = async (labels: Int32Array, solved: number, weights?: readonly number[]) => {
    parts.push(await solvePart(rows, labels, solved, { ...settings, classWeights: weights }, onIteration));
    return parts.at(-1)!;
  };
  const layer =
    targets.task === "multiLabel"
      ? await solveEach(rows, targets, settings, solve)
      : await solveClasses(rows, targets, outputs, settings, solve);
  return {
    layer: unscaled(layer, scaling),
    solution: {
      method: "logistic",
      scaling: settings.scaling,
      C: parts.map(({ C }) => C),
      folds: parts.map(({ folds }) => folds),
      iterations: parts.reduce((sum, part) => sum + part.iterations, 0),
      converged: parts.every(({ converged }) => converged),
    },
  };
}

interface Part extends LinearLayer {
  C: number;
  folds: number;
  iterations: number;
  converged: boolean;
}

type Solve = (labels: Int32Array, outputs: number, weights?: readonly number[]) => Promise<Part>;

async function solvePart(
  features: FeatureMatrix,
  labels: Int32Array,
  outputs: number,
  { C, classWeights, seed }: SolverSettings,
  onIteration?: () => Promise<void>,
): Promise<Part> {
  const rowWeights = classWeights && Float64Array.from(labels, (label) => classWeights[label]!);
  const problem = { features, labels, outputs, rowWeights };
  const folds = foldsFor(labels);
  const chosen =
    C === undefined
      ? await chooseStrength(problem, stratifiedFolds(labels, Math.max(folds, 1), seed), onIteration)
      : { C, folds: 0 };
  const fit = await fitLogistic({ ...problem, C: chosen.C }, { tolerance, onIteration });
  return { ...fit, C: chosen.C, folds: chosen.folds };
}

/** One regression over all classes that have rows. */
async function solveClasses(
  { rows, size }: FeatureMatrix,
  targets: Targets,
  outputs: number,
  { classWeights }: SolverSettings,
  solve: Solve,
): Promise<LinearLayer> {
  const counts = targets.counts();
  const present = counts.flatMap((count, label) => (count > 0 ? [label] : []));
  const places = new Map(present.map((label, i) => [label, i]));
  const labels = targets.values.map((label) => places.get(label)!);
  const weights = classWeights && present.map((label) => classWeights[label]!);
  const layer = emptyLayer(outputs, size);
  if (present.length === 1) {
    const odds = Math.log((rows + 0.5) / 0.5);
    const [only] = present;
    if (outputs === 1) layer.bias[0] = only === 1 ? odds : -odds;
    else layer.bias[only!] = odds;
    return layer;
  }
  const part = await solve(labels, present.length === 2 ? 1 : present.length, weights);
  if (outputs === 1) return part;
  // Half of a single logit for one of two classes, half against the other, give the same probabilities.
  const share = (i: number) => (present.length > 2 ? { from: i, factor: 1 } : { from: 0, factor: i - 0.5 });
  for (const [i, label] of present.entries()) {
    const { from, factor } = share(i);
    for (let at = 0; at < size; at++) {
      layer.weight[label * size + at] = factor * part.weight[from * size + at]!;
    }
    layer.bias[label] = factor * part.bias[from]!;
  }
  const lowest = Math.min(...present.map((label) => layer.bias[label]!));
  for (const [label, count] of counts.entries()) {
    if (count === 0) layer.bias[label] = lowest - Math.log(2 * rows);
  }
  return layer;
}

/** One regression for every class, of which any number may apply. */
async function solveEach(
  { rows, size }: FeatureMatrix,
  targets: Targets,
  { classWeights }: SolverSettings,
  solve: Solve,
): Promise<LinearLayer> {
  const { classes, values } = targets;
  const layer = emptyLayer(classes, size);
  for (const [label, count] of targets.counts().entries()) {
    if (count === 0 || count === rows) {
      layer.bias[label] = Math.log((count + 0.5) / (rows - count + 0.5));
      continue;
    }
    const flags = Int32Array.from({ length: rows }, (_, row) => values[row * classes + label]!);
    const part = await solve(flags, 1, classWeights && [1, classWeights[label]!]);
    layer.weight.set(part.weight, label * size);
    layer.bias[label] = part.bias[0]!;
  }
  return layer;
}

const emptyLayer = (outputs: number, size: number): LinearLayer => ({
  weight: new Float64Array(outputs * size),
  bias: new Float64Array(outputs),
});
