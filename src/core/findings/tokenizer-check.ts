import { integer } from "../format.ts";
import type { Finding } from "../training/run-record.ts";

/** Rows of the embedding that a tokenizer may leave unused: sizes are often rounded up. */
const SPARE_SHARE = 0.05;

/** A tokenizer and the model that reads its ids. */
export interface TokenizerFit {
  /** Tokens of the tokenizer, and rows of the model's embedding. */
  tokenizer: { vocabularySize: number; padId: number };
  model: { vocabularySize: number; padId?: number };
}

/** A tokenizer that was made for another model: its ids mean other words there. */
export function tokenizerMismatch({ tokenizer, model }: TokenizerFit): Finding | undefined {
  const spare = (model.vocabularySize - tokenizer.vocabularySize) / model.vocabularySize;
  const otherPad = model.padId !== undefined && model.padId !== tokenizer.padId;
  if (spare >= 0 && spare <= SPARE_SHARE && !otherPad) return undefined;
  return {
    code: "tokenizer-mismatch",
    severity: "warning",
    found: otherPad
      ? `The tokenizer pads with id ${tokenizer.padId} and the model's config.json says ${model.padId}.`
      : `The tokenizer has ${integer(tokenizer.vocabularySize)} tokens and the model an embedding for ${integer(model.vocabularySize)}.`,
    why: "They don't seem to belong together: to the model every id would mean another word than the tokenizer meant.",
    advice: "Put the tokenizer files of the model's own repository into its folder.",
  };
}
