import { z } from "zod";
import { classesOf } from "../data/targets.ts";
import { DataError } from "../errors.ts";
import { type Outputs, outputsOf } from "../evaluation/outputs.ts";
import { count, parseOptions } from "../options.ts";
import type { WorkOptions } from "../progress.ts";
import type { RowModel, Runner, RunOptions } from "../runner/runner.ts";
import type { TokenRows } from "../text/token-rows.ts";
import { tokenizeRows } from "../text/tokenize-rows.ts";
import { encoderValues, tokenData } from "./encode-splits.ts";
import { longestRow } from "./row-limit.ts";
import { type ClassifierState, designData, valuesOf } from "./state.ts";

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
  /** Probability of every class by name; with `topK` of the most probable ones, in falling order. */
  scores: Record<string, number>;
  /** What the model's last layer gives, [classes] (a single output z as 0 and z); where it was asked for. */
  logits?: number[];
}

/** How texts are classified. */
export interface PredictOptions extends WorkOptions {
  /** Keeps this many of `scores`, the most probable ones. @default all, in the order of the labels */
  topK?: number;
  /** Texts at once at most. @default as many as suit the model */
  batchSize?: number;
  /** Gives the logits too. @default false */
  logits?: boolean;
}

/** How features of texts are made. */
export type EmbedOptions = WorkOptions & Pick<PredictOptions, "batchSize">;

const predictSchema = z.strictObject({
  topK: count.optional(),
  batchSize: count.optional(),
  logits: z.boolean().default(false),
});

/** @throws DataError where a model that learnt pairs is to read single texts, or the other way round */
function checkPairs(trained: boolean | undefined, given: boolean): void {
  if (trained === undefined || trained === given) return;
  throw new DataError(
    trained
      ? "the model was trained on pairs of texts; give the second text too (--pair, or { text, pair })"
      : "the model was trained on single texts, not on pairs; leave the second text out, or make one text of both",
  );
}

/** Runs texts through a classifier as it is at one moment; what that needs is compiled at first use. */
export class Scorer {
  readonly #state: ClassifierState;
  readonly #runner: Runner;
  readonly #models = new Map<"logits" | "features", Promise<RowModel>>();
  /** Calls that are under way. */
  #running = 0;
  #isReleased = false;
  readonly #whenIdle: (() => void)[] = [];

  constructor(state: ClassifierState, runner: Runner) {
    this.#state = state;
    this.#runner = runner;
  }

  /** What the model gives for every row, in row order. */
  async outputs(rows: TokenRows, subject: string, work: EmbedOptions): Promise<Outputs> {
    return this.#use(async () => {
      const { design } = this.#state;
      const values = await this.#run("logits", rows, { stage: "evaluate", subject, ...work });
      return outputsOf(this.#state, rows.count, design.outputs, values);
    });
  }

  /**
   * What the head reads of every text: row-major [texts, hidden size].
   *
   * @throws DataError if a text is empty.
   */
  async features(
    inputs: readonly TextInput[],
    { batchSize: given, ...work }: EmbedOptions,
  ): Promise<Float32Array> {
    const { batchSize } = parseOptions(predictSchema, { batchSize: given });
    return this.#use(async () => {
      const rows = await this.#tokenize(inputs, work);
      return this.#run("features", rows, { stage: "encode", subject: "texts", batchSize, ...work });
    });
  }

  /** @throws DataError if a text is empty. */
  async predict(inputs: readonly TextInput[], options: PredictOptions): Promise<Prediction[]> {
    const { onProgress, signal, ...given } = options;
    const { topK, batchSize, logits } = parseOptions(predictSchema, given);
    return this.#use(async () => {
      const work = { onProgress, signal };
      const rows = await this.#tokenize(inputs, work);
      const outputs = await this.outputs(rows, "texts", { ...work, batchSize });
      return predictionsOf(outputs, this.#state.labels, { topK, logits });
    });
  }

  /** Frees what was compiled, when what runs on it is done. */
  async release(): Promise<void> {
    this.#isReleased = true;
    if (this.#running > 0) return;
    const models = [...this.#models.values()];
    this.#models.clear();
    // One that could not be compiled holds nothing.
    for (const model of models) await (await model.catch(() => undefined))?.release();
  }

  /** Resolves when no call is under way. */
  async idle(): Promise<void> {
    while (this.#running > 0) await new Promise<void>((resolve) => this.#whenIdle.push(resolve));
  }

  async #use<Result>(work: () => Promise<Result>): Promise<Result> {
    this.#running++;
    try {
      return await work();
    } finally {
      this.#running--;
      if (this.#isReleased) await this.release();
      if (this.#running === 0) for (const resolve of this.#whenIdle.splice(0)) resolve();
    }
  }

  async #run(output: "logits" | "features", rows: TokenRows, options: RunOptions): Promise<Float32Array> {
    let model = this.#models.get(output);
    if (!model) {
      const state = this.#state;
      const weights = output === "logits" ? valuesOf(state.weights) : encoderValues(state);
      model = this.#runner.open({ design: designData(state), output, weights });
      model.catch(() => this.#models.delete(output));
      this.#models.set(output, model);
    }
    return (await model).run(tokenData(this.#state, { rows }), options);
  }

  async #tokenize(inputs: readonly TextInput[], { signal }: WorkOptions): Promise<TokenRows> {
    const { tokenizer, design, pair } = this.#state;
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
    return tokenizeRows(tokenizer, texts, { maxLength, signal });
  }
}

function predictionsOf(
  outputs: Outputs,
  labels: readonly string[],
  { topK, logits }: Pick<PredictOptions, "topK" | "logits">,
): Prediction[] {
  const probabilities = outputs.probabilities();
  const answers = outputs.answers();
  const width = outputs.values.length / answers.length;
  return answers.map((answer, row) => {
    const scores = probabilities.subarray(row * labels.length, (row + 1) * labels.length);
    const best = scores.indexOf(Math.max(...scores));
    const said = classesOf(answer).sort((a, b) => scores[b]! - scores[a]!);
    const all = labels.map((label, i) => [label, scores[i]!] as const);
    const shown = topK === undefined ? all : all.sort((a, b) => b[1] - a[1]).slice(0, topK);
    return {
      labels: said.map((label) => labels[label]!),
      label: labels[best]!,
      score: scores[best]!,
      scores: Object.fromEntries(shown),
      ...(logits && { logits: [...outputs.values.subarray(row * width, (row + 1) * width)] }),
    };
  });
}
