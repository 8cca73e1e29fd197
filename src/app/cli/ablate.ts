import { Command } from "commander";
import { loadAblation } from "../ablation/ablation-file.ts";
import { ablationFolder, runAblation, type VariantWork } from "../ablation/run-ablation.ts";
import { ablationText } from "../report/terminal/ablation.ts";
import { wrap } from "../report/terminal/terminal.ts";
import { TrainingDisplay } from "../report/terminal/training-display.ts";
import { ablationPage, writeAblation } from "../report/write-ablation.ts";
import { interruptible } from "./interrupt.ts";
import { Output } from "./output.ts";
import { addRecipeFlags, recipeFlags } from "./recipe-flags.ts";

const workText: Record<VariantWork, string> = {
  reuse: "finished before",
  resume: "goes on where it was stopped",
  train: "training",
};

/** `textune ablate FILE` */
export function ablateCommand(): Command {
  const command = new Command("ablate")
    .description(
      "Train a recipe and variants of it that each change a little, and show what every change does. The same command again goes on where it was stopped.",
    )
    .argument("<file>", "YAML file with the base recipe and its variants")
    .option("--json", "print the result as JSON instead of tables");
  // Whether a variant is resumed, its folder decides.
  addRecipeFlags(command, ["resume", "output", "overwrite"])
    .option("--output <folder>", "folder of the variants' runs (default: runs/NAME-ablation)")
    .option("--overwrite", "train all variants anew, also those that are finished")
    .addHelpText(
      "after",
      `
A recipe's flag changes the base, and so every variant that doesn't set the key itself.

Examples:
  textune ablate recipes/ablations/imdb.yaml
  textune ablate recipes/ablations/imdb.yaml --dataset data/imdb --model ./my-encoder
  textune ablate recipes/ablations/imdb.yaml --train-rows 400 --evaluate-rows 400 --output runs/quick`,
    );
  return command.action(async (path: string, options: Record<string, unknown>) => {
    const { output: _output, overwrite: _overwrite, ...keys } = recipeFlags(options);
    const ablation = await loadAblation(path, keys);
    const folder = (options.output as string | undefined) ?? ablationFolder(ablation);
    const output = new Output(options);
    const { terminal } = output;
    const { colours } = terminal;
    const newDisplay = () =>
      new TrainingDisplay({ quiet: output.isJson || output.isQuiet, progress: !output.isQuiet });
    let display = newDisplay();
    const result = await interruptible((signal) =>
      runAblation(ablation, {
        ...{ output: folder, overwrite: Boolean(options.overwrite), signal },
        onVariant: ({ name, question }, i, work) => {
          display.clear();
          display = newDisplay();
          const place = `${i + 1}/${ablation.variants.length}`;
          display.print(
            `${colours.dim(place)} ${colours.bold(name)} ${colours.dim(`(${workText[work]})`)}\n${wrap(question ?? "The recipe as it is.", terminal, "  ")}`,
          );
          return display.callbacks;
        },
      }),
    ).finally(() => display.clear());
    const report = ablationPage(folder);
    if (output.isJson) output.json({ report, ...result });
    else if (output.isQuiet) output.answer(report);
    output.tell(`\n${ablationText(result, terminal)}`);
    await writeAblation(result, folder);
    output.tell(`\n${colours.bold("report")}  ${report}`);
  });
}
