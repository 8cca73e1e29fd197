import { basename, extname } from "node:path";
import { z } from "zod";
import { ConfigError } from "../../core/errors.ts";
import { keyProblem } from "../../core/options.ts";
import { readYaml } from "../recipes/read-yaml.ts";
import { layOver, parseRecipe, type Recipe, type RecipeInput } from "../recipes/recipe.ts";

/** A recipe, and variants of it that each change a little, to see what the change does. */
export interface Ablation {
  /** The file's name without ending. */
  name: string;
  /** One line. @default the name */
  title: string;
  /** The recipe as it is, then the variants in the file's order. */
  variants: AblationVariant[];
}

/** A recipe of an ablation, and what it is run for. */
export interface AblationVariant {
  /** `base`, or the variant's name: the name of its run's folder. */
  name: string;
  /** What it is run to find out, in one line; the base has none. */
  question?: string;
  recipe: Recipe;
}

/** The first variant of every ablation: the recipe that the others change. */
export const baseName = "base";

/** Keys that every variant's run is given by the ablation. */
const ownKeys = ["output", "overwrite", "resume"];

const fileSchema = z.strictObject({
  title: z.string().min(1).optional(),
  base: z.record(z.string(), z.unknown()),
  variants: z
    .record(z.string(), z.looseObject({ question: z.string().min(1) }))
    .refine((variants) => Object.keys(variants).length > 0, "give at least one variant"),
});

/**
 * Reads an ablation: a YAML file with the keys of a recipe under `base`, and under `variants` for each a `question`
 * and the keys that it changes.
 *
 * @param overrides Laid over the base, and so over what a variant doesn't change itself.
 * @throws ConfigError naming the file, the variant and the key at fault.
 */
export async function loadAblation(path: string, overrides: Partial<RecipeInput> = {}): Promise<Ablation> {
  const read = fileSchema.safeParse(await readYaml(path, 'an ablation: it needs "base:" and "variants:"'));
  if (!read.success) throw new ConfigError(`${path}: ${read.error.issues.map(describeIssue).join("; ")}`);
  const { title, base: keys, variants } = read.data;
  refuseOwnKeys(keys, `${path}, base`);
  const base = layOver(keys, overrides);
  const recipe = parseRecipe(base, `${path}, base`);
  const name = basename(path, extname(path));
  return {
    name,
    title: title ?? name,
    variants: [
      { name: baseName, recipe },
      ...Object.entries(variants).map(([variant, { question, ...changes }]) => {
        const where = `${path}, variant ${variant}`;
        checkName(variant, where);
        refuseOwnKeys(changes, where);
        const changed = parseRecipe(layOver(base, changes), where);
        if (JSON.stringify(changed) === JSON.stringify(recipe)) {
          throw new ConfigError(`${where}: it changes nothing; the base has the same values`);
        }
        return { name: variant, question, recipe: changed };
      }),
    ],
  };
}

/** The name is that of a folder. */
function checkName(name: string, where: string): void {
  if (name === baseName) throw new ConfigError(`${where}: ${baseName} is the name of the unchanged recipe`);
  if (/^[\p{L}\p{N}][\p{L}\p{N}._-]*$/u.test(name)) return;
  throw new ConfigError(`${where}: a variant's name is made of letters, digits, ".", "_" and "-"`);
}

function refuseOwnKeys(keys: Record<string, unknown>, where: string): void {
  const own = ownKeys.find((key) => key in keys);
  if (own === undefined) return;
  throw new ConfigError(
    `${where}: ${own} can't be given here; every variant has its own folder, see textune ablate --help`,
  );
}

function describeIssue(issue: z.core.$ZodIssue): string {
  if (issue.code === "unrecognized_keys") {
    return issue.keys
      .map((key) => `there is no key "${key}"; an ablation has title, base (a recipe) and variants`)
      .join("; ");
  }
  return keyProblem(issue);
}
