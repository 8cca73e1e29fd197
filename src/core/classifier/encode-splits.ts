import { traceFeatures, traceLowerLayers } from "../models/classifier.ts";
import { encoderInputs } from "../models/encoder.ts";
import { noDropout } from "../nn/dropout.ts";
import { Parameters } from "../nn/parameters.ts";
import type { FeatureRowsData, HiddenRowsData, TokenRowsData } from "../runner/rows-data.ts";
import type { HashPart, RowModel, Runner } from "../runner/runner.ts";
import type { TokenRows } from "../text/token-rows.ts";
import { version } from "../version.ts";
import type { FitOptions } from "./fit-options.ts";
import { type ClassifierState, designData } from "./state.ts";

/** A split's rows, tokenized. */
interface NamedRows {
  name: string;
  rows: TokenRows;
}

/** The tokens of a split, as the whole classifier reads them. */
export function tokenData(
  { tokenizer }: ClassifierState,
  { rows }: { rows: TokenRows },
  { attentionMask = true }: Pick<FitOptions, "attentionMask"> = {},
): TokenRowsData {
  const { count, ids, typeIds, offsets, fullLengths } = rows;
  return {
    kind: "tokens",
    rows: { count, ids, typeIds, offsets, fullLengths },
    padId: tokenizer.padId,
    attentionMask,
  };
}

/**
 * Encodes every row of the splits once with a frozen encoder, or takes its features from an earlier run.
 *
 * @returns The features of each split, in order, and how many tokens were encoded.
 */
export async function encodeSplits(
  state: ClassifierState,
  splits: readonly NamedRows[],
  options: FitOptions,
  runner: Runner,
): Promise<{ features: FeatureRowsData[]; encodedTokens: number }> {
  const { onProgress, signal } = options;
  const size = state.design.encoder.hiddenSize;
  const weights = encoderValues(state);
  const design = designData(state);
  let model: RowModel | undefined;
  const features: FeatureRowsData[] = [];
  let encodedTokens = 0;
  try {
    for (const split of splits) {
      const { name, rows } = split;
      const data = tokenData(state, split, options);
      const key = options.features && (await runner.hash(featureParts(state, weights, data), signal));
      const kept = key === undefined ? undefined : options.features?.entry(key);
      let values = await kept?.get();
      if (!values) {
        model ??= await runner.open({ design, output: "features", weights });
        values = await model.run(data, { stage: "encode", subject: name, onProgress, signal });
        await kept?.put(values, size);
        encodedTokens += rows.ids.length;
      }
      features.push({ kind: "features", values, size });
    }
  } finally {
    await model?.release();
  }
  return { features, encodedTokens };
}

/** Values of the parameters that features depend on. */
export function encoderValues({ design, weights }: ClassifierState): Map<string, Float32Array> {
  const parameters = new Parameters();
  traceFeatures(design, parameters, encoderInputs(), noDropout);
  return new Map(parameters.list().map(({ name }) => [name, weights.get(name)!.values]));
}

/** All that the features of rows depend on. */
function featureParts(
  { config, design }: ClassifierState,
  encoder: ReadonlyMap<string, Float32Array>,
  { rows, attentionMask }: TokenRowsData,
): HashPart[] {
  const { pooling } = design;
  return [
    JSON.stringify({ version, design: { config, pooling }, attentionMask }),
    ...[...encoder].flatMap(([name, values]) => [`${name}:`, values]),
    ...[rows.offsets, rows.ids, ...(rows.typeIds ? [rows.typeIds] : [])],
  ];
}

/** Bytes that the hidden states of all tokens of the splits take in memory. */
export function hiddenStateBytes({ design }: ClassifierState, splits: readonly NamedRows[]): number {
  const tokens = splits.reduce((sum, { rows }) => sum + rows.ids.length, 0);
  return tokens * design.encoder.hiddenSize * Float32Array.BYTES_PER_ELEMENT;
}

/**
 * Runs every row of the splits once through the encoder's frozen lowest layers, and keeps the hidden states in memory.
 *
 * @param layers How many layers are frozen, with the embeddings.
 * @returns The hidden states of each split, in order.
 */
export async function encodeLowerLayers(
  state: ClassifierState,
  layers: number,
  splits: readonly NamedRows[],
  options: FitOptions,
  runner: Runner,
): Promise<HiddenRowsData[]> {
  const { onProgress, signal } = options;
  const parameters = new Parameters();
  traceLowerLayers(state.design, parameters, encoderInputs(), layers, noDropout);
  const weights = new Map(parameters.list().map(({ name }) => [name, state.weights.get(name)!.values]));
  const model = await runner.open({ design: designData(state), output: { afterLayers: layers }, weights });
  try {
    const hidden: HiddenRowsData[] = [];
    for (const split of splits) {
      const work = { stage: "encode", subject: split.name, onProgress, signal } as const;
      const values = await model.run(tokenData(state, split, options), work);
      const { count, offsets } = split.rows;
      hidden.push({ kind: "hidden", values, count, offsets, size: state.design.encoder.hiddenSize });
    }
    return hidden;
  } finally {
    await model.release();
  }
}
