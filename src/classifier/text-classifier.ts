import type { Dataset } from "../data/dataset.ts";
import type { Task } from "../data/targets.ts";
import { ConfigError, ModelError } from "../errors.ts";
import { type EvaluationReport, evaluationReport } from "../evaluation/evaluation-report.ts";
import type { Logits } from "../evaluation/logits.ts";
import { writeFileAtomic } from "../files.ts";
import { resolveModel } from "../hub/model.ts";
import type { HubOptions } from "../hub/settings.ts";
import { loadWeights, randomWeights, readModelJson } from "../models/checkpoint.ts";
import { type ClassifierDesign, type HeadKind, type Pooling, parametersOf } from "../models/classifier.ts";
import { encoderFor } from "../models/registry.ts";
import { trainingDropout } from "../nn/dropout.ts";
import type { WorkOptions } from "../progress.ts";
import { Tokenizer } from "../text/tokenizer.ts";
import { trainingStepOnnx } from "../training/step.ts";
import { type CrossValidationOptions, crossValidateHead } from "./cross-validate.ts";
import { fitClassifier } from "./fit.ts";
import type { FitOptions } from "./fit-options.ts";
import { type LossKind, readModelSettings, usualLoss } from "./model-settings.ts";
import { type Prediction, Scorer, type TextInput } from "./predict.ts";
import type { Run } from "./run.ts";
import { saveModel } from "./save-model.ts";
import type { ClassifierState } from "./state.ts";
import { thresholdsFor } from "./thresholds.ts";
import { tokenizeDataset } from "./tokenized-split.ts";
import { traceClassifier } from "./trace.ts";
import { type Trainable, trainableNames } from "./trainable.ts";

/** How a classifier is put together. */
export interface ClassifierOptions {
  /**
   * Class names, one logit each. Other names than the checkpoint's get a new head.
   *
   * @default those of the checkpoint, if it is a classifier
   */
  labels?: readonly string[];
  /** @default the checkpoint's own head if it is a classifier, else `linear` */
  head?: HeadKind;
  /** @default "cls" */
  pooling?: Pooling;
  /**
   * `singleLabel`: every row is of one class. `multiLabel`: of any number of them, none included; every class has a
   * logit of its own. A dataset's own is `dataset.task`.
   *
   * @default the checkpoint's own (`problem_type` in `config.json`), else `singleLabel`
   */
  task?: Task;
  /**
   * `binaryCrossEntropy` is for two classes: one logit, positive for the second class; it goes with a linear head. For
   * `task: "multiLabel"` it is the only one, over a logit a class.
   *
   * @default the checkpoint's own, else `crossEntropy`, or for `multiLabel` `binaryCrossEntropy`
   */
  loss?: LossKind;
  /**
   * Probability above which a class applies, for `task: "multiLabel"`: one for all, or one each in the order of the
   * labels. `fit` can choose them.
   *
   * @default the checkpoint's own, else 0.5
   */
  thresholds?: number | readonly number[];
  /** What `fit` trains. @default "all" */
  trainable?: Trainable;
  /** Of what no checkpoint holds: the head, or all of a model from scratch. Like `torch.manual_seed`. @default 42 */
  seed?: number;
}

/** How a named model is loaded. */
export interface PretrainedOptions extends ClassifierOptions {
  /**
   * Takes the model's architecture and tokenizer but not its weights: all of them are drawn from the seed, as for a
   * comparison with the pretrained model. @default false
   */
  fromScratch?: boolean;
}

/** A model with random weights, for training from scratch. */
export interface FromScratchOptions extends ClassifierOptions {
  labels: readonly string[];
  tokenizer: Tokenizer;
  /** A Hugging Face configuration: `model_type` and the sizes that differ from its defaults. */
  config: Record<string, unknown>;
}

/** Files of a model's folder, for the hub. */
const designFiles = {
  required: ["config.json", ["tokenizer.json", "vocab.txt", "vocab.json"]],
  optional: ["tokenizer_config.json", "special_tokens_map.json", "merges.txt", "vocab.txt"],
} as const;
const weightFiles = [
  "model.safetensors",
  "model.safetensors.index.json",
  "pytorch_model.bin",
  "pytorch_model.bin.index.json",
] as const;
const modelFiles = { ...designFiles, required: [...designFiles.required, weightFiles] };

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

  private constructor(state: ClassifierState, trainable: Trainable) {
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
    const { fromScratch = false } = options;
    const files = fromScratch ? designFiles : modelFiles;
    const folder = await resolveModel(nameOrFolder, { ...options, files });
    const config = await readModelJson(folder, "config.json");
    const encoder = encoderFor(config);
    const stored = readModelSettings(config, encoder);
    const labels = options.labels ?? stored.labels;
    if (!labels) {
      throw new ModelError(`${nameOrFolder} is an encoder without classes; give their names as \`labels\``);
    }
    const { head = stored.head, pooling = stored.pooling, task = stored.task, seed = 42 } = options;
    const loss = options.loss ?? (task === stored.task ? stored.loss : usualLoss(task));
    const design: ClassifierDesign = {
      encoder,
      head,
      pooling,
      outputs: outputsFor(task, loss, head, labels),
    };
    const parameters = parametersOf(design);
    const tokenizer = await Tokenizer.fromFolder(folder);
    const newHead =
      stored.labels?.join("\n") !== labels.join("\n") || stored.task !== task || stored.loss !== loss;
    const { weights, initialized } = fromScratch
      ? { weights: randomWeights(parameters, seed), initialized: [] }
      : await loadWeights(folder, encoder, parameters, { seed, newHead });
    if (!newHead && initialized.length > 0) {
      throw new ModelError(
        `${nameOrFolder} calls itself a classifier but lacks the weights ${initialized.join(", ")}`,
      );
    }
    const { maxLength } = stored;
    const thresholds = thresholdsFor(
      task,
      labels,
      options.thresholds ?? (newHead ? undefined : stored.thresholds),
    );
    const name = fromScratch ? `${nameOrFolder} (from scratch)` : nameOrFolder;
    const pretrained = !fromScratch;
    const hubModel = folder === nameOrFolder ? undefined : nameOrFolder;
    const state = {
      name,
      hubModel,
      config,
      design,
      tokenizer,
      pretrained,
      task,
      labels,
      thresholds,
      parameters,
      weights,
      maxLength,
    };
    return TextClassifier.#create(state, options.trainable);
  }

  /**
   * Builds a model with random weights.
   *
   * @throws ModelError if the configuration isn't one that textune can run.
   */
  static fromScratch(options: FromScratchOptions): TextClassifier {
    const { labels, tokenizer, head = "linear", pooling = "cls", task = "singleLabel", seed = 42 } = options;
    const { loss = usualLoss(task) } = options;
    const config = { ...options.config, vocab_size: tokenizer.vocabularySize, pad_token_id: tokenizer.padId };
    const encoder = encoderFor(config);
    const design: ClassifierDesign = {
      encoder,
      head,
      pooling,
      outputs: outputsFor(task, loss, head, labels),
    };
    const parameters = parametersOf(design);
    const weights = randomWeights(parameters, seed);
    const name = `${encoder.modelType} from scratch`;
    const thresholds = thresholdsFor(task, labels, options.thresholds);
    const parts = { name, config, design, tokenizer, task, labels, thresholds, parameters, weights };
    const state = { ...parts, pretrained: false, maxLength: undefined };
    return TextClassifier.#create(state, options.trainable);
  }

  static #create(state: ClassifierState, trainable: Trainable = "all"): TextClassifier {
    const { labels, tokenizer, design } = state;
    if (labels.length < 2)
      throw new ConfigError(`a classifier needs at least 2 classes, not ${labels.length}`);
    const twice = labels.find((label, i) => labels.indexOf(label) !== i);
    if (twice !== undefined) throw new ConfigError(`two classes are named "${twice}"`);
    if (tokenizer.vocabularySize > design.encoder.vocabularySize) {
      throw new ModelError(
        `the tokenizer of ${state.name} has ${tokenizer.vocabularySize} tokens and its model only ${design.encoder.vocabularySize}: they don't belong together`,
      );
    }
    return new TextClassifier(state, trainable);
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

/** @throws ConfigError where the loss doesn't go with the task or the classes. */
function outputsFor(task: Task, loss: LossKind, head: HeadKind, labels: readonly string[]): number {
  if (task === "multiLabel") {
    if (loss !== "crossEntropy") return labels.length;
    throw new ConfigError(
      "loss: crossEntropy is for one class a row; leave loss out for task: multiLabel, which has binaryCrossEntropy",
    );
  }
  if (loss === "crossEntropy") return labels.length;
  if (labels.length !== 2) {
    throw new ConfigError(`loss: binaryCrossEntropy is for 2 classes, not ${labels.length}`);
  }
  if (head !== "linear") throw new ConfigError("loss: binaryCrossEntropy goes with head: linear");
  return 1;
}
