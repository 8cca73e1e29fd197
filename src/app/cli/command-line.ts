import { Command, CommanderError } from "commander";
import { Interrupted, TextuneError } from "../../core/errors.ts";
import { printable, printableLine } from "../../core/printable.ts";
import { version } from "../../core/version.ts";
import { cut } from "../report/terminal/terminal.ts";
import { interruptedCode } from "./interrupt.ts";

/** Each in a file of its own, of which only the one that is asked for is loaded: to predict, no chart is needed. */
const commands: Record<string, () => Promise<Command>> = {
  data: async () => (await import("./data.ts")).dataCommand(),
  train: async () => (await import("./train.ts")).trainCommand(),
  predict: async () => (await import("./predict.ts")).predictCommand(),
  embed: async () => (await import("./embed.ts")).embedCommand(),
  evaluate: async () => (await import("./evaluate.ts")).evaluateCommand(),
  compare: async () => (await import("./compare.ts")).compareCommand(),
  ablate: async () => (await import("./ablate.ts")).ablateCommand(),
  report: async () => (await import("./report.ts")).reportCommand(),
  serve: async () => (await import("./serve.ts")).serveCommand(),
  export: async () => (await import("./export.ts")).exportCommand(),
  init: async () => (await import("./init.ts")).initCommand(),
  graph: async () => (await import("./graph.ts")).graphCommand(),
  completion: async () => (await import("./completion.ts")).completionCommand(() => loadCommands([])),
};

/** The command that the first argument names, or all, for the help and for what is none. */
async function loadCommands([first]: readonly string[]): Promise<Command[]> {
  const known = first !== undefined && Object.hasOwn(commands, first);
  const chosen = known ? [commands[first]!] : Object.values(commands);
  const loaded = await Promise.all(chosen.map((load) => load()));
  for (const each of loaded.flatMap((command) => [command, ...command.commands])) {
    each
      .option("-q, --quiet", "show no progress and no notes: only the answer, warnings and errors")
      .option("--verbose", "show where an error happened")
      .exitOverride()
      .configureOutput(printableOutput);
  }
  return loaded;
}

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
    .exitOverride()
    .configureOutput(printableOutput);
  for (const command of await loadCommands(args)) {
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

/** What commander says of arguments repeats them. */
const printableOutput = {
  writeOut: (text: string) => void process.stdout.write(printable(text)),
  writeErr: (text: string) => void process.stderr.write(printable(text)),
};

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
