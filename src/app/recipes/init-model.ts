import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { modelInputNames } from "../../core/classifier/model-files.ts";
import { markRandom } from "../../core/classifier/model-settings.ts";
import { ConfigError, OutputError } from "../../core/errors.ts";
import { randomWeights } from "../../core/models/checkpoint.ts";
import { encoderParameters } from "../../core/models/encoder.ts";
import { baseConfig, encoderFor } from "../../core/models/registry.ts";
import type { Tokenizer } from "../../core/text/tokenizer.ts";
import { outputError, writeFileAtomic } from "../../node/files.ts";
import { saveTokenizer } from "../../node/text/tokenizer-folder.ts";
import { writeSafetensorsFile } from "../../node/weights/safetensors-file.ts";

/** What a new model is made of. */
export interface InitModelOptions {
  /** A `model_type`, one of `architectureNames`; DeBERTa v3 is a `deberta-v2`. */
  architecture: string;
  /** Keys of `config.json` that differ from the architecture's base checkpoint, by Hugging Face's names. */
  config?: Readonly<Record<string, unknown>>;
  /** Decides the size of the vocabulary, unless `config` asks for more. */
  tokenizer: Tokenizer;
  /** Of the weights. @default 42 */
  seed?: number;
  /** Writes into a folder that holds something already. @default false */
  overwrite?: boolean;
}

/** What was made. */
export interface InitializedModel {
  /** Its `model_type`. */
  architecture: string;
  layers: number;
  hiddenSize: number;
  parameters: number;
}

/**
 * Writes an encoder with random weights as a Hugging Face folder, to be trained from scratch.
 *
 * @throws ConfigError for an unknown architecture or key, or a vocabulary smaller than the tokenizer's
 * @throws ModelError for a configuration that textune can't run
 * @throws OutputError if the folder can't be written to, or is not empty
 *
 * @example
 * const tokenizer = await loadTokenizer("distilbert-base-uncased");
 * await initModel("small", { architecture: "distilbert", config: { n_layers: 2, dim: 256 }, tokenizer });
 */
export async function initModel(
  folder: string,
  { architecture, config: changes = {}, tokenizer, seed = 42, overwrite = false }: InitModelOptions,
): Promise<InitializedModel> {
  const tokens = tokenizer.vocabularySize;
  const config = {
    ...baseConfig(architecture, { vocab_size: tokens, ...changes }),
    pad_token_id: tokenizer.padId,
  };
  const encoder = encoderFor(config);
  if (encoder.vocabularySize < tokens) {
    throw new ConfigError(
      `a vocab_size of ${encoder.vocabularySize} is too small for a tokenizer with ${tokens} tokens`,
    );
  }
  if (!overwrite) await checkEmpty(folder);
  const weights = randomWeights(encoderParameters(encoder), seed);
  await writeSafetensorsFile(join(folder, "model.safetensors"), weights);
  await saveTokenizer(tokenizer, folder, { modelInputNames: modelInputNames(encoder) });
  // Last, since it is what makes a folder a model.
  const settings = markRandom({ architectures: [encoder.encoderClass], ...config });
  await writeFileAtomic(join(folder, "config.json"), `${JSON.stringify(settings, null, 2)}\n`);
  const parameters = [...weights.values()].reduce((sum, { values }) => sum + values.length, 0);
  const { modelType, layers, hiddenSize } = encoder;
  return { architecture: modelType, layers, hiddenSize, parameters };
}

async function checkEmpty(folder: string): Promise<void> {
  const present = await readdir(folder).catch((error: NodeJS.ErrnoException) => {
    if (error.code === "ENOENT") return [];
    throw outputError(folder, error);
  });
  if (present.length > 0) {
    throw new OutputError(`${folder} is not empty; choose another folder, or give --overwrite`);
  }
}
