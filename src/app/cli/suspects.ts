import { Command, InvalidArgumentError } from "commander";
import { writeFileAtomic } from "../../node/files.ts";
import { findSuspects } from "../recipes/find-suspects.ts";
import { suspectsCsv } from "../report/suspects-csv.ts";
import { suspectsText } from "../report/terminal/suspects.ts";
import { interruptible } from "./interrupt.ts";
import { Output, type OutputFlags } from "./output.ts";

interface SuspectsOptions extends OutputFlags {
  top?: number;
  folds: number;
  output?: string;
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
    .action(async (run: string, { top, folds, output: file, ...flags }: SuspectsOptions) => {
      const output = new Output(flags);
      const report = await interruptible((signal) =>
        findSuspects(run, { folds, signal, onProgress: output.progress }),
      ).finally(() => output.clear());
      const chosen = { ...report, suspects: report.suspects.slice(0, top) };
      if (file !== undefined) await writeFileAtomic(file, suspectsCsv(chosen));
      if (flags.json) output.json(chosen);
      else output.answer(suspectsText(report, top ?? listed, output.terminal));
      if (file !== undefined) output.tell(`\nwrote ${file}`);
    });
}

function count(text: string): number {
  const value = Number(text);
  if (!Number.isInteger(value) || value < 1)
    throw new InvalidArgumentError("It is not a whole number from 1.");
  return value;
}
