import type { FeatureMatrix, LinearLayer } from "./logistic-regression.ts";

/**
 * What a solved head does with features before it is fitted, so that one strength of the penalty means the same for
 * every encoder. `length`: their mean is taken away, and one factor makes their mean squared length 1, which for features of
 * equal length is scikit-learn's `Normalizer`. `standardize`: each gets mean 0 and deviation 1, as `StandardScaler`.
 */
export const featureScalings = ["length", "standardize", "none"] as const;
export type FeatureScaling = (typeof featureScalings)[number];

/** scaled = (feature − mean) · factor, each [size] */
export interface Scaling {
  mean: Float64Array;
  factor: Float64Array;
}

export function measureScaling(features: FeatureMatrix, kind: FeatureScaling): Scaling {
  const { rows, size } = features;
  const factor = new Float64Array(size).fill(1);
  if (kind === "none") return { mean: new Float64Array(size), factor };
  const { mean, variance } = momentsOf(features);
  if (kind === "length") {
    const total = variance.reduce((a, b) => a + b, 0);
    return { mean, factor: total > 0 ? factor.fill(1 / Math.sqrt(total)) : factor };
  }
  // Where all rows are equal, what is left of the variance is rounding: scikit-learn's bound for it.
  const isConstant = (value: number, i: number) =>
    value <= rows * Number.EPSILON * value + (rows * mean[i]! * Number.EPSILON) ** 2;
  return { mean, factor: variance.map((value, i) => (isConstant(value, i) ? 1 : 1 / Math.sqrt(value))) };
}

/**
 * Variables in which the minimum of a penalised loss over these features is soon found: along each the curvature of the
 * loss and the penalty together is at most about 1. A feature that varies less than most is not blown up to their
 * deviation: it would be the penalty's steepest direction.
 *
 * @param penalty Curvature of the penalty, per row.
 */
export function conditioning(features: FeatureMatrix, penalty: number): Scaling {
  const { mean, variance } = momentsOf(features);
  const usual = variance.reduce((a, b) => a + b, 0) / features.size;
  return { mean, factor: variance.map((value) => 1 / Math.sqrt(0.25 * Math.max(value, usual) + penalty)) };
}

/** Mean and variance of every feature, each [size]. */
function momentsOf({ values, rows, size }: FeatureMatrix): { mean: Float64Array; variance: Float64Array } {
  const mean = new Float64Array(size);
  for (let i = 0; i < values.length; i++) mean[i % size]! += values[i]! / rows;
  const variance = new Float64Array(size);
  for (let i = 0; i < values.length; i++) variance[i % size]! += (values[i]! - mean[i % size]!) ** 2 / rows;
  return { mean, variance };
}

export function scaled({ values, rows, size }: FeatureMatrix, { mean, factor }: Scaling): FeatureMatrix {
  return { values: values.map((value, i) => (value - mean[i % size]!) * factor[i % size]!), rows, size };
}

/** The layer that gives for features as they are what `layer` gives for scaled ones. */
export function unscaled({ weight, bias }: LinearLayer, { mean, factor }: Scaling): LinearLayer {
  const size = mean.length;
  const folded = weight.map((value, i) => value * factor[i % size]!);
  return {
    weight: folded,
    bias: bias.map((value, output) => {
      let shift = 0;
      for (let i = 0; i < size; i++) shift += folded[output * size + i]! * mean[i]!;
      return value - shift;
    }),
  };
}
