import { z } from "zod";
import { pretrainedClassifier, scratchClassifier } from "../../core/classifier/assemble-classifier.ts";
import {
  checkPretrainedOptions,
  type FromScratchOptions,
  type PretrainedOptions,
} from "../../core/classifier/classifier-options.ts";
import type { CrossValidationOptions as CoreCrossValidationOptions } from "../../core/classifier/cross-validate.ts";
import type { FitOptions as CoreFitOptions } from "../../core/classifier/fit-options.ts";
import type { Run } from "../../core/classifier/run.ts";
import { CoreTextClassifier } from "../../core/classifier/text-classifier.ts";
import type { Dataset } from "../../core/data/dataset.ts";
import type { Logits } from "../../core/evaluation/logits.ts";
import { count } from "../../core/options.ts";
import { shareWeights } from "../../core/runner/shared-values.ts";
import { writeFileAtomic } from "../files.ts";
import type { HubOptions } from "../hub/settings.ts";
import { CheckpointFolder } from "../training/checkpoint-folder.ts";
import { type ThreadOptions, usesThreads } from "../worker/node-runner.ts";
import { FeatureCache } from "./feature-cache.ts";
import { openModel } from "./load-model.ts";
import { nodeHost } from "./node-host.ts";
import { saveModel } from "./save-model.ts";

/** What `fit` keeps on disk: the part of it that can be said in a file. */
export const storageSchema = z.strictObject({
  /** Folder that keeps a frozen encoder's features for later runs; `false` keeps none. @default the user's cache */
  featureCache: z
    .union([z.literal(false), z.string()], { error: "give a folder, or false" })
    .optional()
    .describe("folder that keeps a frozen encoder's features for later runs; false keeps none"),
  saveTotalLimit: count.default(2).describe("checkpoints that stay: the latest ones"),
});

/** How `fit` trains, and what it keeps on disk. */
export interface FitOptions
  extends Omit<CoreFitOptions, "features" | "checkpoints">,
    z.input<typeof storageSchema> {
  /**
   * Folder of checkpoints `step-N`. From the last one a stopped training goes on, to the same weights as if it had
   * never stopped. @default none are kept
   */
  checkpointFolder?: string;
}

/** How heads are trained that judge the rows they haven't seen. */
export interface CrossValidationOptions
  extends Omit<CoreCrossValidationOptions, "features">,
    z.input<typeof storageSchema> {}

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
export class TextClassifier extends CoreTextClassifier {
  /**
   * Loads a model: an encoder, which gets a new head, or a classifier saved by textune or Hugging Face.
   *
   * @param nameOrFolder A name on the Hugging Face hub, a local folder with `config.json`, weights and a tokenizer,
   * or the folder of a run.
   * @throws ConfigError for a value that can't be used, or an option that doesn't exist.
   * @throws ModelError if there is no such model, its architecture isn't supported or its files are damaged.
   * @throws HubError if the hub can't be reached.
   */
  static async fromPretrained(
    nameOrFolder: string,
    { worker, ...options }: PretrainedOptions & HubOptions & ThreadOptions = {},
  ): Promise<TextClassifier> {
    const { revision, cacheDir, token, endpoint, offline, fetch, signal, onProgress, onNotice, ...design } =
      options;
    // Before anything is downloaded.
    checkPretrainedOptions(design);
    const hub = {
      ...{ revision, cacheDir, token, endpoint, offline, fetch, signal, onProgress, onNotice },
    } satisfies Record<keyof HubOptions, unknown>;
    const model = await openModel(nameOrFolder, { ...hub, fromScratch: design.fromScratch });
    const state = await pretrainedClassifier(model, design);
    // The threads then share the weights, and none has a copy.
    if (usesThreads({ worker })) await shareWeights(state.weights);
    return new TextClassifier(state, design.trainable, nodeHost({ worker }));
  }

  /**
   * Builds a model with random weights.
   *
   * @throws ModelError if the configuration isn't one that textune can run.
   */
  static fromScratch({ worker, ...options }: FromScratchOptions & ThreadOptions): TextClassifier {
    return new TextClassifier(scratchClassifier(options), options.trainable, nodeHost({ worker }));
  }

  override async fit(
    train: Dataset,
    { featureCache, checkpointFolder, saveTotalLimit, ...options }: FitOptions = {},
  ): Promise<Run> {
    return super.fit(train, {
      ...options,
      features: featureStore(featureCache),
      checkpoints:
        checkpointFolder === undefined
          ? undefined
          : new CheckpointFolder(checkpointFolder, { keep: saveTotalLimit }),
    });
  }

  override async crossValidate(
    dataset: Dataset,
    { featureCache, saveTotalLimit: _, ...options }: CrossValidationOptions = {},
  ): Promise<Logits> {
    return super.crossValidate(dataset, { ...options, features: featureStore(featureCache) });
  }

  /**
   * Saves the model in Hugging Face's layout: `config.json`, `model.safetensors`, `tokenizer.json` and
   * `tokenizer_config.json`. Loading it gives bit-identical logits.
   *
   * @throws OutputError if the folder can't be written to.
   */
  async save(folder: string): Promise<void> {
    await saveModel(this.state, folder);
  }

  /**
   * Writes the graph of a training step (forward, loss, gradients of what is trained) as an ONNX file. Weights are
   * its inputs, so the file is small.
   *
   * @throws OutputError if the file can't be written.
   */
  async writeTrainingStep(path: string): Promise<void> {
    await writeFileAtomic(path, this.trainingStep());
  }
}

const featureStore = (featureCache: string | false | undefined): FeatureCache | undefined =>
  featureCache === false ? undefined : new FeatureCache(featureCache);
