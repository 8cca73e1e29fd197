import type { Task } from "../data/targets.ts";
import { ConfigError, ModelError } from "../errors.ts";
import { loadWeights, randomWeights, weightNames } from "../models/checkpoint.ts";
import { type HeadKind, parametersOf } from "../models/classifier.ts";
import type { Encoder } from "../models/encoder.ts";
import { encoderFor, recognizeConfig } from "../models/registry.ts";
import type { WeightFile } from "../models/weights.ts";
import type { Parameter } from "../nn/parameters.ts";
import type { Tokenizer } from "../text/tokenizer.ts";
import {
  checkFromScratchOptions,
  checkPretrainedOptions,
  type FromScratchOptions,
  type PretrainedOptions,
} from "./classifier-options.ts";
import { isMarkedRandom, type LossKind, readModelSettings, usualLoss } from "./model-settings.ts";
import { storedCut } from "./row-limit.ts";
import { readSentenceEncoder, type SentenceEncoder, type SentenceFiles } from "./sentence-encoder.ts";
import type { ClassifierState } from "./state.ts";
import { planHead, reorderHead, reorderNote } from "./take-head.ts";
import { thresholdsFor } from "./thresholds.ts";

/** A model as it was found: what its files hold, wherever they are. */
export interface StoredModel {
  /** As the user named it. */
  name: string;
  /** Its id on the Hugging Face hub, where it was taken from there. */
  hubModel: string | undefined;
  /** Its `config.json`, parsed. */
  config: unknown;
  tokenizer: Tokenizer;
  /** What sentence-transformers says of it, where it is one of its models. */
  sentence?: SentenceFiles;
  /** The files that hold its weights; none are read for a model from scratch. */
  weights: readonly WeightFile[];
}

/**
 * Makes a classifier of a stored model, see `TextClassifier.fromPretrained`.
 *
 * @throws ModelError, ConfigError where its files or the options don't fit.
 */
export async function pretrainedClassifier(
  { name, hubModel, config: storedConfig, tokenizer, sentence: sentenceFiles, weights: files }: StoredModel,
  options: PretrainedOptions,
): Promise<ClassifierState> {
  checkPretrainedOptions(options);
  const { fromScratch = false } = options;
  const { config, note } = recognizeConfig(storedConfig, name);
  const encoder = encoderFor(config);
  const stored = readModelSettings(config, encoder, await hasOutputLayer(files, encoder));
  const labels = options.labels ?? stored.labels;
  if (!labels) {
    const what = stored.unusable ?? "it is an encoder without classes";
    throw new ModelError(`${name} has no classes to use, since ${what}; give their names as \`labels\``);
  }
  const { head = stored.head, task = stored.task, seed = 42 } = options;
  // A classifier's own settings win over those that its encoder once had.
  const sentence =
    sentenceFiles && !stored.isClassifier ? readSentenceEncoder(sentenceFiles, name) : undefined;
  // Hugging Face's heads read [CLS].
  const ownPooling = head === "linear" ? sentence?.pooling : undefined;
  const pooling = options.pooling ?? ownPooling ?? stored.pooling;
  const loss = options.loss ?? (task === stored.task ? stored.loss : usualLoss(task));
  const design = { encoder, head, pooling, outputs: outputsFor(task, loss, head, labels) };
  const parameters = parametersOf(design);
  const plan = planHead(stored, { head, pooling, task, loss, labels });
  const { weights, initialized, dropped } = fromScratch
    ? { weights: randomWeights(parameters, seed), initialized: [], dropped: [] }
    : await loadWeights(files, encoder, parameters, { seed, newHead: !plan.taken });
  if (plan.taken) {
    if (initialized.length > 0) {
      throw new ModelError(
        `${name} calls itself a classifier but lacks the weights ${initialized.join(", ")}`,
      );
    }
    reorderHead(design, plan.classes, weights);
  }
  // Those of the checkpoint were chosen for its own weights.
  const storedThresholds =
    plan.taken && !fromScratch ? plan.classes.map((place) => stored.thresholds?.[place] ?? 0.5) : undefined;
  const thresholds = thresholdsFor(
    task,
    labels,
    options.thresholds ?? (stored.thresholds && storedThresholds),
  );
  const headNote = plan.taken ? reorderNote(plan.classes) : plan.why && `the head is new: ${plan.why}`;
  return checked({
    name: fromScratch ? `${name} (from scratch)` : name,
    hubModel,
    untrainedHead: headOf(parameters).filter(
      (name) => fromScratch || stored.untrainedHead || initialized.includes(name),
    ),
    pretrained: !fromScratch && !isMarkedRandom(config),
    loading: {
      initialized,
      dropped,
      notes: [
        note,
        tokenizer.paddingSide === "left"
          ? "the tokenizer asks for padding on the left; rows are padded on the right, where no answer depends on it"
          : undefined,
        fromScratch ? undefined : headNote,
        ...sentenceNotes(sentence, options.pooling === undefined && ownPooling !== undefined),
      ].filter((text) => text !== undefined),
    },
    maxLength: storedCut(encoder, tokenizer, stored.maxLength ?? sentence?.maxLength),
    pair: stored.pair,
    ...{ config, design, tokenizer, task, labels, thresholds, parameters, weights },
  });
}

/** What was taken from the files of sentence-transformers. */
function sentenceNotes(sentence: SentenceEncoder | undefined, takesPooling: boolean): string[] {
  if (!sentence) return [];
  const { pooling, maxLength, notes } = sentence;
  const taken = [
    ...(takesPooling ? [`${pooling} pooling`] : []),
    ...(maxLength === undefined ? [] : [`a cut at ${maxLength} tokens`]),
  ];
  return [
    ...(taken.length > 0 ? [`${taken.join(" and ")}, as sentence-transformers reads this encoder`] : []),
    ...notes,
  ];
}

/** Whether weights hold the output layer of Hugging Face's head. */
async function hasOutputLayer(files: readonly WeightFile[], encoder: Encoder): Promise<boolean> {
  const names = await weightNames(files);
  return names.some((name) => name.endsWith(`${encoder.outputLayer}.weight`));
}

/** Makes a model with random weights, see `TextClassifier.fromScratch`. */
export function scratchClassifier(options: FromScratchOptions): ClassifierState {
  checkFromScratchOptions(options);
  const { labels, tokenizer, head = "linear", pooling = "cls", task = "singleLabel", seed = 42 } = options;
  const { loss = usualLoss(task) } = options;
  const config = { ...options.config, vocab_size: tokenizer.vocabularySize, pad_token_id: tokenizer.padId };
  const encoder = encoderFor(config);
  const design = { encoder, head, pooling, outputs: outputsFor(task, loss, head, labels) };
  const parameters = parametersOf(design);
  return checked({
    name: `${encoder.modelType} from scratch`,
    pretrained: false,
    untrainedHead: headOf(parameters),
    loading: { initialized: [], dropped: [], notes: [] },
    maxLength: storedCut(encoder, tokenizer, undefined),
    pair: undefined,
    weights: randomWeights(parameters, seed),
    thresholds: thresholdsFor(task, labels, options.thresholds),
    ...{ config, design, tokenizer, task, labels, parameters },
  });
}

const headOf = (parameters: readonly Parameter[]): string[] =>
  parameters.filter(({ layer }) => layer === "head").map(({ name }) => name);

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
