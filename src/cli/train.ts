import { Command } from "commander";
import { loadRecipe } from "../classifier/recipe.ts";
import { trainRecipe } from "../classifier/train-recipe.ts";
import { type EpochTable, epochTable } from "../report/terminal/epochs.ts";
import { terminalOf } from "../report/terminal/terminal.ts";
import { interruptible } from "./interrupt.ts";
import { ProgressBar } from "./progress-bar.ts";
import { addRecipeFlags, recipeFlags } from "./recipe-flags.ts";
import { outcomeText, startText } from "./train-output.ts";

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
  textune train --dataset reviews.csv --text-columns review --label-column stars
  textune train --dataset data/ --model ./my-encoder --trainable all --batch-size 16`,
  );
  return command.action(async (path: string | undefined, options: Record<string, unknown>) => {
    const named = await loadRecipe(path, recipeFlags(options));
    const terminal = terminalOf(process.stdout);
    const bar = new ProgressBar();
    const print = (text: string) => {
      bar.clear();
      if (!options.json) process.stdout.write(`${text}\n`);
    };
    let table: EpochTable | undefined;
    const { run, folder } = await interruptible((signal) =>
      trainRecipe(named, {
        signal,
        onProgress: bar.update,
        onStart: (data, classifier) => print(startText(named, data, classifier, terminal)),
        onEpoch: (entry, seconds, epochs) => {
          if (!table) {
            table = epochTable(epochs, Object.keys(entry.evaluations), terminal);
            print(table.header);
          }
          print(table.row(entry, seconds));
        },
      }),
    ).finally(() => bar.clear());
    if (options.json) process.stdout.write(`${JSON.stringify({ folder, ...run.record }, null, 2)}\n`);
    else print(outcomeText(run.record, folder, terminal));
  });
}
