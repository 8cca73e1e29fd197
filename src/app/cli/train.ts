import { Command } from "commander";
import { loadRecipe } from "../recipes/recipe.ts";
import { runSummary } from "../recipes/save-run.ts";
import { trainRecipe } from "../recipes/train-recipe.ts";
import { TrainingDisplay } from "../report/terminal/training-display.ts";
import { interruptible } from "./interrupt.ts";
import { Output } from "./output.ts";
import { addRecipeFlags, recipeFlags } from "./recipe-flags.ts";
import { placesText, resumeText, startText } from "./train-text.ts";

/** `textune train [RECIPE]` */
export function trainCommand(): Command {
  const command = new Command("train")
    .description("Train a classifier from a recipe, or from flags alone, and write its run to a folder.")
    .argument("[recipe]", "YAML file; every key of it is also a flag")
    .option("--json", "print the run's metrics as JSON instead of tables");
  addRecipeFlags(command).addHelpText(
    "after",
    `
Examples:
  textune train recipes/ag-news.yaml
  textune train recipes/ag-news.yaml --epochs 5 --seed 7 --output runs/seed-7
  textune train recipes/ag-news.yaml --resume
  textune train --dataset reviews.csv --text-columns review --label-column stars
  textune train --dataset data/ --model ./my-encoder --trainable all --batch-size 16`,
  );
  return command.action(async (path: string | undefined, options: Record<string, unknown>) => {
    const named = await loadRecipe(path, recipeFlags(options));
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
        onStart: (data, classifier, findings) => {
          display.print(startText(named, data, classifier, terminal));
          display.clear();
          for (const { severity, found } of findings) {
            if (severity === "warning") output.warn(found);
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
