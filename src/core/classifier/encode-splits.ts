import { traceFeatures } from "../models/classifier.ts";
import { encoderInputs } from "../models/encoder.ts";
import { noDropout } from "../nn/dropout.ts";
import { Parameters } from "../nn/parameters.ts";
import type { FeatureRowsData, TokenRowsData } from "../runner/rows-data.ts";
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
