import { join } from "node:path";
import { writeFileAtomic } from "../../node/files.ts";
import { writeSafetensorsFile } from "../../node/weights/safetensors-file.ts";
import type { Encoder } from "../models/encoder.ts";
import { usualLoss, writeModelSettings } from "./model-settings.ts";
import type { ClassifierState } from "./state.ts";

/** Writes a classifier in Hugging Face's layout. @throws OutputError */
export async function saveModel(state: ClassifierState, folder: string): Promise<void> {
  const { config, design, task, labels, thresholds, maxLength, pair, weights, tokenizer } = state;
  const { encoder, head, pooling, outputs } = design;
  const settings = writeModelSettings(config, encoder, {
    ...{ head, pooling, task, thresholds, maxLength, pair },
    loss: outputs === 1 ? "binaryCrossEntropy" : usualLoss(task),
    labels: [...labels],
  });
  await writeSafetensorsFile(join(folder, "model.safetensors"), weights);
  await tokenizer.save(folder, {
    modelInputNames: modelInputNames(encoder),
    // Pipelines of other tools cut to this.
    modelMaxLength: Math.min(maxLength ?? encoder.maxLength, encoder.maxLength),
  });
  // Last, since it is what makes a folder a model.
  await writeFileAtomic(join(folder, "config.json"), `${JSON.stringify(settings, null, 2)}\n`);
}

/** What a tokenizer is to pass to the model, for transformers. */
export function modelInputNames({ tokenTypes }: Encoder): string[] {
  return ["input_ids", ...(tokenTypes > 1 ? ["token_type_ids"] : []), "attention_mask"];
}
