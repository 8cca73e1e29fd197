import { formatShape } from "../engine/dimension.ts";
import { ModelError } from "../errors.ts";
import { initialize } from "../nn/initializers.ts";
import type { Parameter } from "../nn/parameters.ts";
import { TorchGenerator } from "../random/torch.ts";
import { matchNames } from "./checkpoint-names.ts";
import type { Encoder } from "./encoder.ts";
import type { Weight, WeightFile, Weights } from "./weights.ts";

/** Weights for a design, and what differs from the checkpoint. */
export interface LoadedWeights {
  weights: Weights;
  /** Names that no checkpoint held and that were initialised, in order; a head's, for a pretrained encoder. */
  initialized: string[];
  /** Names of the checkpoint that the design doesn't use: its head, if that is another one. */
  dropped: string[];
}

/** How a checkpoint's parameters are loaded. */
export interface LoadOptions {
  /** Seeds what is initialised, in the parameters' order, like `torch.manual_seed`. */
  seed: number;
  /** Initialises the head even if the checkpoint has one, since its classes are others. @default false */
  newHead?: boolean;
}

/** The names of all tensors in a model's files. @throws ModelError */
export async function weightNames(files: readonly WeightFile[]): Promise<string[]> {
  const names = new Set<string>();
  for (const file of files) {
    await file.read((name) => {
      names.add(name);
      return false;
    });
  }
  return [...names];
}

/**
 * Loads a design's parameters from a model's files. What belongs to the head and isn't there is initialised, as
 * for a pretrained encoder that becomes a classifier.
 *
 * @param files All that hold weights.
 * @throws ModelError if an encoder parameter is missing or a shape differs.
 */
export async function loadWeights(
  files: readonly WeightFile[],
  encoder: Encoder,
  parameters: readonly Parameter[],
  { seed, newHead = false }: LoadOptions,
): Promise<LoadedWeights> {
  const kept = newHead ? parameters.filter(({ name }) => name.startsWith(`${encoder.prefix}.`)) : parameters;
  const { parameters: wanted, unused } = matchNames(await weightNames(files), kept, encoder);
  const weights: Weights = new Map();
  for (const file of files) {
    for (const [key, weight] of await file.read((name) => wanted.has(name))) {
      const parameter = wanted.get(key)!;
      checkShape(file.path, key, weight, parameter);
      weights.set(parameter.name, weight);
    }
  }
  const missing = parameters.filter(({ name }) => !weights.has(name));
  const lost = missing.filter(({ layer }) => layer !== "head");
  if (lost.length > 0) {
    const names = lost.slice(0, 3).map(({ name }) => name);
    const rest = lost.length > 3 ? ` and ${lost.length - 3} more` : "";
    throw new ModelError(
      `the weights in ${files.map(({ path }) => path).join(", ")} are not those of a ${encoder.modelType}: ${names.join(", ")}${rest} missing`,
    );
  }
  initializeWeights(missing, weights, seed);
  return { weights, initialized: missing.map(({ name }) => name), dropped: unused };
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
