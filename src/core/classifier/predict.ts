import { classesOf } from "../data/targets.ts";
import { DataError } from "../errors.ts";
import { type Outputs, outputsOf } from "../evaluation/outputs.ts";
import { noDropout } from "../nn/dropout.ts";
import type { WorkOptions } from "../progress.ts";
import type { TokenRows } from "../text/token-rows.ts";
import { tokenizeRows } from "../text/tokenize-rows.ts";
import { RowProgram } from "../training/row-program.ts";
import { TokenSource } from "../training/row-source.ts";
import { longestRow } from "./row-limit.ts";
import { type ClassifierState, valuesOf } from "./state.ts";
import { traceClassifier } from "./trace.ts";

/** One text, or a pair such as premise and hypothesis. */
export type TextInput = string | { text: string; pair: string };

/**
 * One input or several, as a list.
 *
 * @throws DataError if one is neither a text nor a pair of texts.
 */
export function checkInputs(given: TextInput | readonly TextInput[]): {
  inputs: readonly TextInput[];
  isOne: boolean;
} {
  const isOne = !Array.isArray(given);
  const inputs = (isOne ? [given] : given) as readonly TextInput[];
  const wrong = inputs.findIndex((input) => !isInput(input));
  if (wrong < 0) return { inputs, isOne };
  const which = isOne ? "what is to be classified" : `text ${wrong + 1} of ${inputs.length}`;
  throw new DataError(
    `${which} is neither a text nor { text, pair }; give a string, or two of them as a pair`,
  );
}

function isInput(input: unknown): input is TextInput {
  if (typeof input === "string") return true;
  const pair = input as { text?: unknown; pair?: unknown } | null | undefined;
  return typeof pair?.text === "string" && typeof pair.pair === "string";
}

const textsOf = (input: TextInput): string[] =>
  typeof input === "string" ? [input] : [input.text, input.pair];

/** What a classifier says of one text. */
export interface Prediction {
  /**
   * The classes of the text, the most probable first: one, or of a multi-label model those whose probability is above
   * their threshold, which may be none.
   */
  labels: string[];
  /** The most probable class; of a multi-label model also where it is not above its threshold. */
  label: string;
  /** Its probability, 0 to 1. */
  score: number;
  /** Probability of every class by name. */
  scores: Record<string, number>;
}

/** @throws DataError where a model that learnt pairs is to read single texts, or the other way round */
function checkPairs(trained: boolean | undefined, given: boolean): void {
  if (trained === undefined || trained === given) return;
  throw new DataError(
    trained
      ? "the model was trained on pairs of texts; give the second text too (--pair, or { text, pair })"
      : "the model was trained on single texts, not on pairs; leave the second text out, or make one text of both",
  );
}

/** Scores tokenized rows with a classifier; its graph is compiled at first use. */
export class Scorer {
  readonly #state: ClassifierState;
  #program: Promise<RowProgram> | undefined;
  /** Calls that are under way. */
  #running = 0;
  #isReleased = false;

  constructor(state: ClassifierState) {
    this.#state = state;
  }

  /** What the model gives for every row, in row order. */
  async outputs(rows: TokenRows, subject: string, work: WorkOptions): Promise<Outputs> {
    const { design, tokenizer, weights } = this.#state;
    this.#program ??= RowProgram.compile(traceClassifier(design, noDropout).logits);
    const program = await this.#program;
    const source = new TokenSource(rows, tokenizer.padId);
    this.#running++;
    try {
      const values = await program.all(source, valuesOf(weights), { stage: "evaluate", subject, ...work });
      return outputsOf(this.#state, rows.count, design.outputs, values);
    } finally {
      this.#running--;
      if (this.#isReleased) await this.release();
    }
  }

  /** Frees the compiled graph, when what runs on it is done. */
  async release(): Promise<void> {
    this.#isReleased = true;
    if (this.#running > 0) return;
    const program = this.#program;
    this.#program = undefined;
    await (await program)?.release();
  }

  /** @throws DataError if a text is empty. */
  async predict(inputs: readonly TextInput[], work: WorkOptions): Promise<Prediction[]> {
    const { tokenizer, design, labels, pair } = this.#state;
    const maxLength = longestRow(design.encoder, this.#state.maxLength);
    const empty = inputs.findIndex((input) => textsOf(input).some((text) => text.trim() === ""));
    if (empty >= 0)
      throw new DataError(`text ${empty + 1} of ${inputs.length} is empty: there is nothing to classify`);
    const pairs = inputs.filter((input) => typeof input !== "string");
    if (pairs.length > 0 && pairs.length < inputs.length) {
      throw new DataError("some inputs are single texts and some are pairs; give one kind");
    }
    if (inputs.length > 0) checkPairs(pair, pairs.length > 0);
    const texts =
      pairs.length > 0 ? pairs.map(({ text, pair }) => [text, pair] as const) : (inputs as string[]);
    const rows = await tokenizeRows(tokenizer, texts, { maxLength, signal: work.signal });
    const outputs = await this.outputs(rows, "texts", work);
    const probabilities = outputs.probabilities();
    return outputs.answers().map((answer, row) => {
      const scores = probabilities.subarray(row * labels.length, (row + 1) * labels.length);
      const best = scores.indexOf(Math.max(...scores));
      const said = classesOf(answer).sort((a, b) => scores[b]! - scores[a]!);
      return {
        labels: said.map((label) => labels[label]!),
        label: labels[best]!,
        score: scores[best]!,
        scores: Object.fromEntries(labels.map((label, i) => [label, scores[i]!])),
      };
    });
  }
}
