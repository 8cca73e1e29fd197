import { Command, InvalidArgumentError } from "commander";
import { type ExportDtype, exportDtypes } from "../export/dtypes.ts";
import { exportModel } from "../export/export-model.ts";
import type { ExportRecord } from "../export/export-record.ts";
import { comparedText, layersText, parityHeader, parityRows } from "../export/parity-table.ts";
import { formatTable } from "../report/terminal/table.ts";
import { type Terminal, wrap } from "../report/terminal/terminal.ts";
import { interruptible } from "./interrupt.ts";
import { Output, type OutputFlags } from "./output.ts";

interface ExportFlags extends OutputFlags {
  dtype: ExportDtype[];
  maxLoss?: number;
  texts?: string;
  textColumns?: string;
  labelColumn?: string;
  labelSeparator?: string;
  rows: number;
  overwrite?: boolean;
}

/** `textune export RUN FOLDER` */
export function exportCommand(): Command {
  return new Command("export")
    .description(
      "Write a trained model as ONNX files that transformers.js, ONNX Runtime and optimum open, and compare their answers.",
    )
    .argument("<run>", "run folder, model folder, or name of a classifier on the hub")
    .argument("<folder>", "folder to write, which must not exist or be empty")
    .option("--dtype <a,b>", `precisions: ${exportDtypes.join(", ")}`, parseDtypes, ["fp32", "q8"])
    .option("--max-loss <points>", "fail where a file loses more points of accuracy, e.g. 0.5", nonNegative)
    .option(
      "--texts <file>",
      "texts to compare answers on: a dataset's file, or .txt with a text a line (default: the run's evaluated split)",
    )
    .option("--text-columns <a,b>", "text column of --texts, or both columns of a pair")
    .option("--label-column <name>", "column of --texts with the class, or lists of classes")
    .option("--label-separator <text>", "what stands between the classes of a text cell, such as |")
    .option("--rows <rows>", "texts to compare answers on, at most", count, 2000)
    .option("--overwrite", "replace an earlier export in the folder")
    .option("--json", "print what is compared as JSON")
    .addHelpText(
      "after",
      `
Examples:
  textune export runs/spam web/model
  textune export runs/spam web/model --dtype fp32,fp16,q8 --max-loss 0.5
  textune export ./my-classifier web/model --texts reviews.csv`,
    )
    .action(async (run: string, folder: string, flags: ExportFlags) => {
      const { dtype: dtypes, json, quiet: _, textColumns, labelColumn, labelSeparator, ...options } = flags;
      const output = new Output(flags);
      const record = await interruptible((signal) =>
        exportModel(run, folder, {
          ...options,
          columns: { textColumns: textColumns?.split(","), labelColumn, labelSeparator },
          ...{ dtypes, signal, onProgress: output.progress },
        }),
      ).finally(() => output.clear());
      if (json) output.json(record);
      else output.answer(exportText(record, folder, output.terminal));
    });
}

/** What was written and how it compares. */
function exportText(record: ExportRecord, folder: string, terminal: Terminal): string {
  const { bold } = terminal.colours;
  const table = formatTable({ header: parityHeader(record), rows: parityRows(record) }, terminal);
  const layers = record.dtypes.flatMap((dtype) => layersText(dtype) ?? []);
  return [
    table,
    [comparedText(record), ...layers, ...record.limits].map((line) => wrap(line, terminal)).join("\n"),
    `${bold("wrote")} ${folder}`,
  ].join("\n\n");
}

function parseDtypes(text: string): ExportDtype[] {
  return text.split(",").map((part) => {
    const dtype = exportDtypes.find((name) => name === part.trim());
    if (dtype === undefined)
      throw new InvalidArgumentError(`"${part.trim()}" is none of ${exportDtypes.join(", ")}.`);
    return dtype;
  });
}

function nonNegative(text: string): number {
  const value = text.trim() === "" ? Number.NaN : Number(text);
  if (!(value >= 0 && Number.isFinite(value))) throw new InvalidArgumentError("It is not a number from 0.");
  return value;
}

function count(text: string): number {
  const value = Number(text);
  if (!Number.isInteger(value) || value < 1)
    throw new InvalidArgumentError("It is not a whole number from 1.");
  return value;
}
