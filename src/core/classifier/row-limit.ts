import type { Encoder } from "../models/encoder.ts";
import type { Tokenizer } from "../text/tokenizer.ts";

/**
 * Tokens that rows of a stored model are cut to, special tokens included, where nothing else is asked for: to what it
 * was trained with, or else to the tokenizer's `model_max_length`, and never beyond the positions that the encoder has.
 *
 * @param trained What the model's own files say that it was trained with.
 * @returns undefined where the positions alone limit a row.
 */
export function storedCut(
  encoder: Encoder,
  tokenizer: Tokenizer,
  trained: number | undefined,
): number | undefined {
  const cut = trained ?? tokenizer.modelMaxLength;
  return cut === undefined || cut >= encoder.maxLength ? undefined : cut;
}

/** The longest row that a model reads where it is asked for `cut` tokens at most: its positions are the limit. */
export function longestRow(encoder: Encoder, cut: number | undefined): number {
  return Math.min(cut ?? encoder.maxLength, encoder.maxLength);
}
