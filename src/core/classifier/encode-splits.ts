import { traceFeatures } from "../models/classifier.ts";
import { encoderInputs } from "../models/encoder.ts";
import { noDropout } from "../nn/dropout.ts";
import { Parameters } from "../nn/parameters.ts";
import type { TokenizedRows } from "../text/tokenize-rows.ts";
import { RowProgram } from "../training/row-program.ts";
import { FeatureSource, TokenSource } from "../training/row-source.ts";
import type { FitOptions } from "./fit-options.ts";
import type { ClassifierState } from "./state.ts";

/** A split's rows, tokenized. */
interface NamedRows {
  name: string;
  rows: TokenizedRows;
}

/** The tokens of a split, as the whole classifier reads them. */
export function tokenSource(
  { tokenizer }: ClassifierState,
  { rows }: NamedRows,
  { attentionMask = true }: Pick<FitOptions, "attentionMask">,
): TokenSource {
  return new TokenSource(rows, tokenizer.padId, { attentionMask });
}

/**
 * Encodes every row of the splits once with a frozen encoder, or takes its features from an earlier run.
 *
 * @returns A source for each split, in order, and how many tokens were encoded.
 */
export async function encodeSplits(
  state: ClassifierState,
  splits: readonly NamedRows[],
  options: FitOptions,
): Promise<{ sources: FeatureSource[]; encodedTokens: number }> {
  const { design, config } = state;
  const { attentionMask = true, features: store, onProgress, signal } = options;
  const parameters = new Parameters();
  const features = traceFeatures(design, parameters, encoderInputs(), noDropout);
  const encoder = new Map(parameters.list().map(({ name }) => [name, state.weights.get(name)!.values]));
  let program: RowProgram | undefined;
  const sources: FeatureSource[] = [];
  let encodedTokens = 0;
  try {
    for (const split of splits) {
      const { name, rows } = split;
      const kept = store?.entry({
        design: { config, pooling: design.pooling },
        encoder,
        rows,
        attentionMask,
      });
      let values = await kept?.get();
      if (!values) {
        program ??= await RowProgram.compile(features, encoder);
        const source = tokenSource(state, split, options);
        values = await program.all(source, encoder, { stage: "encode", subject: name, onProgress, signal });
        await kept?.put(values, design.encoder.hiddenSize);
        encodedTokens += rows.ids.length;
      }
      sources.push(new FeatureSource(values, design.encoder.hiddenSize));
    }
  } finally {
    await program?.release();
  }
  return { sources, encodedTokens };
}
