import type { ClassifierState } from "../../core/classifier/state.ts";
import { valuesOf } from "../../core/classifier/state.ts";
import * as op from "../../core/engine/operators/index.ts";
import { Program } from "../../core/engine/program.ts";
import {
  type QuantizableLayer,
  type QuantizeOptions,
  quantizableLayers,
  quantizedGraph,
} from "../../core/engine/quantize.ts";
import type { Tensor, TensorData } from "../../core/engine/tensor.ts";
import type { Outputs } from "../../core/evaluation/outputs.ts";
import { breathe, type WorkOptions } from "../../core/progress.ts";
import { consecutiveBatches } from "../../core/text/batches.ts";
import type { TokenRows } from "../../core/text/token-rows.ts";
import { TokenSource } from "../../core/training/row-source.ts";
import { ExportedModel } from "./exported-model.ts";
import { Int64Source } from "./int64-source.ts";
import { meanDifference } from "./parity.ts";

/**
 * How far the probabilities of a row may move in int8, on average over the calibration texts, before layers are left in
 * float32: the largest difference among its classes.
 */
export const tolerance = 0.015;

/** Rows of a batch whose errors are measured together. */
const batchRows = 16;

/** A layer that was measured: errors are root mean squares of what it gives, relative to what it gives in float32. */
export interface MeasuredLayer {
  name: string;
  /** In int8, weights and activations. */
  error: number;
  /** With weights in int8 alone. */
  weightError: number;
}

/** What is quantised, and how far. */
export interface LayerChoice {
  /** All layers, the one with the largest error first. */
  layers: MeasuredLayer[];
  /** Layers that compute in float32, of weights in int8. */
  float32Products: string[];
  /** Layers that stay in float32 altogether. */
  keep: string[];
  /** How far probabilities move on the calibration texts with this choice, see `tolerance`. */
  difference: number;
}

/**
 * Chooses the layers that don't compute in int8. Every layer's own error is measured on the calibration texts, int8
 * against float32 for the same activations. Then as few as will do compute in float32, in the order of their errors, for
 * the classifier's probabilities to be within the tolerance. Where that can't be reached, since weights alone lose too
 * much in int8, as few as will do are left in float32 altogether.
 */
export async function chooseLayers(
  state: ClassifierState,
  graph: { logits: Tensor },
  rows: TokenRows,
  reference: Outputs,
  work: WorkOptions,
): Promise<LayerChoice> {
  const values = valuesOf(state.weights);
  const layers = await measureLayers(graph, values, new TokenSource(rows, state.tokenizer.padId), work);
  const byError = layers.map(({ name }) => name);
  const byWeightError = layers.toSorted((a, b) => b.weightError - a.weightError).map(({ name }) => name);
  const differenceOf = async (options: QuantizeOptions, subject: string) => {
    const { outputs, values: quantized } = quantizedGraph(graph, values, options);
    const model = new ExportedModel(state, outputs.logits, quantized);
    return meanDifference(reference, (await model.outputs(rows, { ...work, subject })).outputs);
  };
  const products = await fewest(byError.length, (count) =>
    differenceOf(
      { float32Products: new Set(byError.slice(0, count)) },
      `calibration texts, ${count} layers in float32`,
    ),
  );
  const float32Products = byError.slice(0, products.count);
  if (products.difference <= tolerance) {
    return { layers, float32Products, keep: [], difference: products.difference };
  }
  const kept = await fewest(byWeightError.length, (count) =>
    differenceOf(
      { float32Products: new Set(byError), keep: new Set(byWeightError.slice(0, count)) },
      `calibration texts, weights of ${count} layers in float32`,
    ),
  );
  const keep = byWeightError.slice(0, kept.count);
  const others = float32Products.filter((name) => !keep.includes(name));
  return { layers, float32Products: others, keep, difference: kept.difference };
}

/**
 * The smallest count from 0 to `most` whose difference is within the tolerance, and `most` where none is, on the
 * understanding that more layers in float32 never make it larger.
 */
async function fewest(
  most: number,
  differenceOf: (count: number) => Promise<number>,
): Promise<{ count: number; difference: number }> {
  const none = await differenceOf(0);
  if (none <= tolerance || most === 0) return { count: 0, difference: none };
  let tooFew = 0;
  let enough = { count: most, difference: await differenceOf(most) };
  while (enough.count - tooFew > 1 && enough.difference <= tolerance) {
    const count = Math.floor((tooFew + enough.count) / 2);
    const difference = await differenceOf(count);
    if (difference <= tolerance) enough = { count, difference };
    else tooFew = count;
  }
  return enough;
}

/** The error of every layer by itself, the largest first. */
async function measureLayers(
  graph: { logits: Tensor },
  values: ReadonlyMap<string, Float32Array>,
  source: TokenSource,
  { onProgress, signal }: WorkOptions,
): Promise<MeasuredLayer[]> {
  const layers = quantizableLayers(graph, values);
  const { outputs, constants } = errorGraph(layers, values);
  const program = await Program.compile(outputs, { constants });
  const sums = layers.map(() => ({ error: 0, weightError: 0, power: 0 }));
  try {
    const all = Uint32Array.from({ length: source.count }, (_, i) => i);
    const wide = new Int64Source(source);
    for (const [i, batch] of consecutiveBatches(all, batchRows).entries()) {
      await breathe(signal);
      const { sizes, feeds } = wide.batch(batch);
      const results = await program.run(sizes, feeds);
      for (const [layer, sum] of sums.entries()) {
        for (const kind of ["error", "weightError", "power"] as const) {
          sum[kind] += Number(results[`${kind}/${layer}`]![0]);
        }
      }
      const done = Math.min(source.count, (i + 1) * batchRows);
      onProgress?.({ stage: "evaluate", subject: "errors of layers in int8", done, total: source.count });
    }
  } finally {
    await program.release();
  }
  const relative = (error: number, power: number) => Math.sqrt(error / Math.max(power, 1e-30));
  return layers
    .map(({ name }, i) => {
      const { error, weightError, power } = sums[i]!;
      return { name, error: relative(error, power), weightError: relative(weightError, power) };
    })
    .sort((a, b) => b.error - a.error);
}

/** For every layer Σ (int8 − float32)², the same with int8 weights alone, and Σ float32², for the float32 graph's activations. */
function errorGraph(
  layers: readonly QuantizableLayer[],
  values: ReadonlyMap<string, Float32Array>,
): { outputs: Record<string, Tensor>; constants: Map<string, TensorData> } {
  const names = layers.map(({ name }) => name);
  const outputs: Record<string, Tensor> = {};
  const constants = new Map<string, TensorData>(values);
  for (const [i, { name, output }] of layers.entries()) {
    const keep = new Set(names.filter((other) => other !== name));
    const inPrecision = (options: QuantizeOptions) => {
      const quantized = quantizedGraph({ output }, values, options);
      for (const [key, data] of quantized.values) constants.set(key, data);
      return quantized.outputs.output;
    };
    const exact = inPrecision({ keep: new Set(names) });
    const squares = (x: Tensor) => op.reduceSum(op.multiply(x, x));
    outputs[`error/${i}`] = squares(op.subtract(inPrecision({ keep }), exact));
    outputs[`weightError/${i}`] = squares(
      op.subtract(inPrecision({ keep, float32Products: new Set([name]) }), exact),
    );
    outputs[`power/${i}`] = squares(exact);
  }
  return { outputs, constants };
}
