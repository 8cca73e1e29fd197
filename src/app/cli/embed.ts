import { basename } from "node:path";
import { Command } from "commander";
import { counted, integer } from "../../core/format.ts";
import { modelFolder } from "../../node/classifier/model-folder.ts";
import { TextClassifier } from "../../node/classifier/text-classifier.ts";
import { ProgressBar } from "../report/terminal/progress-bar.ts";
import { addFileFlags, type FileFlags, fileOptions } from "./file-flags.ts";
import { interruptible } from "./interrupt.ts";

interface EmbedFlags extends FileFlags {
  input: string;
  output: string;
  textColumns?: string;
  resume?: boolean;
  overwrite?: boolean;
}

/** `textune embed MODEL --input FILE --output FILE` */
export function embedCommand(): Command {
  const command = new Command("embed")
    .description(
      "Write the features of every row of a file as a NumPy array: what the encoder makes of its text.",
    )
    .argument("<model>", "run folder, model folder, or name of a classifier on the hub")
    .requiredOption("--input <file>", "rows: CSV, TSV, JSON Lines, JSON or Parquet, or one with .gz")
    .requiredOption("--output <file>", "the array, float32 [rows, hidden size]: a name that ends in .npy")
    .option("--text-columns <a,b>", "text column of --input, or both columns of a pair")
    .option("--resume", "go on with a file that was stopped or killed, to the same bytes")
    .option("--overwrite", "replace an earlier --output");
  return addFileFlags(command)
    .addHelpText(
      "after",
      `
Examples:
  textune embed runs/tickets --input tickets.csv --output tickets.npy --text-columns body
  python -c 'import numpy; print(numpy.load("tickets.npy", mmap_mode="r").shape)'`,
    )
    .action(
      async (model: string, { input, output, textColumns, resume, overwrite, ...flags }: EmbedFlags) => {
        const bar = new ProgressBar();
        const { embedFile } = await import("../predict-file/embed-file.ts");
        const { rows, emptyRows, resumedAt } = await interruptible(async (signal) => {
          const work = { signal, onProgress: bar.update };
          const classifier = await TextClassifier.fromPretrained(await modelFolder(model), work);
          return embedFile(classifier, input, output, {
            ...{ resume, overwrite, signal, ...fileOptions(flags) },
            textColumns: textColumns?.split(",").map((name) => name.trim()),
            onProgress: (progress) => bar.update({ ...progress, subject: basename(progress.subject) }),
          });
        }).finally(() => bar.clear());
        const said = [
          `wrote ${counted(rows, "row")} to ${output}`,
          resumedAt > 0 && `the first ${integer(resumedAt)} by an earlier call`,
          emptyRows > 0 && `${counted(emptyRows, "row")} without a text, as NaN`,
        ];
        process.stdout.write(`${said.filter(Boolean).join("; ")}\n`);
      },
    );
}
