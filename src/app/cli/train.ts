import { stat } from "node:fs/promises";
import { basename } from "node:path";
import { Command } from "commander";
import { leftOutCodes } from "../../core/classifier/chosen-rows.ts";
import { dataExtension } from "../../core/data/formats/data-file.ts";
import { ConfigError } from "../../core/errors.ts";
import { loadRecipe, type NamedRecipe, type RecipeInput } from "../recipes/recipe.ts";
import { runSummary } from "../recipes/save-run.ts";
import { trainRecipe } from "../recipes/train-recipe.ts";
import { TrainingDisplay } from "../report/terminal/training-display.ts";
import { interruptible } from "./interrupt.ts";
import { Output } from "./output.ts";
import { addRecipeFlags, recipeFlags } from "./recipe-flags.ts";
import { placesText, resumeText, startText } from "./train-text.ts";

/** The recipe that the argument and the flags make up. */
async function namedRecipe(
  path: string | undefined,
  flags: Partial<RecipeInput>,
  name: unknown,
): Promise<NamedRecipe> {
  const isData = path !== undefined && (await isDataPath(path));
  if (isData && flags.dataset !== undefined) {
    throw new ConfigError(`${path} is data, and so is --dataset ${flags.dataset}; give one of them`);
  }
  const named = isData
    ? await loadRecipe(undefined, { dataset: path, ...flags })
    : await loadRecipe(path, flags);
  if (name === undefined) return named;
  // It is the last part of a path, and shown in titles.
  if (typeof name !== "string" || !/^[\p{L}\p{N}_][\p{L}\p{N} ._+-]*$/u.test(name)) {
    throw new ConfigError(
      `--name: ${JSON.stringify(name)} can't be a folder's name; give letters, digits, . _ -`,
    );
  }
  return { ...named, name };
}

/** Whether a path is data rather than a recipe: a folder, or a file that is named as one of a format of rows. */
async function isDataPath(path: string): Promise<boolean> {
  if (dataExtension(basename(path)) !== undefined) return true;
  return (await stat(path).catch(() => undefined))?.isDirectory() ?? false;
}

/** `textune train [RECIPE]` */
export function trainCommand(): Command {
  const command = new Command("train")
    .description("Train a classifier from a recipe, or from flags alone, and write its run to a folder.")
    .argument(
      "[recipe]",
      "YAML file, every key of which is also a flag; or a file or folder of data, as --dataset",
    )
    .option(
      "--name <name>",
      "what the run is called, and its folder in runs/ (default: the recipe's or dataset's name)",
    )
    .option("--json", "print the run's metrics as JSON instead of tables");
  addRecipeFlags(command).addHelpText(
    "after",
    `
Examples:
  textune train recipes/ag-news.yaml
  textune train recipes/ag-news.yaml --epochs 5 --seed 7 --output runs/seed-7
  textune train recipes/ag-news.yaml --resume
  textune train tickets.csv --name tickets-baseline
  textune train --dataset reviews.csv --text-columns review --label-column stars
  textune train --dataset data/ --model ./my-encoder --trainable all --batch-size 16`,
  );
  return command.action(async (path: string | undefined, options: Record<string, unknown>) => {
    const named = await namedRecipe(path, recipeFlags(options), options.name);
    const output = new Output(options);
    const display = new TrainingDisplay({
      quiet: output.isJson || output.isQuiet,
      progress: !output.isQuiet,
    });
    const { terminal, callbacks } = display;
    await interruptible((signal) =>
      trainRecipe(named, {
        ...callbacks,
        signal,
        onNote: (note) => output.note(note),
        onStart: (data, classifier, findings, plan) => {
          display.print(startText(named, data, classifier, plan, terminal));
          display.clear();
          for (const { code, severity, found } of findings) {
            if (severity === "warning") output.warn(found);
            else if (leftOutCodes.has(code)) output.note(found);
          }
        },
        // In front of the report: what was reached is told also where that can't be written.
        onResult: (run, folder) => {
          display.clear();
          if (output.isJson) output.json({ folder, ...run.record });
          else if (output.isQuiet) output.answer(folder);
          display.print(`\n${runSummary(run)}\n\n${placesText(folder, run.record, terminal)}`);
        },
        onResume: (resumption) => {
          display.clear();
          for (const line of resumption.damaged) output.warn(line);
          display.print(resumeText(resumption));
        },
      }),
    ).finally(() => display.clear());
  });
}
