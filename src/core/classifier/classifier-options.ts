import { z } from "zod";
import { type Task, tasks } from "../data/targets.ts";
import { type HeadKind, headKinds, type Pooling, poolings } from "../models/classifier.ts";
import { parseOptions } from "../options.ts";
import type { Tokenizer } from "../text/tokenizer.ts";
import { type LossKind, lossKinds } from "./model-settings.ts";
import type { Trainable } from "./trainable.ts";

/** The choices of {@link ClassifierOptions} that a recipe has too. */
export const designShape = {
  head: z.enum(headKinds).optional().describe("one linear layer, or the architecture's own head"),
  loss: z
    .enum(lossKinds)
    .optional()
    .describe("over the classes, or binary cross-entropy of one logit for two classes or of one each"),
  pooling: z.enum(poolings).optional().describe("what the head reads: [CLS], or the mean over the tokens"),
  task: z
    .enum(tasks)
    .optional()
    .describe("one class a row, or any number of them (default: any number where labels are lists)"),
  trainable: z
    .union([z.string(), z.array(z.string())], {
      error: "give head, all, top:N, or patterns of parameter names",
    })
    .optional()
    .describe(
      "what is trained: head, all, top:N layers, or patterns of parameter names (default: head; all of random weights)",
    ),
} as const;

/** Checks the values. What they mean together, and for the model, is checked where it is put together. */
const classifierSchema = z.strictObject({
  ...designShape,
  labels: z.array(z.string()).optional(),
  thresholds: z.union([z.number(), z.array(z.number())], { error: "give a number, or one each" }).optional(),
  seed: z.int().min(0).optional(),
});
const pretrainedSchema = classifierSchema.extend({ fromScratch: z.boolean().optional() });

/** @throws ConfigError for a value that can't be used, or an option that doesn't exist. */
export function checkPretrainedOptions(options: PretrainedOptions): void {
  parseOptions(pretrainedSchema, options);
}

/** @throws ConfigError for a value that can't be used, or an option that doesn't exist. */
export function checkFromScratchOptions({ tokenizer: _, config: __, ...options }: FromScratchOptions): void {
  parseOptions(classifierSchema, options);
}

/** How a classifier is put together. */
export interface ClassifierOptions {
  /**
   * Class names, one logit each. The checkpoint's own, in any order and case, keep its head; others get a new one, as
   * another head, pooling, task or loss does: `classifier.loading` says so.
   *
   * @default those of the checkpoint, if it is a classifier
   */
  labels?: readonly string[];
  /** @default the checkpoint's own head if it is a classifier, else `linear` */
  head?: HeadKind;
  /** @default the checkpoint's own, or that of sentence-transformers' files beside it, else "cls" */
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
  /** What `fit` trains. @default the head; all of a model with random weights */
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
