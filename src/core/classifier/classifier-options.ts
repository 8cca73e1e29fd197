import type { Task } from "../data/targets.ts";
import type { HeadKind, Pooling } from "../models/classifier.ts";
import type { Tokenizer } from "../text/tokenizer.ts";
import type { LossKind } from "./model-settings.ts";
import type { Trainable } from "./trainable.ts";

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
