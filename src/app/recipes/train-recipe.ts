import { existsSync } from "node:fs";
import { join } from "node:path";
import type { FitOptions } from "../../core/classifier/fit-options.ts";
import { TextClassifier } from "../../core/classifier/text-classifier.ts";
import type { Trainable } from "../../core/classifier/trainable.ts";
import { ConfigError } from "../../core/errors.ts";
import type { WorkOptions } from "../../core/progress.ts";
import type { Finding } from "../../core/training/run-record.ts";
import type { NamedRecipe, Recipe } from "./recipe.ts";
import { loadRecipeData, type RecipeData } from "./recipe-data.ts";
import type { Run } from "./run.ts";
import { RunFolder } from "./run-folder.ts";

/** Who watches a recipe run. */
export interface TrainRecipeOptions extends WorkOptions {
  /** Called when the data and the model are loaded and checked, before training. */
  onStart?: (data: RecipeData, classifier: TextClassifier, findings: readonly Finding[]) => void;
  onEpoch?: FitOptions["onEpoch"];
  /** Called where a resumed run goes on. */
  onResume?: FitOptions["onResume"];
}

/** What a recipe leaves. */
export interface TrainedRecipe {
  run: Run;
  /** The run's folder. */
  folder: string;
}

/**
 * Runs a recipe from data to report: loads, trains, evaluates and writes `runs/NAME/` (or the recipe's `output`).
 * The history is on disk after every evaluation, and a checkpoint after every epoch or `saveSteps` updates: with
 * `resume` a run that was stopped at any moment goes on to the same weights as if it had never stopped.
 *
 * @throws TextuneError of the kind that fits what went wrong; nothing is left half-written.
 */
export async function trainRecipe(
  { name, recipe }: NamedRecipe,
  { onStart, onEpoch, onResume, onProgress, signal }: TrainRecipeOptions = {},
): Promise<TrainedRecipe> {
  if (recipe.fromScratch && recipe.trainable === "head") {
    throw new ConfigError(
      "fromScratch with trainable: head would train one layer on random features; give trainable: all",
    );
  }
  const folder = await RunFolder.claim(recipe.output ?? join("runs", name), recipe);
  const hub = { signal, onProgress };
  const data = await loadRecipeData(recipe, hub);
  const { head, pooling, loss, seed, revision, fromScratch } = recipe;
  const trainable = recipe.trainable as Trainable;
  const classifier = await TextClassifier.fromPretrained(recipe.model, {
    ...{ labels: data.labels, task: data.task, head, pooling, loss, trainable, seed, revision, fromScratch },
    ...hub,
  });

  const run = await classifier.fit(data.train, {
    ...fitOptions(recipe),
    evaluate: data.evaluate,
    name,
    recipe: { ...recipe },
    hubDataset: existsSync(recipe.dataset) ? undefined : recipe.dataset,
    checkpointFolder: folder.checkpoints,
    onResume,
    onProgress,
    signal,
    // Only a run that can start leaves a folder.
    onReady: async (findings) => {
      await folder.begin();
      onStart?.(data, classifier, findings);
    },
    onEpoch: async (entry, seconds, epochs, history) => {
      await folder.writeHistory(history);
      await onEpoch?.(entry, seconds, epochs, history);
    },
  });
  await run.save(folder.path);
  return { run, folder: folder.path };
}

/** The keys of a recipe that `fit` takes as they are. */
const fitKeys = [
  ...(["epochs", "batchSize", "gradientAccumulationSteps", "groupByLength", "optimizer"] as const),
  ...(["learningRate", "weightDecay", "schedule", "warmupRatio", "warmupSteps", "maxGradNorm"] as const),
  ...(["labelSmoothing", "classWeights", "thresholds", "thresholdSplit"] as const),
  ...(["evalSteps", "bestMetric", "earlyStoppingPatience", "loadBestModelAtEnd", "seed"] as const),
  ...(["truncation", "dropEmpty", "encoderDropout", "attentionMask", "featureCache"] as const),
  ...(["saveSteps", "saveTotalLimit", "resume", "strict"] as const),
];

/** What a recipe says to `fit`. */
export function fitOptions(recipe: Recipe): Pick<Recipe, (typeof fitKeys)[number]> {
  return Object.fromEntries(fitKeys.map((key) => [key, recipe[key]])) as ReturnType<typeof fitOptions>;
}
