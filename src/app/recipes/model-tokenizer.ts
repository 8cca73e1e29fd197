import { readModelSettings } from "../../core/classifier/model-settings.ts";
import { longestRow, storedCut } from "../../core/classifier/row-limit.ts";
import { ModelError } from "../../core/errors.ts";
import type { Encoder } from "../../core/models/encoder.ts";
import { encoderFor, recognizeConfig } from "../../core/models/registry.ts";
import type { Tokenizer } from "../../core/text/tokenizer.ts";
import { modelFolder } from "../../node/classifier/model-folder.ts";
import { resolveModel } from "../../node/hub/model.ts";
import type { HubOptions } from "../../node/hub/settings.ts";
import { readTokenizer, tokenizerFiles } from "../../node/text/tokenizer-folder.ts";
import { readModelJson } from "../../node/weights/model-folder.ts";

/**
 * The tokenizer of a model and the tokens that the model takes, without its weights.
 *
 * @param nameOrFolder a run's folder, a model's folder (a tokenizer alone will do) or a model on the hub
 * @param options.truncation tokens that rows would be cut to. @default as the model cuts them
 * @returns `maxLength`: the longest row that the model would get; undefined where nothing limits it.
 * @throws ModelError if there is no tokenizer, or its files are damaged.
 */
export async function modelTokenizer(
  nameOrFolder: string,
  { truncation, ...hub }: HubOptions & { truncation?: number } = {},
): Promise<{ tokenizer: Tokenizer; maxLength: number | undefined }> {
  const folder = await resolveModel(await modelFolder(nameOrFolder), { ...hub, files: tokenizerFiles });
  const tokenizer = await readTokenizer(folder);
  const model = await modelOf(folder, nameOrFolder);
  if (!model) return { tokenizer, maxLength: truncation ?? tokenizer.modelMaxLength };
  const { encoder, trained } = model;
  return { tokenizer, maxLength: longestRow(encoder, truncation ?? storedCut(encoder, tokenizer, trained)) };
}

/** The encoder, and the cut that it was trained with, where the folder has a configuration that textune knows. */
async function modelOf(
  folder: string,
  name: string,
): Promise<{ encoder: Encoder; trained: number | undefined } | undefined> {
  try {
    const { config } = recognizeConfig(await readModelJson(folder, "config.json"), name);
    const encoder = encoderFor(config);
    return { encoder, trained: readModelSettings(config, encoder).maxLength };
  } catch (error) {
    // Data can be looked at through the tokenizer of any model, also one that textune can't train.
    if (error instanceof ModelError) return undefined;
    throw error;
  }
}
