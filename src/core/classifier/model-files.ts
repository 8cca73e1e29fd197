import type { Encoder } from "../models/encoder.ts";
import { safetensorsPieces } from "../models/safetensors.ts";
import { usualLoss, writeModelSettings } from "./model-settings.ts";
import { longestRow } from "./row-limit.ts";
import type { ClassifierState } from "./state.ts";

/** What a file is made of: text, or bytes in pieces. */
export type FileContent = string | readonly Uint8Array[];

/**
 * The files of a classifier in Hugging Face's layout, by name: the weights first, `config.json` last, since it is what
 * makes a folder a model.
 */
export function modelFiles(state: ClassifierState): Map<string, FileContent> {
  const { config, design, task, labels, thresholds, maxLength, pair, weights, tokenizer } = state;
  const { encoder, head, pooling, outputs } = design;
  const settings = writeModelSettings(config, encoder, {
    ...{ head, pooling, task, thresholds, maxLength, pair },
    untrainedHead: state.untrainedHead.length > 0,
    loss: outputs === 1 ? "binaryCrossEntropy" : usualLoss(task),
    labels: [...labels],
  });
  // Pipelines of other tools cut to this.
  const modelMaxLength = longestRow(encoder, maxLength);
  return new Map<string, FileContent>([
    ["model.safetensors", safetensorsPieces(weights)],
    ...Object.entries(tokenizer.files({ modelInputNames: modelInputNames(encoder), modelMaxLength })),
    ["config.json", `${JSON.stringify(settings, null, 2)}\n`],
  ]);
}

/** What a tokenizer is to pass to the model, for transformers. */
export function modelInputNames({ tokenTypes }: Encoder): string[] {
  return ["input_ids", ...(tokenTypes > 1 ? ["token_type_ids"] : []), "attention_mask"];
}
