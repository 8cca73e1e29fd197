import { resolveModel } from "../../node/hub/model.ts";
import type { HubOptions } from "../../node/hub/settings.ts";
import { readModelJson, weightFilesOf } from "../../node/weights/model-folder.ts";
import type { Task } from "../data/targets.ts";
import { ConfigError, ModelError } from "../errors.ts";
import { loadWeights, randomWeights } from "../models/checkpoint.ts";
import { type HeadKind, parametersOf } from "../models/classifier.ts";
import { encoderFor } from "../models/registry.ts";
import { Tokenizer } from "../text/tokenizer.ts";
import type { FromScratchOptions, PretrainedOptions } from "./classifier-options.ts";
import { isMarkedRandom, type LossKind, readModelSettings, usualLoss } from "./model-settings.ts";
import type { ClassifierState } from "./state.ts";
import { thresholdsFor } from "./thresholds.ts";

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

/** Loads a model, see `TextClassifier.fromPretrained`. */
export async function pretrainedClassifier(
  nameOrFolder: string,
  options: PretrainedOptions & HubOptions,
): Promise<ClassifierState> {
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
  const design = { encoder, head, pooling, outputs: outputsFor(task, loss, head, labels) };
  const parameters = parametersOf(design);
  const tokenizer = await Tokenizer.fromFolder(folder);
  const newHead =
    stored.labels?.join("\n") !== labels.join("\n") || stored.task !== task || stored.loss !== loss;
  const { weights, initialized } = fromScratch
    ? { weights: randomWeights(parameters, seed), initialized: [] }
    : await loadWeights(await weightFilesOf(folder), encoder, parameters, { seed, newHead });
  if (!newHead && initialized.length > 0) {
    throw new ModelError(
      `${nameOrFolder} calls itself a classifier but lacks the weights ${initialized.join(", ")}`,
    );
  }
  // Those of the checkpoint were chosen for its own weights.
  const storedThresholds = newHead || fromScratch ? undefined : stored.thresholds;
  const thresholds = thresholdsFor(task, labels, options.thresholds ?? storedThresholds);
  return checked({
    name: fromScratch ? `${nameOrFolder} (from scratch)` : nameOrFolder,
    hubModel: folder === nameOrFolder ? undefined : nameOrFolder,
    pretrained: !fromScratch && !isMarkedRandom(config),
    maxLength: stored.maxLength,
    pair: stored.pair,
    ...{ config, design, tokenizer, task, labels, thresholds, parameters, weights },
  });
}

/** Makes a model with random weights, see `TextClassifier.fromScratch`. */
export function scratchClassifier(options: FromScratchOptions): ClassifierState {
  const { labels, tokenizer, head = "linear", pooling = "cls", task = "singleLabel", seed = 42 } = options;
  const { loss = usualLoss(task) } = options;
  const config = { ...options.config, vocab_size: tokenizer.vocabularySize, pad_token_id: tokenizer.padId };
  const encoder = encoderFor(config);
  const design = { encoder, head, pooling, outputs: outputsFor(task, loss, head, labels) };
  const parameters = parametersOf(design);
  return checked({
    name: `${encoder.modelType} from scratch`,
    pretrained: false,
    maxLength: undefined,
    pair: undefined,
    weights: randomWeights(parameters, seed),
    thresholds: thresholdsFor(task, labels, options.thresholds),
    ...{ config, design, tokenizer, task, labels, parameters },
  });
}

/** @throws ConfigError, ModelError where classes, tokenizer and model don't go together. */
function checked(state: ClassifierState): ClassifierState {
  const { labels, tokenizer, design } = state;
  if (labels.length < 2) {
    const found = labels.length === 0 ? "none was found" : `"${labels[0]}" is the only one`;
    throw new ConfigError(
      `a classifier needs at least 2 classes, and ${found}; check the label column, or name all classes as labels`,
    );
  }
  const twice = labels.find((label, i) => labels.indexOf(label) !== i);
  if (twice !== undefined) throw new ConfigError(`two classes are named "${twice}"`);
  if (tokenizer.vocabularySize > design.encoder.vocabularySize) {
    throw new ModelError(
      `the tokenizer of ${state.name} has ${tokenizer.vocabularySize} tokens and its model only ${design.encoder.vocabularySize}: they don't belong together`,
    );
  }
  return state;
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
