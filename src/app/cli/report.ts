import { join } from "node:path";
import { Command } from "commander";
import { outcomeText } from "../report/terminal/outcome.ts";
import { writeReport } from "../report/write-report.ts";
import { readWholeRun } from "../runs/read-run.ts";
import { runLayout } from "../runs/run-layout.ts";
import { Output, type OutputFlags } from "./output.ts";

/** `textune report RUN` */
export function reportCommand(): Command {
  return new Command("report")
    .description(
      "Write the report, the figures and the model card of a finished run again, and print its scores.",
    )
    .argument("<run>", "folder of a finished run")
    .option("--json", "print the run's metrics as JSON instead of tables")
    .addHelpText(
      "after",
      `
Example:
  textune report runs/ag-news`,
    )
    .action(async (run: string, options: OutputFlags) => {
      const output = new Output(options);
      const record = await readWholeRun(run);
      if (output.isJson) output.json(record);
      else output.tell(outcomeText(record, output.terminal));
      await writeReport(record, run);
      const page = join(run, runLayout.report);
      if (output.isQuiet && !output.isJson) output.answer(page);
      output.tell(`\n${output.terminal.colours.bold("report")}  ${page}`);
    });
}
