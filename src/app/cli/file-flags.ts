import { type Command, Option } from "commander";
import type { FileOptions } from "../../core/data/formats/file-options.ts";
import { labelEncodings } from "../../core/data/multi-hot.ts";

/** Flags that say how the files of a dataset are read. */
export interface FileFlags {
  separator?: string;
  columns?: string;
  field?: string;
}

/** Adds the flags that say how files are read to a command that takes a dataset. */
export function addFileFlags(command: Command): Command {
  return command
    .option(
      "--separator <sign>",
      "what stands between the cells of CSV files, such as ; or \\t (default: a comma)",
    )
    .option("--columns <a,b>", "names of the columns of CSV files that have no line of them")
    .option("--field <key>", "key of a JSON object that holds the rows (default: data)");
}

export function fileOptions({ separator, columns, field }: FileFlags): FileOptions {
  return { separator, columnNames: columns?.split(",").map((name) => name.trim()), field };
}

/** Adds which columns of a dataset hold texts and classes, and which of its configurations is meant. */
export function addColumnFlags(command: Command): Command {
  return command
    .option("--dataset-config <name>", "configuration of a dataset that has several")
    .option("--text-columns <a,b>", "text column, or both columns of a pair")
    .option("--label-column <name>", "column of the class, or of lists of classes")
    .option("--label-columns <a,b>", "in its place, columns of 0 and 1 that are named after the classes")
    .option("--label-separator <text>", "what stands between the classes of a text cell, such as |")
    .addOption(
      new Option("--label-encoding <name>", "what the numbers of a list of labels are").choices([
        ...labelEncodings,
      ]),
    );
}
