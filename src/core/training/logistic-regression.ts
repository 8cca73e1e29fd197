import { conditioning, type Scaling, scaled, unscaled } from "./feature-scaling.ts";
import { type LbfgsOptions, minimize, type Objective } from "./lbfgs.ts";

/** Rows of features, row-major [rows, size]. */
export interface FeatureMatrix {
  values: Float64Array;
  rows: number;
  size: number;
}

/** A linear layer: logits = features · weightᵀ + bias. */
export interface LinearLayer {
  /** Row-major [outputs, size]. */
  weight: Float64Array;
  /** [outputs] */
  bias: Float64Array;
}

/** What a logistic regression is to fit, and how strongly. */
export interface LogisticProblem {
  features: FeatureMatrix;
  /** Class indices, [rows]; for a single output 0 or 1. */
  labels: Int32Array;
  /** One for each class, or a single one, positive for 1. */
  outputs: number;
  /** Factor of every row in the loss, [rows]. @default 1 each */
  rowWeights?: Float64Array;
  /** Inverse of the L2 penalty, as scikit-learn's C. */
  C: number;
}

/** A fitted layer. */
export interface LogisticFit extends LinearLayer {
  /** Of L-BFGS. */
  iterations: number;
  converged: boolean;
}

/**
 * Logistic regression with an L2 penalty on the weights, not on the bias, as scikit-learn's `LogisticRegression`:
 * minimises C · Σ rowWeight · loss + ½‖weight‖², the loss being the cross-entropy over the classes, or that of a single
 * output's sigmoid. Of several outputs the biases add up to 0, since a shift of all of them changes nothing.
 *
 * @param start From where; near the minimum it takes fewer iterations. @default 0
 */
export async function fitLogistic(
  problem: LogisticProblem,
  { start, ...options }: LbfgsOptions & { start?: LinearLayer } = {},
): Promise<LogisticFit> {
  const { features, outputs } = problem;
  // The same minimum, in variables in which L-BFGS gets there in far fewer iterations: the penalty follows the factors.
  const scaling = conditioning(features, 1 / (problem.C * totalWeight(problem)));
  const split = outputs * features.size;
  const initial = start ? variablesOf(start, scaling) : new Float64Array(split + outputs);
  const loss = new LogisticLoss({ ...problem, features: scaled(features, scaling) }, scaling.factor);
  const { point, iterations, converged } = await minimize(loss, initial, options);
  const layer = unscaled({ weight: point.slice(0, split), bias: point.slice(split) }, scaling);
  if (outputs > 1) {
    const mean = layer.bias.reduce((sum, value) => sum + value, 0) / outputs;
    for (let i = 0; i < outputs; i++) layer.bias[i]! -= mean;
  }
  return { ...layer, iterations, converged };
}

const totalWeight = ({ features, rowWeights }: LogisticProblem): number =>
  rowWeights ? rowWeights.reduce((sum, weight) => sum + weight, 0) : features.rows;

/** The inverse of `unscaled`, in one vector. */
function variablesOf({ weight, bias }: LinearLayer, { mean, factor }: Scaling): Float64Array {
  const size = mean.length;
  const variables = new Float64Array(weight.length + bias.length);
  for (let i = 0; i < weight.length; i++) variables[i] = weight[i]! / factor[i % size]!;
  for (let output = 0; output < bias.length; output++) {
    let sum = bias[output]!;
    for (let i = 0; i < size; i++) sum += weight[output * size + i]! * mean[i]!;
    variables[weight.length + output] = sum;
  }
  return variables;
}

/** The penalised loss as a function of weight and bias, in one vector; per row, so that its scale is that of one loss. */
class LogisticLoss implements Objective {
  readonly size: number;
  readonly #problem: LogisticProblem;
  readonly #totalWeight: number;

  readonly #factor: Float64Array;

  /** @param factor What weights are multiplied by before they are penalised, [size]. */
  constructor(problem: LogisticProblem, factor: Float64Array) {
    const { features, outputs } = problem;
    this.size = outputs * (features.size + 1);
    this.#problem = problem;
    this.#factor = factor;
    this.#totalWeight = totalWeight(problem);
  }

  evaluate(point: Float64Array, gradient: Float64Array): number {
    const { features, labels, outputs, rowWeights, C } = this.#problem;
    const { values, rows, size } = features;
    const biases = outputs * size;
    const penalty = 1 / (C * this.#totalWeight);
    let squares = 0;
    for (let i = 0; i < biases; i++) {
      const factor = this.#factor[i % size]!;
      const weight = factor * point[i]!;
      squares += weight * weight;
      gradient[i] = penalty * factor * weight;
    }
    gradient.fill(0, biases);
    let loss = 0;
    const logits = new Float64Array(outputs);
    for (let row = 0; row < rows; row++) {
      const from = row * size;
      const share = (rowWeights?.[row] ?? 1) / this.#totalWeight;
      for (let output = 0; output < outputs; output++) {
        let sum = point[biases + output]!;
        for (let i = 0, at = output * size; i < size; i++, at++) sum += values[from + i]! * point[at]!;
        logits[output] = sum;
      }
      // The logits become what their loss pulls at them: probability less target.
      loss += share * lossAndErrors(logits, labels[row]!);
      for (let output = 0; output < outputs; output++) {
        const error = share * logits[output]!;
        gradient[biases + output]! += error;
        for (let i = 0, at = output * size; i < size; i++, at++) gradient[at]! += error * values[from + i]!;
      }
    }
    return loss + 0.5 * penalty * squares;
  }
}

/** The loss of a row in nats; its logits are replaced by the derivatives. */
function lossAndErrors(logits: Float64Array, label: number): number {
  if (logits.length === 1) {
    const logit = logits[0]!;
    const loss = Math.max(logit, 0) - logit * label + Math.log1p(Math.exp(-Math.abs(logit)));
    logits[0] = sigmoid(logit) - label;
    return loss;
  }
  const own = logits[label]!;
  const logSum = logSumExp(logits);
  for (let i = 0; i < logits.length; i++) logits[i] = Math.exp(logits[i]! - logSum);
  logits[label]! -= 1;
  return logSum - own;
}

/** The loss of every row under a layer, in nats: [rows]. */
export function logisticLosses(
  { features, labels }: Pick<LogisticProblem, "features" | "labels">,
  layer: LinearLayer,
): Float64Array {
  const outputs = layer.bias.length;
  return Float64Array.from(labels, (label, row) =>
    lossAndErrors(rowLogits(features, layer, row, new Float64Array(outputs)), label),
  );
}

function rowLogits(
  { values, size }: FeatureMatrix,
  { weight, bias }: LinearLayer,
  row: number,
  into: Float64Array,
): Float64Array {
  for (let output = 0; output < bias.length; output++) {
    let sum = bias[output]!;
    for (let i = 0; i < size; i++) sum += values[row * size + i]! * weight[output * size + i]!;
    into[output] = sum;
  }
  return into;
}

const sigmoid = (logit: number): number => {
  const small = Math.exp(-Math.abs(logit));
  return (logit >= 0 ? 1 : small) / (1 + small);
};

function logSumExp(logits: Float64Array): number {
  const most = logits.reduce((a, b) => Math.max(a, b), -Infinity);
  return most + Math.log(logits.reduce((sum, logit) => sum + Math.exp(logit - most), 0));
}

/** Some of the rows, in this order. */
export function selectRows({ values, size }: FeatureMatrix, rows: readonly number[]): FeatureMatrix {
  const chosen = new Float64Array(rows.length * size);
  for (const [i, row] of rows.entries()) chosen.set(values.subarray(row * size, (row + 1) * size), i * size);
  return { values: chosen, rows: rows.length, size };
}
