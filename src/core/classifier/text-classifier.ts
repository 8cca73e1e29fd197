import type { Run } from "../../app/recipes/run.ts";
import { writeFileAtomic } from "../../node/files.ts";
import type { HubOptions } from "../../node/hub/settings.ts";
import type { Dataset } from "../data/dataset.ts";
import type { Task } from "../data/targets.ts";
import { type EvaluationReport, evaluationReport } from "../evaluation/evaluation-report.ts";
import type { Logits } from "../evaluation/logits.ts";
import { trainingDropout } from "../nn/dropout.ts";
import type { WorkOptions } from "../progress.ts";
import type { Tokenizer } from "../text/tokenizer.ts";
import { trainingStepOnnx } from "../training/step.ts";
import { pretrainedClassifier, scratchClassifier } from "./assemble-classifier.ts";
import type { FromScratchOptions, PretrainedOptions } from "./classifier-options.ts";
import { type CrossValidationOptions, crossValidateHead } from "./cross-validate.ts";
import { fitClassifier } from "./fit.ts";
import type { FitOptions } from "./fit-options.ts";
import { type Prediction, Scorer, type TextInput } from "./predict.ts";
import { saveModel } from "./save-model.ts";
import type { ClassifierState, Loading } from "./state.ts";
import { tokenizeDataset } from "./tokenized-split.ts";
import { traceClassifier } from "./trace.ts";
import { type Trainable, trainableNames } from "./trainable.ts";

/**
 * A text classifier: a tokenizer, a transformer encoder and a classification head.
 *
 * @example
 * const classifier = await TextClassifier.fromPretrained("distilbert-base-uncased", {
 *   labels: ["World", "Sports", "Business", "Sci/Tech"],
 *   trainable: "head",
 * });
 * const run = await classifier.fit(train, { evaluate: { test }, epochs: 20, learningRate: 1e-3 });
 * await classifier.predict("Wall St. Bears Claw Back Into the Black"); // { label: "Business", score: 0.97, … }
 */
export class TextClassifier {
  readonly #state: ClassifierState;
  readonly #trainable: Trainable;
  readonly #scorer: Scorer;

  private constructor(state: ClassifierState, trainable: Trainable = "all") {
    this.#state = state;
    this.#trainable = trainable;
    this.#scorer = new Scorer(state);
  }

  /**
   * Loads a model: an encoder, which gets a new head, or a classifier saved by textune or Hugging Face.
   *
   * @param nameOrFolder A name on the Hugging Face hub or a local folder with `config.json`, weights and
   * a tokenizer.
   * @throws ModelError if there is no such model, its architecture isn't supported or its files are damaged.
   * @throws HubError if the hub can't be reached.
   */
  static async fromPretrained(
    nameOrFolder: string,
    options: PretrainedOptions & HubOptions = {},
  ): Promise<TextClassifier> {
    const state = await pretrainedClassifier(nameOrFolder, options);
    return new TextClassifier(state, options.trainable);
  }

  /**
   * Builds a model with random weights.
   *
   * @throws ModelError if the configuration isn't one that textune can run.
   */
  static fromScratch(options: FromScratchOptions): TextClassifier {
    return new TextClassifier(scratchClassifier(options), options.trainable);
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

  /** Which parameters are new, which of the checkpoint's are not used, and why. */
  get loading(): Loading {
    return this.#state.loading;
  }

  get tokenizer(): Tokenizer {
    return this.#state.tokenizer;
  }

  /**
   * Trains on a dataset and scores the others after every epoch.
   *
   * @throws DataError if a label isn't one of the classes, a text is empty, or (with `truncation: false`) longer
   * than the model's positions.
   * @throws TrainingError if training diverges.
   * @throws Interrupted if `signal` stops it.
   */
  async fit(train: Dataset, options: FitOptions = {}): Promise<Run> {
    return fitClassifier(this.#state, this.#trainable, train, options);
  }

  /**
   * Judges every row by a head that was not trained on it: stratified k-fold cross-validation of a new head on the
   * features of this model's encoder, which stays as it is. The classifier itself isn't changed.
   *
   * @returns Logits of all rows, in row order.
   * @throws DataError as `fit` does, or if a class has fewer rows than there are folds.
   */
  async crossValidate(dataset: Dataset, options: CrossValidationOptions = {}): Promise<Logits> {
    return crossValidateHead(this.#state, dataset, options);
  }

  /** Scores a labelled dataset. @throws DataError as `fit` does. */
  async evaluate(dataset: Dataset, work: WorkOptions = {}): Promise<EvaluationReport> {
    const { values } = dataset.targets(this.labels, this.task);
    const { rows } = await tokenizeDataset(this.#state, dataset, { subject: "texts", ...work });
    return evaluationReport(await this.#scorer.outputs(rows, "texts", work), values, this.labels);
  }

  /**
   * Classifies one text (or pair of texts), or many at once. Texts longer than the model was trained on are cut.
   *
   * @throws DataError if a text is empty.
   */
  async predict(input: TextInput, work?: WorkOptions): Promise<Prediction>;
  async predict(inputs: readonly TextInput[], work?: WorkOptions): Promise<Prediction[]>;
  async predict(
    input: TextInput | readonly TextInput[],
    work: WorkOptions = {},
  ): Promise<Prediction | Prediction[]> {
    const isOne = typeof input === "string" || "text" in input;
    const predictions = await this.#scorer.predict(isOne ? [input] : input, work);
    return isOne ? predictions[0]! : predictions;
  }

  /**
   * Saves the model in Hugging Face's layout: `config.json`, `model.safetensors`, `tokenizer.json` and
   * `tokenizer_config.json`. Loading it gives bit-identical logits.
   *
   * @throws OutputError if the folder can't be written to.
   */
  async save(folder: string): Promise<void> {
    await saveModel(this.#state, folder);
  }

  /**
   * Writes the graph of a training step (forward, loss, gradients of what is trained) as an ONNX file. Weights are
   * its inputs, so the file is small.
   *
   * @throws OutputError if the file can't be written.
   */
  async writeTrainingStep(path: string): Promise<void> {
    const { design, parameters, task } = this.#state;
    const trained = trainableNames(this.#trainable, design.encoder, parameters);
    const graph = traceClassifier(design, trainingDropout());
    await writeFileAtomic(
      path,
      trainingStepOnnx(graph, (name) => trained.has(name), { task }),
    );
  }
}
