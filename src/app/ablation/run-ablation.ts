import { join } from "node:path";
import { ConfigError } from "../../core/errors.ts";
import { isFile } from "../../node/hub/cache.ts";
import { RunFolder, recipeDifference } from "../recipes/run-folder.ts";
import { type TrainRecipeOptions, trainRecipe } from "../recipes/train-recipe.ts";
import type { AblationResult, VariantResult } from "../runs/ablation-result.ts";
import { readRun } from "../runs/read-run.ts";
import { runLayout } from "../runs/run-layout.ts";
import { settingDifferences } from "../runs/settings.ts";
import type { Ablation, AblationVariant } from "./ablation-file.ts";
import { compareWithBase } from "./compare-with-base.ts";

/** What is done about a variant: its finished run is taken, its stopped run goes on, or it is trained. */
export type VariantWork = "reuse" | "resume" | "train";

/** Where an ablation goes, and who watches it. */
export interface RunAblationOptions {
  /** Folder of the variants' folders. @default `runs/NAME-ablation` */
  output?: string;
  /** Trains every variant anew, also those that are finished. @default false */
  overwrite?: boolean;
  /** Called before each variant; what it returns watches the variant's training. */
  onVariant?: (variant: AblationVariant, index: number, work: VariantWork) => TrainRecipeOptions;
  /** Stops after the step at hand; what is finished stays and is not trained again. */
  signal?: AbortSignal;
}

/** Where an ablation's runs are kept; not the folder of a single run of the same name. */
export const ablationFolder = ({ name }: Ablation): string => join("runs", `${name}-ablation`);

/**
 * Trains every variant as an ordinary run in a folder of its name, and compares it with the base. Finished runs of
 * the same recipe are taken as they are and stopped ones go on, so that the same call completes an ablation.
 *
 * @throws ConfigError if a folder holds a run of another recipe.
 * @throws TextuneError as `trainRecipe` does.
 */
export async function runAblation(
  ablation: Ablation,
  { output = ablationFolder(ablation), overwrite = false, onVariant, signal }: RunAblationOptions = {},
): Promise<AblationResult> {
  const folders = ablation.variants.map(({ name }) => join(output, name));
  const works: VariantWork[] = [];
  // All are looked at before the first is trained: an hour later is too late to refuse.
  for (const [i, variant] of ablation.variants.entries()) {
    works.push(overwrite ? "train" : await workLeft(folders[i]!, variant));
  }
  const variants: VariantResult[] = [];
  for (const [i, variant] of ablation.variants.entries()) {
    const [folder, work] = [folders[i]!, works[i]!];
    const watch = onVariant?.(variant, i, work);
    if (work !== "reuse") {
      const { name } = variant;
      const recipe = { ...variant.recipe, output: folder, overwrite, resume: work === "resume" };
      await trainRecipe({ name, recipe }, { signal, ...watch });
    }
    const record = await readRun(folder);
    const changes = settingDifferences([variants[0]?.record ?? record, record]);
    variants.push({
      name: variant.name,
      question: variant.question,
      folder,
      record,
      changes,
      againstBase: [],
    });
  }
  const { name, title } = ablation;
  return { name, title, variants: await compareWithBase(variants) };
}

async function workLeft(folder: string, { recipe }: AblationVariant): Promise<VariantWork> {
  if (!(await isFile(join(folder, runLayout.recipe)))) {
    // Refuses a folder of something else.
    await RunFolder.claim(folder, recipe);
    return "train";
  }
  const difference = await recipeDifference(folder, recipe);
  if (difference !== undefined) {
    throw new ConfigError(
      `${folder} holds a run of another recipe (${difference}); remove that folder to train it anew, give --overwrite to train all anew, or choose another folder with --output`,
    );
  }
  return (await isFile(join(folder, runLayout.metrics))) ? "reuse" : "resume";
}
