import type { Dataset } from "../data/dataset.ts";
import type { Task } from "../data/targets.ts";
import { ConfigError, TrainingError } from "../errors.ts";
import { type EvaluationReport, evaluationReport } from "../evaluation/evaluation-report.ts";
import type { Logits } from "../evaluation/logits.ts";
import { untrainedHead } from "../findings/learning-findings.ts";
import type { Weights } from "../models/weights.ts";
import { trainingDropout } from "../nn/dropout.ts";
import type { WorkOptions } from "../progress.ts";
import type { Runner } from "../runner/runner.ts";
import { traceClassifier } from "../runner/trace.ts";
import type { Tokenizer } from "../text/tokenizer.ts";
import type { Finding } from "../training/run-record.ts";
import { type LogitsGraph, type ParameterValues, trainingStepOnnx } from "../training/step.ts";
import { type CrossValidationOptions, crossValidateHead } from "./cross-validate.ts";
import { fitClassifier } from "./fit.ts";
import type { FitOptions } from "./fit-options.ts";
import type { Host } from "./host.ts";
import { type FileContent, modelFiles } from "./model-files.ts";
import {
  checkInputs,
  type EmbedOptions,
  type Prediction,
  type PredictOptions,
  Scorer,
  type TextInput,
} from "./predict.ts";
import { predictEach } from "./predict-stream.ts";
import type { Run } from "./run.ts";
import type { ClassifierState, Loading } from "./state.ts";
import { tokenizeDataset } from "./tokenized-split.ts";
import { type Trainable, trainableNames } from "./trainable.ts";
import { defaultTrainable } from "./training-plan.ts";

/** A classifier as a training loop of one's own sees it. */
export interface TrainingModel {
  /** From tokens to logits, with dropout. */
  graph: LogitsGraph;
  /** Whether a parameter is trained. */
  trained: (name: string) => boolean;
  /** Values of all parameters by name. */
  parameters: Map<string, Float32Array>;
}

/**
 * A text classifier: a tokenizer, a transformer encoder and a classification head. What it is loaded from and saved to
 * is up to the host: `TextClassifier` of Node.js knows folders and the hub, that of the browser files and addresses.
 */
export class CoreTextClassifier {
  #state: ClassifierState;
  #scorer: Scorer;
  #isFitting = false;
  #isDisposed = false;
  /** undefined where it is left to what is trained on. */
  readonly #trainable: Trainable | undefined;
  readonly #host: Host;
  /** Does the work of everything but `fit`, which must not wait for a training. */
  readonly #runner: Runner;

  protected constructor(state: ClassifierState, trainable: Trainable | undefined, host: Host) {
    this.#state = state;
    this.#trainable = trainable;
    this.#host = host;
    this.#runner = host.runner();
    this.#scorer = new Scorer(state, this.#runner);
  }

  /** What it is at the moment; training makes a new one. */
  protected get state(): ClassifierState {
    return this.#state;
  }

  /** Class names, in the order of the logits. */
  get labels(): readonly string[] {
    return this.#state.labels;
  }

  /** Whether a text is of one class, or of any number of them. */
  get task(): Task {
    return this.#state.task;
  }

  /** Probabilities above which the classes apply, [classes]; undefined unless the task is `multiLabel`. */
  get thresholds(): readonly number[] | undefined {
    return this.#state.thresholds;
  }

  /** How many numbers `embed` gives for a text. */
  get hiddenSize(): number {
    return this.#state.design.encoder.hiddenSize;
  }

  /** Whether it reads pairs of texts; undefined where that isn't known, as of a model that was not trained here. */
  get pair(): boolean | undefined {
    return this.#state.pair;
  }

  /** Which parameters are new, which of the checkpoint's are not used, and why. */
  get loading(): Loading {
    return this.#state.loading;
  }

  /** What makes its answers worth less than they look: a head that was never trained. */
  get findings(): Finding[] {
    const { untrainedHead: parameters } = this.#state;
    return parameters.length > 0 ? [untrainedHead(parameters)] : [];
  }

  get tokenizer(): Tokenizer {
    return this.#state.tokenizer;
  }

  /**
   * Trains on a dataset and scores the others after every epoch. It is all or nothing: a training that fails or is
   * stopped leaves the classifier as it was, and `predict` answers by the weights before until the training is done.
   *
   * @throws DataError if a label isn't one of the classes, a text is empty, or (with `truncation: false`) longer
   * than the model's positions.
   * @throws ConfigError for an option that doesn't exist or can't work.
   * @throws TrainingError if training diverges, or the classifier is being trained already.
   * @throws Interrupted if `signal` stops it.
   */
  async fit(train: Dataset, options: FitOptions = {}): Promise<Run> {
    this.#checkAlive();
    if (this.#isFitting) {
      throw new TrainingError(
        "this classifier is being trained already; await that fit, or load the model a second time",
      );
    }
    this.#isFitting = true;
    const runner = this.#host.runner();
    try {
      const place = { host: this.#host, runner };
      const { run, state } = await fitClassifier(this.#state, this.#trainable, train, options, place);
      await this.#replace(state);
      return run;
    } finally {
      this.#isFitting = false;
      await runner.dispose();
    }
  }

  /**
   * Judges every row by a head that was not trained on it: stratified k-fold cross-validation of a new head on the
   * features of this model's encoder, which stays as it is. The classifier itself isn't changed.
   *
   * @returns Logits of all rows, in row order.
   * @throws DataError as `fit` does, or if a class has fewer rows than there are folds.
   */
  async crossValidate(dataset: Dataset, options: CrossValidationOptions = {}): Promise<Logits> {
    this.#checkAlive();
    const runner = this.#host.runner();
    try {
      return await crossValidateHead(this.#state, dataset, options, runner);
    } finally {
      await runner.dispose();
    }
  }

  /** Scores a labelled dataset. @throws DataError as `fit` does. */
  async evaluate(dataset: Dataset, work: WorkOptions = {}): Promise<EvaluationReport> {
    this.#checkAlive();
    const { labels, task } = this.#state;
    const scorer = this.#scorer;
    const { values } = dataset.targets(labels, task);
    const { rows } = await tokenizeDataset(this.#state, dataset, { subject: "texts", ...work });
    return evaluationReport(await scorer.outputs(rows, "texts", work), values, labels);
  }

  /**
   * Classifies one text (or pair of texts), or many at once. Texts longer than the model was trained on are cut. Calls
   * at the same time share batches and are answered in their order; one that `signal` stops leaves the others alone.
   *
   * @throws DataError if a text is empty or no text.
   * @throws Interrupted within one batch, if `signal` stops it.
   */
  async predict(input: TextInput, options?: PredictOptions): Promise<Prediction>;
  async predict(inputs: readonly TextInput[], options?: PredictOptions): Promise<Prediction[]>;
  async predict(
    input: TextInput | readonly TextInput[],
    options: PredictOptions = {},
  ): Promise<Prediction | Prediction[]> {
    this.#checkAlive();
    const { inputs, isOne } = checkInputs(input);
    const predictions = await this.#scorer.predict(inputs, options);
    return isOne ? predictions[0]! : predictions;
  }

  /**
   * Classifies texts as they come, such as the lines of a file or the messages of a queue, and gives the predictions in
   * their order. At most 128 texts are under way; leaving the loop stops them.
   *
   * @throws What `predict` throws, at the turn of the text.
   *
   * @example
   * for await (const { label } of classifier.predictStream(lines)) console.log(label);
   */
  predictStream(
    inputs: AsyncIterable<TextInput> | Iterable<TextInput>,
    { signal, ...options }: Omit<PredictOptions, "onProgress"> = {},
  ): AsyncGenerator<Prediction, void, undefined> {
    this.#checkAlive();
    return predictEach(inputs, (input, left) => {
      const signals = signal ? [signal, left] : [left];
      return this.predict(input, { ...options, signal: AbortSignal.any(signals) });
    });
  }

  /**
   * What the encoder makes of a text, or of many: the pooled hidden state that the head reads.
   *
   * @returns [hidden size] for a text; one of them each for many.
   * @throws DataError if a text is empty or no text.
   */
  async embed(input: TextInput, options?: EmbedOptions): Promise<Float32Array>;
  async embed(inputs: readonly TextInput[], options?: EmbedOptions): Promise<Float32Array[]>;
  async embed(
    input: TextInput | readonly TextInput[],
    options: EmbedOptions = {},
  ): Promise<Float32Array | Float32Array[]> {
    this.#checkAlive();
    const { inputs, isOne } = checkInputs(input);
    const values = await this.#scorer.features(inputs, options);
    const size = this.#state.design.encoder.hiddenSize;
    const rows = inputs.map((_, i) => values.subarray(i * size, (i + 1) * size));
    return isOne ? rows[0]! : rows;
  }

  /**
   * The model's files in Hugging Face's layout, by name: `config.json`, `model.safetensors`, `tokenizer.json` and
   * `tokenizer_config.json`. A classifier made of them gives bit-identical logits.
   */
  files(): Map<string, FileContent> {
    return modelFiles(this.#state);
  }

  /**
   * The graph of a training step (forward, loss, gradients of what is trained) as an ONNX file. Weights are its
   * inputs, so the file is small.
   */
  trainingStep(): Uint8Array {
    const { design, parameters, task } = this.#state;
    const trained = trainableNames(
      this.#trainable ?? defaultTrainable(this.#state),
      design.encoder,
      parameters,
    );
    const graph = traceClassifier(design, trainingDropout());
    return trainingStepOnnx(graph, (name) => trained.has(name), { task });
  }

  /**
   * What a training loop of one's own needs, see `examples/custom-loop.ts`: the graph for `TrainingStep.compile`, the
   * names of what is trained, and copies of all parameters for an `Updater`, which changes them in place.
   */
  trainingModel(): TrainingModel {
    const { design, parameters, weights } = this.#state;
    const names = trainableNames(
      this.#trainable ?? defaultTrainable(this.#state),
      design.encoder,
      parameters,
    );
    return {
      graph: traceClassifier(design, trainingDropout()),
      trained: (name) => names.has(name),
      parameters: new Map([...weights].map(([name, { values }]) => [name, values.slice()])),
    };
  }

  /**
   * Answers by these weights from now on; calls that are under way are answered by those before.
   *
   * @param values Parameters by name, as `trainingModel` names them, which are copied; others stay as they are.
   * @throws ConfigError for a name that the model doesn't have, or another number of values.
   */
  async adopt(values: ParameterValues): Promise<void> {
    this.#checkAlive();
    const weights: Weights = new Map(this.#state.weights);
    for (const [name, given] of values) {
      const weight = weights.get(name);
      if (weight?.values.length !== given.length) {
        const expected = weight ? `${weight.values.length} values` : "no such parameter";
        throw new ConfigError(`${name} has ${given.length} values, and the model ${expected}`);
      }
      weights.set(name, { shape: weight.shape, values: given.slice() });
    }
    await this.#replace({ ...this.#state, weights });
  }

  async #replace(state: ClassifierState): Promise<void> {
    const before = this.#scorer;
    this.#state = state;
    this.#scorer = new Scorer(state, this.#runner);
    await before.release();
  }

  /**
   * Frees what the runtime holds, and the thread that works for it, when the calls under way are answered. The
   * classifier can't be used any more. `await using` does the same at the end of a block.
   *
   * @throws TrainingError while it is being trained.
   */
  async dispose(): Promise<void> {
    if (this.#isFitting) throw new TrainingError("this classifier is being trained; stop that first");
    this.#isDisposed = true;
    await this.#scorer.release();
    await this.#scorer.idle();
    await this.#runner.dispose();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.dispose();
  }

  #checkAlive(): void {
    if (this.#isDisposed) throw new ConfigError("this classifier was disposed of; load the model again");
  }
}
