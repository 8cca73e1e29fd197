import { DataError } from "../errors.ts";
import { Logits } from "../evaluation/logits.ts";
import { noDropout } from "../nn/dropout.ts";
import type { WorkOptions } from "../progress.ts";
import type { TokenRows } from "../text/token-rows.ts";
import { tokenizeRows } from "../text/tokenize-rows.ts";
import { RowProgram } from "../training/row-program.ts";
import { TokenSource } from "../training/row-source.ts";
import { type ClassifierState, valuesOf } from "./state.ts";
import { traceClassifier } from "./trace.ts";

/** One text, or a pair such as premise and hypothesis. */
export type TextInput = string | { text: string; pair: string };

const textsOf = (input: TextInput): string[] =>
  typeof input === "string" ? [input] : [input.text, input.pair];

/** What a classifier says of one text. */
export interface Prediction {
  /** The most probable class. */
  label: string;
  /** Its probability, 0 to 1. */
  score: number;
  /** Probability of every class by name. */
  scores: Record<string, number>;
}

/** Scores tokenized rows with a classifier; its graph is compiled at first use. */
export class Scorer {
  readonly #state: ClassifierState;
  #program: Promise<RowProgram> | undefined;

  constructor(state: ClassifierState) {
    this.#state = state;
  }

  /** Logits of every row, in row order. */
  async logits(rows: TokenRows, subject: string, work: WorkOptions): Promise<Logits> {
    const { design, tokenizer, weights } = this.#state;
    this.#program ??= RowProgram.compile(traceClassifier(design, noDropout).logits);
    const program = await this.#program;
    const source = new TokenSource(rows, tokenizer.padId);
    const values = await program.all(source, valuesOf(weights), { stage: "evaluate", subject, ...work });
    return Logits.ofOutputs(rows.count, design.outputs, values);
  }

  /** @throws DataError if a text is empty. */
  async predict(inputs: readonly TextInput[], work: WorkOptions): Promise<Prediction[]> {
    const { tokenizer, design, labels, maxLength = design.encoder.maxLength } = this.#state;
    const empty = inputs.findIndex((input) => textsOf(input).some((text) => text.trim() === ""));
    if (empty >= 0)
      throw new DataError(`text ${empty + 1} of ${inputs.length} is empty: there is nothing to classify`);
    const pairs = inputs.filter((input) => typeof input !== "string");
    if (pairs.length > 0 && pairs.length < inputs.length) {
      throw new DataError("some inputs are single texts and some are pairs; give one kind");
    }
    const texts =
      pairs.length > 0 ? pairs.map(({ text, pair }) => [text, pair] as const) : (inputs as string[]);
    const rows = await tokenizeRows(tokenizer, texts, { maxLength, signal: work.signal });
    const logits = await this.logits(rows, "texts", work);
    const probabilities = logits.probabilities();
    return Array.from(logits.predictions(), (best, row) => {
      const scores = probabilities.subarray(row * labels.length, (row + 1) * labels.length);
      return {
        label: labels[best]!,
        score: scores[best]!,
        scores: Object.fromEntries(labels.map((label, i) => [label, scores[i]!])),
      };
    });
  }
}
