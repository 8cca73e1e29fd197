import { Command, CommanderError } from "commander";
import { Interrupted, TextuneError } from "../../core/errors.ts";
import { printable, printableLine } from "../../core/printable.ts";
import { version } from "../../core/version.ts";
import { cut } from "../report/terminal/terminal.ts";
import { ablateCommand } from "./ablate.ts";
import { compareCommand } from "./compare.ts";
import { dataCommand } from "./data.ts";
import { evaluateCommand } from "./evaluate.ts";
import { exportCommand } from "./export.ts";
import { graphCommand } from "./graph.ts";
import { initCommand } from "./init.ts";
import { interruptedCode } from "./interrupt.ts";
import { predictCommand } from "./predict.ts";
import { trainCommand } from "./train.ts";

/** Columns that the message of an error nobody foresaw may take: a library's can hold a whole file. */
const longestUnexpected = 200;

/** Runs the command line and returns its exit code. */
export async function runCommandLine(args: readonly string[]): Promise<number> {
  const program = new Command("textune")
    .description(
      "Fine-tune transformer text classifiers: from labelled text to a trained, measured, usable model.",
    )
    .version(version, "-v, --version")
    // A flag belongs to the command that it stands behind, also where commands have commands.
    .enablePositionalOptions()
    .showHelpAfterError("(textune --help shows the commands, textune COMMAND --help their flags)")
    .exitOverride();
  for (const command of [
    dataCommand(),
    trainCommand(),
    predictCommand(),
    evaluateCommand(),
    compareCommand(),
    ablateCommand(),
    exportCommand(),
    initCommand(),
    graphCommand(),
  ]) {
    for (const each of [command, ...command.commands]) {
      each.option("--verbose", "show where an error happened").exitOverride();
    }
    program.addCommand(command);
  }
  try {
    await program.parseAsync(args, { from: "user" });
    return 0;
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode;
    process.stderr.write(`${describeError(error, args.includes("--verbose"))}\n`);
    return error instanceof Interrupted ? interruptedCode : 1;
  }
}

/** One line for what the user can mend; with `--verbose` also the stack. */
function describeError(error: unknown, verbose: boolean): string {
  if (!(error instanceof Error)) return `error: ${printableLine(String(error))}`;
  const known = error instanceof TextuneError;
  const line = known
    ? `error: ${error.message}`
    : `error: unexpected: ${cut(printableLine(error.message), longestUnexpected)}; --verbose shows where`;
  if (!verbose) return printableLine(line);
  const cause = error.cause instanceof Error ? `\ncaused by ${error.cause.stack}` : "";
  return printable(`${line}\n${error.stack}${cause}`);
}
