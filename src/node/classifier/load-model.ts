import { join } from "node:path";
import type { StoredModel } from "../../core/classifier/assemble-classifier.ts";
import { readSentenceFiles } from "../../core/classifier/sentence-encoder.ts";
import { encoderFor, recognizeConfig } from "../../core/models/registry.ts";
import { isFile } from "../hub/cache.ts";
import { resolveModel } from "../hub/model.ts";
import type { HubOptions } from "../hub/settings.ts";
import { readTokenizer, tokenizerFiles } from "../text/tokenizer-folder.ts";
import { readModelJson, weightFilesOf } from "../weights/model-folder.ts";
import { modelFolder } from "./model-folder.ts";

/** Files of a model's folder, for the hub. */
const designFiles = {
  required: ["config.json", ...tokenizerFiles.required],
  optional: [
    ...tokenizerFiles.optional,
    "modules.json",
    "sentence_bert_config.json",
    "1_Pooling/config.json",
  ],
};
const weightFiles = [
  "model.safetensors",
  "model.safetensors.index.json",
  "pytorch_model.bin",
  "pytorch_model.bin.index.json",
] as const;
const modelFiles = { ...designFiles, required: [...designFiles.required, weightFiles] };

/**
 * Finds a model and reads all but its weights.
 *
 * @param name A name on the Hugging Face hub, a local folder, or the folder of a run.
 * @param options.fromScratch Leaves its weights where they are.
 * @throws ModelError, HubError
 */
export async function openModel(
  name: string,
  { fromScratch = false, ...options }: HubOptions & { fromScratch?: boolean },
): Promise<StoredModel> {
  const nameOrFolder = await modelFolder(name);
  const files = fromScratch ? designFiles : modelFiles;
  const folder = await resolveModel(nameOrFolder, {
    ...options,
    files,
    checkConfig: (config, name) => encoderFor(recognizeConfig(config, name).config),
  });
  return {
    name: nameOrFolder,
    hubModel: folder === nameOrFolder ? undefined : nameOrFolder,
    config: await readModelJson(folder, "config.json"),
    tokenizer: await readTokenizer(folder),
    sentence: await readSentenceFiles(async (file) =>
      (await isFile(join(folder, file))) ? readModelJson(folder, file) : undefined,
    ),
    weights: fromScratch ? [] : await weightFilesOf(folder),
  };
}
