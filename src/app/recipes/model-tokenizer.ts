import { readModelSettings } from "../../core/classifier/model-settings.ts";
import { ModelError } from "../../core/errors.ts";
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
 * @throws ModelError if there is no tokenizer, or its files are damaged.
 */
export async function modelTokenizer(
  nameOrFolder: string,
  hub: HubOptions = {},
): Promise<{ tokenizer: Tokenizer; maxLength: number | undefined }> {
  const folder = await resolveModel(await modelFolder(nameOrFolder), { ...hub, files: tokenizerFiles });
  const tokenizer = await readTokenizer(folder);
  return { tokenizer, maxLength: (await modelLimit(folder, nameOrFolder)) ?? tokenizer.modelMaxLength };
}

/** Tokens that a model takes, where its folder has a configuration that textune knows. */
async function modelLimit(folder: string, name: string): Promise<number | undefined> {
  try {
    const { config } = recognizeConfig(await readModelJson(folder, "config.json"), name);
    const encoder = encoderFor(config);
    return readModelSettings(config, encoder).maxLength ?? encoder.maxLength;
  } catch (error) {
    // Data can be looked at through the tokenizer of any model, also one that textune can't train.
    if (error instanceof ModelError) return undefined;
    throw error;
  }
}
