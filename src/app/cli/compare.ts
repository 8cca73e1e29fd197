import { join } from "node:path";
import { Command } from "commander";
import { comparisonText } from "../report/terminal/comparison.ts";
import { comparisonPage, writeComparison } from "../report/write-comparison.ts";
import { compareRuns } from "../runs/compare-runs.ts";
import { Output, type OutputFlags } from "./output.ts";

/** `textune compare RUN RUN …` */
export function compareCommand(): Command {
  return new Command("compare")
    .description("Compare finished runs: their numbers, and whether the difference is more than chance.")
    .argument("<runs...>", "folders of two runs or more")
    .option("--output <folder>", "folder of the comparison (default: comparisons/RUN-RUN…)")
    .option("--json", "print the comparison as JSON instead of tables")
    .addHelpText(
      "after",
      `
Examples:
  textune compare runs/mnli-distilbert runs/mnli-deberta
  textune compare runs/seed-* --output comparisons/seeds
  textune compare runs/pretrained runs/from-scratch --json`,
    )
    .action(async (folders: string[], options: OutputFlags & { output?: string }) => {
      const comparison = await compareRuns(folders);
      const names = comparison.runs.map(({ name }) => name.replaceAll(/[^\p{L}\p{N}._]+/gu, "-"));
      const folder = options.output ?? join("comparisons", names.join("--").slice(0, 100));
      const report = comparisonPage(folder);
      const output = new Output(options);
      if (options.json) output.json({ report, ...comparison });
      else output.answer(comparisonText(comparison, output.terminal));
      await writeComparison(comparison, folder);
      output.tell(`\n${output.terminal.colours.bold("report")}  ${report}`);
    });
}
