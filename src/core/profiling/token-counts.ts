import { LengthCounts, type LengthDescription } from "../text/length-summary.ts";
import type { Tokenizer } from "../text/tokenizer.ts";

/** A tokenizer that texts are looked at through. */
export interface TokenizerInUse {
  tokenizer: Tokenizer;
  /** Whose it is, as the user named it. */
  name: string;
  /** Tokens that the model takes; undefined for no limit. */
  maxLength?: number;
}

/** A split as a model's tokenizer sees it. */
export interface TokenDescription {
  /** The model, as the user named it. */
  model: string;
  /** Tokens per row, special tokens included, before truncation. */
  lengths: LengthDescription;
  /** Tokens that the model takes. */
  limit?: number;
  truncatedRows: number;
  /** Shares of all tokens, 0 to 1: beyond the limit, and not in the vocabulary. */
  truncatedTokens: number;
  unknownTokens: number;
  /** Entries of the vocabulary, and those that occur. */
  vocabulary: number;
  vocabularyUsed: number;
  /** Special tokens not counted, per stretch between white space. */
  tokensPerWord: number;
}

/** Counts tokens while rows go by. */
export class TokenCounts {
  readonly #inUse: TokenizerInUse;
  readonly #lengths = new LengthCounts();
  readonly #seen: Uint8Array;
  /** In every row. */
  readonly #specialTokens: number;
  #tokens = 0;
  #words = 0;
  #unknown = 0;
  #truncatedRows = 0;
  #truncatedTokens = 0;

  constructor(inUse: TokenizerInUse, isPair: boolean) {
    this.#inUse = inUse;
    this.#specialTokens = inUse.tokenizer.encode("", isPair ? "" : undefined).fullLength;
    this.#seen = new Uint8Array(inUse.tokenizer.vocabularySize);
  }

  /** @param words of all texts of the row */
  add(texts: readonly string[], words: number): void {
    const { tokenizer, maxLength } = this.#inUse;
    const { ids, fullLength, unknownTokens } = tokenizer.encode(texts[0]!, texts[1]);
    for (const id of ids) this.#seen[id] = 1;
    this.#lengths.add(fullLength);
    this.#tokens += fullLength;
    this.#words += words;
    this.#unknown += unknownTokens;
    if (maxLength !== undefined && fullLength > maxLength) {
      this.#truncatedRows++;
      this.#truncatedTokens += fullLength - maxLength;
    }
  }

  describe(): TokenDescription {
    const { name, maxLength } = this.#inUse;
    const lengths = this.#lengths.describe();
    const texts = this.#tokens - this.#specialTokens * lengths.summary.count;
    return {
      model: name,
      lengths,
      limit: maxLength,
      truncatedRows: this.#truncatedRows,
      truncatedTokens: this.#truncatedTokens / Math.max(1, this.#tokens),
      unknownTokens: this.#unknown / Math.max(1, this.#tokens),
      vocabulary: this.#seen.length,
      vocabularyUsed: this.#seen.reduce((sum, seen) => sum + seen, 0),
      tokensPerWord: texts / Math.max(1, this.#words),
    };
  }
}
