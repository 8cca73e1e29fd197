import { z } from "zod";
import { ModelError } from "../errors.ts";
import type { HeadKind, Pooling } from "../models/classifier.ts";
import type { Encoder } from "../models/encoder.ts";
import { version } from "../version.ts";

/** Cross-entropy over the classes, or binary cross-entropy of a single logit for two. */
export const lossKinds = ["crossEntropy", "binaryCrossEntropy"] as const;
export type LossKind = (typeof lossKinds)[number];

/** What textune adds to a model's `config.json`, under the key `textune`. */
const textuneKey = z.object({
  head: z.enum(["linear", "huggingface"]),
  pooling: z.enum(["cls", "mean"]),
  loss: z.enum(lossKinds).default("crossEntropy"),
  /** Tokens that a row was cut to in training. */
  max_length: z.number().int().positive().nullish(),
});

/** The classifier that a `config.json` describes, beyond its encoder. */
export interface ModelSettings {
  head: HeadKind;
  pooling: Pooling;
  loss: LossKind;
  maxLength: number | undefined;
  /** Class names, if the checkpoint is a classifier. */
  labels: string[] | undefined;
}

const labelMap = z.record(z.string().regex(/^\d+$/), z.string());

/**
 * Reads the head, the pooling and the class names from a parsed `config.json`. A classifier saved by Hugging Face
 * has its own head; anything else is an encoder that gets a linear one.
 *
 * @throws ModelError if `id2label` or textune's own key is malformed.
 */
export function readModelSettings(config: unknown, encoder: Encoder): ModelSettings {
  const raw = config as Record<string, unknown>;
  const architectures = Array.isArray(raw.architectures) ? raw.architectures : [];
  if (raw.textune !== undefined) {
    const parsed = textuneKey.safeParse(raw.textune);
    if (!parsed.success)
      throw new ModelError('config.json has a damaged key "textune"; train or save the model again');
    const { head, pooling, loss, max_length } = parsed.data;
    return { head, pooling, loss, maxLength: max_length ?? undefined, labels: readLabels(raw) };
  }
  const isClassifier = architectures.includes(encoder.classifierClass);
  return {
    head: isClassifier ? "huggingface" : "linear",
    pooling: "cls",
    loss: "crossEntropy",
    maxLength: undefined,
    labels: isClassifier ? readLabels(raw) : undefined,
  };
}

function readLabels(config: Record<string, unknown>): string[] {
  const parsed = labelMap.safeParse(config.id2label);
  // Hugging Face leaves out the names of two classes that no one named.
  if (config.id2label === undefined) return ["LABEL_0", "LABEL_1"];
  const names = parsed.success ? parsed.data : {};
  const labels = Object.keys(names).map((_, i) => names[String(i)]);
  if (labels.length < 2 || labels.includes(undefined)) {
    throw new ModelError("config.json needs id2label with the names of classes 0, 1, …");
  }
  return labels as string[];
}

/**
 * The `config.json` of a classifier: the encoder's own keys, the class names and how the logits are made. Only a
 * model with Hugging Face's head names Hugging Face's class, since others would load it without this head.
 */
export function writeModelSettings(
  config: unknown,
  encoder: Encoder,
  { head, pooling, loss, maxLength, labels }: ModelSettings & { labels: string[] },
): Record<string, unknown> {
  const { textune: _, architectures: __, ...kept } = config as Record<string, unknown>;
  return {
    ...kept,
    architectures: [head === "huggingface" ? encoder.classifierClass : encoder.encoderClass],
    model_type: encoder.modelType,
    problem_type: "single_label_classification",
    id2label: Object.fromEntries(labels.map((label, i) => [String(i), label])),
    label2id: Object.fromEntries(labels.map((label, i) => [label, i])),
    textune: { version, head, pooling, loss, max_length: maxLength ?? null },
  };
}
