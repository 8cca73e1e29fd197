import { basename, extname } from "node:path";
import { z } from "zod";
import { designShape } from "../../core/classifier/classifier-options.ts";
import { fitSchema } from "../../core/classifier/fit-options.ts";
import { dataExtension, withoutDataExtension } from "../../core/data/formats/data-file.ts";
import { labelEncodings } from "../../core/data/multi-hot.ts";
import { ConfigError } from "../../core/errors.ts";
import { parseOptions } from "../../core/options.ts";
import { storageSchema } from "../../node/classifier/text-classifier.ts";
import { readYaml } from "./read-yaml.ts";

const share = z.number().positive();

/**
 * Every key of a recipe. Each is also a flag of `textune train`, in kebab-case, whose help is the description.
 * Keys without a default that stay unset are decided by what is trained, see `trainingDefaults`.
 */
export const recipeSchema = z.strictObject({
  dataset: z.string().min(1).describe("dataset on the hub, or a local file or folder of split files"),
  datasetConfig: z.string().optional().describe("configuration of a dataset that has several"),
  separator: z
    .string()
    .optional()
    .describe("what stands between the cells of CSV files, such as ; or \\t (default: a comma)"),
  columns: z
    .array(z.string())
    .min(1)
    .optional()
    .describe("names of the columns of CSV files that have no line of them"),
  field: z.string().optional().describe("key of a JSON object that holds the rows (default: data)"),
  train: z.string().default("train").describe("split to train on; slices work: train[:5%], train+validation"),
  evaluate: z
    .array(z.string())
    .optional()
    .describe(
      "splits to score after every epoch (default: test and validation splits, else heldOut: 20 % of the rows)",
    ),
  textColumns: z
    .array(z.string())
    .min(1)
    .max(2)
    .optional()
    .describe("text column, or both columns of a pair"),
  labelColumn: z
    .string()
    .optional()
    .describe("column of the class, or of lists of classes (default: label or labels)"),
  labelColumns: z
    .array(z.string())
    .min(2)
    .optional()
    .describe("in its place, columns of 0 and 1 that are named after the classes"),
  labelSeparator: z
    .string()
    .min(1)
    .optional()
    .describe("what stands between the classes of a text cell, such as |: rows are then of several classes"),
  labelEncoding: z
    .enum(labelEncodings)
    .optional()
    .describe(
      "what lists of 0 and 1 are: multi-hot (one for every class) or indices (the classes that apply)",
    ),
  task: designShape.task,
  labels: z
    .array(z.string())
    .min(2)
    .optional()
    .describe("class names, in order (default: the dataset's own)"),
  shuffle: z.boolean().default(true).describe("shuffle the splits by the seed before rows are taken"),
  trainRows: share.optional().describe("rows to train on: a share below 1, or a count (default: all)"),
  evaluateRows: share
    .optional()
    .describe("rows of each evaluated split: a share below 1, or a count (default: all)"),
  model: z.string().min(1).default("distilbert-base-uncased").describe("model on the hub, or a local folder"),
  revision: z.string().optional().describe("branch, tag or commit of the model"),
  fromScratch: z
    .boolean()
    .default(false)
    .describe("take the model's architecture and tokenizer, and random weights in place of its own"),
  head: designShape.head,
  loss: designShape.loss,
  pooling: designShape.pooling,
  trainable: designShape.trainable,
  ...fitSchema.shape,
  ...storageSchema.shape,
  output: z.string().optional().describe("folder of the run (default: runs/NAME)"),
  overwrite: z.boolean().default(false).describe("replace what the output folder holds"),
});

/** A recipe with its defaults filled in. */
export type Recipe = z.infer<typeof recipeSchema>;

/** A recipe's keys as a file or the flags give them. */
export type RecipeInput = z.input<typeof recipeSchema>;

/** A recipe and the name of its run. */
export interface NamedRecipe {
  /** The file's name without ending, or the dataset's. */
  name: string;
  recipe: Recipe;
}

/**
 * Reads a recipe file and lays flags over it. A dataset or a model given there replaces the file's together with its
 * configuration or revision.
 *
 * @param path A YAML file; without one, the overrides are the whole recipe.
 * @throws ConfigError naming the file and the keys at fault.
 */
export async function loadRecipe(
  path: string | undefined,
  overrides: Partial<RecipeInput> = {},
): Promise<NamedRecipe> {
  const merged = layOver(path === undefined ? {} : await readYaml(path, recipeExample), overrides);
  const where = path ?? "the flags";
  if (merged.dataset === undefined)
    throw new ConfigError(`${where}: no dataset; give --dataset NAME_OR_FILE`);
  const recipe = parseRecipe(merged, where);
  const named = path ?? recipe.dataset;
  return { name: nameOf(named, path === undefined), recipe };
}

/** What a run is called after: the recipe's file, or the dataset. */
function nameOf(path: string, isDataset: boolean): string {
  const name = basename(path);
  if (isDataset && dataExtension(name) !== undefined) return withoutDataExtension(name);
  return basename(name, extname(name));
}

const recipeExample = 'a recipe: it needs keys and values such as "dataset: fancyzhx/ag_news"';

/** A recipe's keys with some replaced. Another dataset or model takes the configuration (and how files are read) or revision away. */
export function layOver(
  base: Readonly<Record<string, unknown>>,
  overrides: Readonly<Record<string, unknown>>,
): Record<string, unknown> {
  const kept = { ...base };
  // They say which part of the base's dataset and model, not of another.
  if (overrides.dataset !== undefined && overrides.dataset !== base.dataset) {
    for (const key of ["datasetConfig", "separator", "columns", "field"]) delete kept[key];
  }
  if (overrides.model !== undefined && overrides.model !== base.model) delete kept.revision;
  return { ...kept, ...overrides };
}

/** Checks a recipe and fills in the defaults. @throws ConfigError */
export function parseRecipe(input: unknown, where = "recipe"): Recipe {
  return parseOptions(recipeSchema, input, where);
}
