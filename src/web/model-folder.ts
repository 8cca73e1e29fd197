import type { StoredModel } from "../core/classifier/assemble-classifier.ts";
import { readSentenceFiles } from "../core/classifier/sentence-encoder.ts";
import { ModelError } from "../core/errors.ts";
import { encoderFor, recognizeConfig } from "../core/models/registry.ts";
import { readSafetensors } from "../core/models/safetensors.ts";
import { shardNames } from "../core/models/weight-index.ts";
import type { WeightFile } from "../core/models/weights.ts";
import { Tokenizer } from "../core/text/tokenizer.ts";
import { TOKENIZER_SIDE_FILES, VOCABULARY_FILES } from "../core/text/tokenizer-files.ts";

/** The files of a model, wherever they are. */
export interface ModelFolder {
  /** How messages call it. */
  name: string;
  /** Its id on the Hugging Face hub, where it is from there. */
  hubModel?: string;
  /** A file; undefined where there is none of that name. */
  get(name: string): Promise<Blob | undefined>;
}

/** Files in memory, by their paths; the model's folder is the one with the outermost `config.json`. */
export function filesFolder(name: string, files: ReadonlyMap<string, Blob>): ModelFolder {
  const configs = [...files.keys()].filter((path) => /(^|\/)config\.json$/.test(path));
  const [outermost = ""] = configs.sort((a, b) => a.split("/").length - b.split("/").length);
  const root = outermost.slice(0, outermost.lastIndexOf("/") + 1);
  return { name, get: async (file) => files.get(root + file) };
}

/**
 * Reads all of a model but its weights, and finds these.
 *
 * @param options.fromScratch Leaves its weights where they are.
 * @throws ModelError if a file is missing or damaged, or textune can't run its architecture.
 */
export async function readModel(
  folder: ModelFolder,
  { fromScratch = false }: { fromScratch?: boolean },
): Promise<StoredModel> {
  const { name, hubModel } = folder;
  const config = await readJson(folder, "config.json");
  if (config === undefined) throw new ModelError(`${name} has no config.json; give all files of a model`);
  // Weights take minutes; whether they are of a kind that can be used, config.json says at once.
  encoderFor(recognizeConfig(config, name).config);
  const tokenizer = await readTokenizer(folder);
  return {
    ...{ name, hubModel, config, tokenizer },
    sentence: await readSentenceFiles((file) => readJson(folder, file)),
    weights: fromScratch ? [] : await weightFilesOf(folder),
  };
}

async function readTokenizer(folder: ModelFolder): Promise<Tokenizer> {
  const files: Record<string, Uint8Array> = {};
  const add = async (name: string): Promise<boolean> => {
    const blob = await folder.get(name);
    if (blob) files[name] = new Uint8Array(await blob.arrayBuffer());
    return blob !== undefined;
  };
  // Of several vocabularies the first counts, so that the others need not be fetched.
  for (const name of VOCABULARY_FILES) if (await add(name)) break;
  for (const name of TOKENIZER_SIDE_FILES) await add(name);
  return Tokenizer.fromFiles(files, folder.name);
}

/** @throws ModelError if there are none. */
async function weightFilesOf(folder: ModelFolder): Promise<WeightFile[]> {
  const whole = await folder.get("model.safetensors");
  if (whole) return [weightFile("model.safetensors", whole)];
  const index = await readJson(folder, "model.safetensors.index.json");
  if (index === undefined) {
    const other = (await folder.get("pytorch_model.bin")) ? ", only pytorch_model.bin" : "";
    throw new ModelError(
      `${folder.name} has no model.safetensors${other}; a browser reads safetensors: save the model again in Python or with textune in Node.js`,
    );
  }
  const files: WeightFile[] = [];
  for (const name of shardNames(index, "model.safetensors.index.json")) {
    const shard = await folder.get(name);
    if (!shard) throw new ModelError(`${folder.name} lacks ${name}, which its index names`);
    files.push(weightFile(name, shard));
  }
  return files;
}

function weightFile(path: string, blob: Blob): WeightFile {
  const source = {
    byteLength: blob.size,
    slice: (start: number, end: number) => blob.slice(start, end).arrayBuffer(),
  };
  return { path, read: (wanted) => readSafetensors(source, path, wanted) };
}

async function readJson(folder: ModelFolder, name: string): Promise<unknown> {
  const text = await (await folder.get(name))?.text();
  if (text === undefined) return undefined;
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw new ModelError(`${name} of ${folder.name} is not valid JSON; download or save it again`, { cause });
  }
}
