import { readFile, stat } from "node:fs/promises";
import { join } from "node:path";
import { z } from "zod";
import { formatShape } from "../engine/dimension.ts";
import { ModelError } from "../errors.ts";
import { initialize } from "../nn/initializers.ts";
import type { Parameter } from "../nn/parameters.ts";
import { TorchGenerator } from "../random/torch.ts";
import type { Encoder } from "./encoder.ts";
import { readPytorchCheckpoint } from "./pytorch-checkpoint.ts";
import { readSafetensors } from "./safetensors.ts";
import type { Weight } from "./weights-file.ts";

/** Parameter values by Hugging Face name, row-major. */
export type Weights = Map<string, Weight>;

/** Weights for a design, and which of them no checkpoint held. */
export interface LoadedWeights {
  weights: Weights;
  /** Names that were initialised, in order; a head's, for a pretrained encoder. */
  initialized: string[];
}

/** Reads a JSON file of a model's folder. @throws ModelError */
export async function readModelJson(folder: string, file: string): Promise<unknown> {
  const path = join(folder, file);
  let text: string;
  try {
    text = await readFile(path, "utf8");
  } catch (cause) {
    throw new ModelError(`can't read ${path}: a model's folder needs ${file}`, { cause });
  }
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw new ModelError(`${path} is not valid JSON: ${(cause as Error).message}`, { cause });
  }
}

const indexSchema = z.object({ weight_map: z.record(z.string(), z.string().regex(/^[\w.-]+$/)) });

/**
 * The files that hold a folder's weights: one, or the shards that an index lists. PyTorch's own files count where
 * there are no safetensors.
 */
async function weightFiles(folder: string): Promise<string[]> {
  for (const name of ["model.safetensors", "pytorch_model.bin"]) {
    if (await isFile(join(folder, name))) return [join(folder, name)];
    const index = `${name}.index.json`;
    if (!(await isFile(join(folder, index)))) continue;
    const parsed = indexSchema.safeParse(await readModelJson(folder, index));
    if (!parsed.success) throw new ModelError(`${join(folder, index)} doesn't list files of weights by name`);
    return [...new Set(Object.values(parsed.data.weight_map))].map((file) => join(folder, file));
  }
  throw new ModelError(`${folder} has no weights: neither model.safetensors nor pytorch_model.bin`);
}

async function isFile(path: string): Promise<boolean> {
  return (await stat(path).catch(() => undefined))?.isFile() ?? false;
}

/**
 * Names under which a checkpoint may hold a parameter: as a classifier has it; without the encoder's prefix, as a
 * bare encoder is exported; and with TensorFlow's `gamma` and `beta` for a layer norm's weight and bias.
 */
function spellings(name: string, encoder: Encoder): string[] {
  const prefix = `${encoder.prefix}.`;
  const bare = name.startsWith(prefix) ? [name, name.slice(prefix.length)] : [name];
  return bare.flatMap((spelling) => [
    spelling,
    spelling.replace(/LayerNorm\.weight$/, "LayerNorm.gamma").replace(/LayerNorm\.bias$/, "LayerNorm.beta"),
  ]);
}

/** How a checkpoint's parameters are loaded. */
export interface LoadOptions {
  /** Seeds what is initialised, in the parameters' order, like `torch.manual_seed`. */
  seed: number;
  /** Initialises the head even if the checkpoint has one, since its classes are others. @default false */
  newHead?: boolean;
}

/**
 * Loads a design's parameters from a model's folder. What belongs to the head and isn't there is initialised, as
 * for a pretrained encoder that becomes a classifier; keys that the design doesn't use are ignored.
 *
 * @param folder Holds `model.safetensors`, or else `pytorch_model.bin`; or shards with the index of either.
 * @throws ModelError if an encoder parameter is missing or a shape differs.
 */
export async function loadWeights(
  folder: string,
  encoder: Encoder,
  parameters: readonly Parameter[],
  { seed, newHead = false }: LoadOptions,
): Promise<LoadedWeights> {
  const wanted = new Map<string, Parameter>();
  for (const parameter of parameters) {
    if (newHead && !parameter.name.startsWith(`${encoder.prefix}.`)) continue;
    for (const spelling of spellings(parameter.name, encoder)) wanted.set(spelling, parameter);
  }
  const weights: Weights = new Map();
  for (const file of await weightFiles(folder)) {
    const read = file.endsWith(".safetensors") ? readSafetensors : readPytorchCheckpoint;
    for (const [key, weight] of await read(file, (name) => wanted.has(name))) {
      const parameter = wanted.get(key)!;
      checkShape(file, key, weight, parameter);
      weights.set(parameter.name, weight);
    }
  }
  const missing = parameters.filter(({ name }) => !weights.has(name));
  const lost = missing.filter(({ layer }) => layer !== "head");
  if (lost.length > 0) {
    const names = lost.slice(0, 3).map(({ name }) => name);
    const rest = lost.length > 3 ? ` and ${lost.length - 3} more` : "";
    throw new ModelError(
      `the weights in ${folder} are not those of a ${encoder.modelType}: ${names.join(", ")}${rest} missing`,
    );
  }
  initializeWeights(missing, weights, seed);
  return { weights, initialized: missing.map(({ name }) => name) };
}

/** Random values for all parameters, drawn in their order from a generator seeded like `torch.manual_seed`. */
export function randomWeights(parameters: readonly Parameter[], seed: number): Weights {
  const weights: Weights = new Map();
  initializeWeights(parameters, weights, seed);
  return weights;
}

/** Initialises parameters in their order from one generator. */
export function initializeWeights(parameters: readonly Parameter[], weights: Weights, seed: number): void {
  const generator = new TorchGenerator(seed);
  for (const { name, shape, initializer } of parameters) {
    const count = shape.reduce((a, b) => a * b, 1);
    weights.set(name, { shape, values: initialize(initializer, count, generator) });
  }
}

function checkShape(file: string, key: string, { shape }: Weight, parameter: Parameter): void {
  if (shape.join() === parameter.shape.join()) return;
  throw new ModelError(
    `${file}: "${key}" is ${formatShape(shape)} where config.json makes it ${formatShape(parameter.shape)}`,
  );
}
