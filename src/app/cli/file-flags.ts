import type { Command } from "commander";
import type { FileOptions } from "../../core/data/formats/file-options.ts";

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
