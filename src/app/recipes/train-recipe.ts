import { existsSync } from "node:fs";
import type { z } from "zod";
import { type FitSettings, fitSchema, type UsedData } from "../../core/classifier/fit-options.ts";
import type { Run } from "../../core/classifier/run.ts";
import type { Trainable } from "../../core/classifier/trainable.ts";
import type { TrainingPlan } from "../../core/classifier/training-plan.ts";
import { ConfigError } from "../../core/errors.ts";
import type { WorkOptions } from "../../core/progress.ts";
import type { Finding } from "../../core/training/run-record.ts";
import { type FitOptions, storageSchema, TextClassifier } from "../../node/classifier/text-classifier.ts";
import type { NamedRecipe, Recipe } from "./recipe.ts";
import { loadRecipeData, type RecipeData } from "./recipe-data.ts";
import { placeOfRun, RunFolder } from "./run-folder.ts";
import { saveReport, saveResults } from "./save-run.ts";

/** Who watches a recipe run. */
export interface TrainRecipeOptions extends WorkOptions {
  /** Called before anything is read, where the run goes to another folder than `runs/NAME`, since that is in use. */
  onNote?: (note: string) => void;
  /** Called when the data and the model are loaded and checked, before training. */
  onStart?: (
    data: RecipeData,
    classifier: TextClassifier,
    findings: readonly Finding[],
    plan: TrainingPlan,
  ) => void;
  onEvaluation?: FitOptions["onEvaluation"];
  /** Called where a resumed run goes on. */
  onResume?: FitOptions["onResume"];
  /** Called when the model and the scores are in the run's folder, before the report is drawn. */
  onResult?: (run: Run, folder: string) => void;
}

/** What a recipe leaves. */
export interface TrainedRecipe {
  run: Run;
  /** The run's folder. */
  folder: string;
}

/**
 * Runs a recipe from data to report: loads, trains, evaluates and writes `runs/NAME/`, or `runs/NAME-2/`
 * and so on where that is in use, or the recipe's `output`.
 * The history is on disk after every evaluation, and a checkpoint after every epoch or `saveSteps` updates: with
 * `resume` a run that was stopped at any moment goes on to the same weights as if it had never stopped.
 *
 * @throws TextuneError of the kind that fits what went wrong; nothing is left half-written.
 */
export async function trainRecipe(
  { name: wanted, recipe }: NamedRecipe,
  { onNote, onStart, onEvaluation, onResume, onResult, onProgress, signal }: TrainRecipeOptions = {},
): Promise<TrainedRecipe> {
  if (recipe.fromScratch && recipe.trainable === "head") {
    throw new ConfigError(
      "fromScratch with trainable: head would train one layer on random features; give trainable: all",
    );
  }
  const { name, path, note } = await placeOfRun(wanted, recipe);
  const folder = await RunFolder.claim(path, recipe);
  if (note !== undefined) onNote?.(note);
  const hub = { signal, onProgress };
  const data = await loadRecipeData(recipe, hub);
  const { head, pooling, loss, seed, revision, fromScratch } = recipe;
  const trainable = recipe.trainable as Trainable | undefined;
  const classifier = await TextClassifier.fromPretrained(recipe.model, {
    ...{ labels: data.labels, task: data.task, head, pooling, loss, trainable, seed, revision, fromScratch },
    ...hub,
  });

  let used: UsedData = data;
  let plan: TrainingPlan | undefined;
  const run = await classifier.fit(data.train, {
    ...fitOptions(recipe),
    evaluate: data.evaluate,
    dataFindings: data.findings,
    name,
    recipe: { ...recipe },
    hubDataset: existsSync(recipe.dataset) ? undefined : recipe.dataset,
    checkpointFolder: folder.checkpoints,
    onResume,
    onProgress,
    signal,
    // Only a run that can start leaves a folder.
    onRows: (rows) => {
      used = rows;
    },
    onPlan: (chosen) => {
      plan = chosen;
    },
    onReady: async (findings) => {
      await folder.begin();
      const started = { ...data, train: used.train, evaluate: { ...used.evaluate } };
      if (plan) onStart?.(started, classifier, findings, plan);
    },
    onEvaluation: async (evaluation) => {
      await folder.writeHistory(evaluation.history);
      return onEvaluation?.(evaluation);
    },
  });
  await saveResults(run, folder.path);
  onResult?.(run, folder.path);
  await saveReport(run.record, folder.path);
  return { run, folder: folder.path };
}

/** What a recipe says to `fit`. */
export function fitOptions(recipe: Recipe): FitSettings & z.input<typeof storageSchema> {
  const keys = [...Object.keys(fitSchema.shape), ...Object.keys(storageSchema.shape)] as (keyof Recipe)[];
  return Object.fromEntries(keys.map((key) => [key, recipe[key]]));
}
