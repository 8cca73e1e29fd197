import { Command, InvalidArgumentError } from "commander";
import { writeFileAtomic } from "../../node/files.ts";
import { findSuspects } from "../recipes/find-suspects.ts";
import { suspectsCsv } from "../report/suspects-csv.ts";
import { ProgressBar } from "../report/terminal/progress-bar.ts";
import { suspectsText } from "../report/terminal/suspects.ts";
import { terminalOf } from "../report/terminal/terminal.ts";
import { interruptible } from "./interrupt.ts";

interface SuspectsOptions {
  top?: number;
  folds: number;
  output?: string;
  json?: boolean;
}

/** Rows listed on the terminal. */
const listed = 20;

/** `textune data suspects RUN` */
export function suspectsCommand(): Command {
  return new Command("suspects")
    .description(
      "Rank training rows whose label is probably wrong, judged by models that weren't trained on them.",
    )
    .argument("<run>", "folder of a finished run")
    .option("--output <file>", "write the suspects as CSV, to look through and relabel")
    .option("--top <rows>", `only the likeliest (default: all; ${listed} on the terminal)`, count)
    .option("--folds <folds>", "parts that are judged in turn", count, 5)
    .option("--json", "print the suspects as JSON")
    .addHelpText(
      "after",
      `
Examples:
  textune data suspects runs/ag-news
  textune data suspects runs/ag-news --top 200 --output suspects.csv

A dataset that is called suspects is looked at by its path: textune data ./suspects`,
    )
    .action(async (run: string, { top, folds, output, json }: SuspectsOptions) => {
      const bar = new ProgressBar();
      const report = await interruptible((signal) =>
        findSuspects(run, { folds, signal, onProgress: bar.update }),
      ).finally(() => bar.clear());
      const chosen = { ...report, suspects: report.suspects.slice(0, top) };
      if (output !== undefined) await writeFileAtomic(output, suspectsCsv(chosen));
      if (json) process.stdout.write(`${JSON.stringify(chosen, null, 2)}\n`);
      else {
        const text = suspectsText(report, top ?? listed, terminalOf(process.stdout));
        process.stdout.write(`${text}\n${output === undefined ? "" : `\nwrote ${output}\n`}`);
      }
    });
}

function count(text: string): number {
  const value = Number(text);
  if (!Number.isInteger(value) || value < 1)
    throw new InvalidArgumentError("It is not a whole number from 1.");
  return value;
}
