import { z } from "zod";
import type { Task } from "../data/targets.ts";
import { ModelError } from "../errors.ts";
import type { HeadKind, Pooling } from "../models/classifier.ts";
import type { Encoder } from "../models/encoder.ts";
import { version } from "../version.ts";

/**
 * Cross-entropy over the classes, or binary cross-entropy: of a single logit for two classes, or of one each where any
 * number of classes may apply.
 */
export const lossKinds = ["crossEntropy", "binaryCrossEntropy"] as const;
export type LossKind = (typeof lossKinds)[number];

/** What textune adds to a model's `config.json`, under the key `textune`. */
const textuneKey = z.object({
  head: z.enum(["linear", "huggingface"]),
  pooling: z.enum(["cls", "mean"]),
  loss: z.enum(lossKinds).default("crossEntropy"),
  /** Probabilities above which the classes of a multi-label model apply. */
  thresholds: z.array(z.number().min(0).lt(1)).nullish(),
  /** Tokens that a row was cut to in training. */
  max_length: z.number().int().positive().nullish(),
  /** Whether it was trained on pairs of texts. */
  pair: z.boolean().nullish(),
  /** Whether its head is random: saved before it was trained. */
  untrained_head: z.boolean().nullish(),
});

/** The classifier that a `config.json` describes, beyond its encoder. */
export interface ModelSettings {
  head: HeadKind;
  pooling: Pooling;
  task: Task;
  loss: LossKind;
  /** Probabilities above which the classes of a multi-label model apply, [classes]. */
  thresholds: readonly number[] | undefined;
  maxLength: number | undefined;
  /** Whether it was trained on pairs of texts; undefined where that isn't known. */
  pair: boolean | undefined;
  /** Class names, if the checkpoint is a classifier. */
  labels: string[] | undefined;
  /** Whether its head was saved before it was trained. */
  untrainedHead: boolean;
  /** Whether it is a classifier already, textune's or Hugging Face's, and no bare encoder. */
  isClassifier: boolean;
  /** Why there are no class names, where the checkpoint is a classifier that has none to go on with. */
  unusable?: string;
}

/** What `problem_type` says of the task, as transformers reads and writes it. */
const problemTypes: Record<Task, string> = {
  singleLabel: "single_label_classification",
  multiLabel: "multi_label_classification",
};

/** The loss that goes with a task, where nothing else is asked for. */
export const usualLoss = (task: Task): LossKind =>
  task === "multiLabel" ? "binaryCrossEntropy" : "crossEntropy";

/** Marks the `config.json` of a model that was made but never trained. */
const randomKey = "textune_random_weights";
export const markRandom = (config: object) => ({ ...config, [randomKey]: true });
export const isMarkedRandom = (config: unknown): boolean => Object.hasOwn(config as object, randomKey);

const labelMap = z.record(z.string().regex(/^\d+$/), z.string());

/**
 * Reads the head, the pooling and the class names from a parsed `config.json`. A classifier saved by Hugging Face
 * has its own head; anything else is an encoder that gets a linear one.
 *
 * @param hasHead Whether the weights hold the output layer of Hugging Face's head: it tells where `architectures` is
 * left out. @default false
 * @throws ModelError if textune's own key is malformed.
 */
export function readModelSettings(config: unknown, encoder: Encoder, hasHead = false): ModelSettings {
  const raw = config as Record<string, unknown>;
  const architectures = Array.isArray(raw.architectures) ? raw.architectures : undefined;
  const task: Task = raw.problem_type === problemTypes.multiLabel ? "multiLabel" : "singleLabel";
  if (raw.textune !== undefined) {
    const parsed = textuneKey.safeParse(raw.textune);
    if (!parsed.success)
      throw new ModelError('config.json has a damaged key "textune"; train or save the model again');
    const { head, pooling, loss, thresholds, max_length, pair, untrained_head } = parsed.data;
    const classes = readClasses(raw);
    const { labels } = classes;
    if (thresholds && labels && thresholds.length !== labels.length) {
      throw new ModelError(`config.json has ${thresholds.length} thresholds for ${labels.length} classes`);
    }
    return {
      ...{ head, pooling, task, loss },
      ...classes,
      thresholds: thresholds ?? undefined,
      maxLength: max_length ?? undefined,
      pair: pair ?? undefined,
      untrainedHead: untrained_head === true,
      isClassifier: true,
    };
  }
  const isClassifier = architectures?.includes(encoder.classifierClass) ?? hasHead;
  return {
    head: isClassifier ? "huggingface" : "linear",
    pooling: "cls",
    task,
    loss: usualLoss(task),
    thresholds: undefined,
    maxLength: undefined,
    pair: undefined,
    untrainedHead: false,
    isClassifier,
    ...(isClassifier ? readClasses(raw) : { labels: undefined }),
  };
}

/** The class names as transformers reads them: `id2label`, else as many as `num_labels` says, else two. */
function readClasses(config: Record<string, unknown>): Pick<ModelSettings, "labels" | "unusable"> {
  const { id2label, num_labels: count, problem_type: problem } = config;
  if (problem === "regression")
    return unusable("it predicts a number (problem_type: regression), not classes");
  let labels: (string | undefined)[];
  if (id2label === undefined || id2label === null) {
    const classes = Number.isSafeInteger(count) ? Number(count) : 2;
    if (classes > mostUnnamedClasses) return unusable(`num_labels is ${classes}`);
    labels = Array.from({ length: Math.max(classes, 0) }, (_, i) => `LABEL_${i}`);
  } else {
    const parsed = labelMap.safeParse(id2label);
    const names = parsed.success ? parsed.data : {};
    labels = Object.keys(names).map((_, i) => names[String(i)]);
    if (labels.length === 0 || labels.includes(undefined)) {
      return unusable("id2label in its config.json doesn't name classes 0, 1, …");
    }
  }
  if (labels.length < 2) return unusable("it has a single output, not two or more classes");
  return { labels: labels as string[] };
}

/** More classes than any classifier has: a damaged number. */
const mostUnnamedClasses = 1_000_000;

const unusable = (why: string) => ({ labels: undefined, unusable: why });

/** Whether Hugging Face's own class of the architecture is the whole classifier: its head, on [CLS] as it reads it. */
export const isHuggingFaces = ({ head, pooling }: { head: string; pooling: string }): boolean =>
  head === "huggingface" && pooling === "cls";

/**
 * The `config.json` of a classifier: the encoder's own keys, the class names and how the logits are made. Only a
 * model that is Hugging Face's class throughout names it: a tool that took another for it would answer by a random head.
 */
export function writeModelSettings(
  config: unknown,
  encoder: Encoder,
  {
    head,
    pooling,
    task,
    loss,
    thresholds,
    maxLength,
    pair,
    untrainedHead = false,
    labels,
  }: Omit<ModelSettings, "isClassifier" | "untrainedHead"> & { untrainedHead?: boolean; labels: string[] },
): Record<string, unknown> {
  const { textune: _, architectures: __, [randomKey]: ___, ...kept } = config as Record<string, unknown>;
  return {
    ...kept,
    ...(isHuggingFaces({ head, pooling }) && { architectures: [encoder.classifierClass] }),
    model_type: encoder.modelType,
    problem_type: problemTypes[task],
    id2label: Object.fromEntries(labels.map((label, i) => [String(i), label])),
    label2id: Object.fromEntries(labels.map((label, i) => [label, i])),
    textune: {
      ...{ version, head, pooling, loss },
      ...(thresholds && { thresholds: [...thresholds] }),
      max_length: maxLength ?? null,
      ...(pair !== undefined && { pair }),
      ...(untrainedHead && { untrained_head: true }),
    },
  };
}
