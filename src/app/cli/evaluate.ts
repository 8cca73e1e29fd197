import { Command } from "commander";
import { usedRows } from "../../core/classifier/chosen-rows.ts";
import { withColumns } from "../../core/data/column-options.ts";
import type { LabelEncoding } from "../../core/data/multi-hot.ts";
import type { EvaluationReport } from "../../core/evaluation/evaluation-report.ts";
import { counted, percent } from "../../core/format.ts";
import type { WorkOptions } from "../../core/progress.ts";
import { TextClassifier } from "../../node/classifier/text-classifier.ts";
import { openDataset } from "../../node/data/load-dataset.ts";
import { confusionTable, perClassTable } from "../report/terminal/evaluation.ts";
import { setSummary } from "../report/terminal/multi-label.ts";
import type { Terminal } from "../report/terminal/terminal.ts";
import { addColumnFlags, addFileFlags, type FileFlags, fileOptions } from "./file-flags.ts";
import { interruptible } from "./interrupt.ts";
import { Output, type OutputFlags } from "./output.ts";
import { thresholdsOption } from "./thresholds-option.ts";

interface EvaluateOptions extends FileFlags, OutputFlags {
  split?: string;
  datasetConfig?: string;
  textColumns?: string;
  labelColumn?: string;
  labelColumns?: string;
  labelSeparator?: string;
  labelEncoding?: LabelEncoding;
  dropUnlabelled?: boolean;
  thresholds?: number | number[];
}

/** `textune evaluate MODEL DATASET` */
export function evaluateCommand(): Command {
  return addColumnFlags(addFileFlags(new Command("evaluate")))
    .description("Score a trained model on a labelled dataset.")
    .argument("<model>", "run folder, model folder, or name of a classifier on the hub")
    .argument("<dataset>", "dataset on the hub, or a local file or folder of split files")
    .option("--split <split>", "split to score, e.g. test[:10%] (default: test, else the only one)")
    .option("--drop-unlabelled", "leave out rows without a label (an empty cell, or -1 that is no class)")
    .option(...thresholdsOption)
    .option("--json", "print the scores as JSON")
    .addHelpText(
      "after",
      `
Examples:
  textune evaluate runs/ag-news fancyzhx/ag_news --split test
  textune evaluate runs/ag-news more-news.csv --json`,
    )
    .action(async (model: string, datasetName: string, options: EvaluateOptions) => {
      const output = new Output(options);
      const report = await interruptible(async (signal) => {
        const { thresholds } = options;
        const classifier = await TextClassifier.fromPretrained(model, {
          ...{ thresholds, signal, onProgress: output.progress },
        });
        for (const note of classifier.loading.notes) output.note(note);
        for (const { found, why } of classifier.findings) output.warn(`${found} ${why}`);
        const split = await loadSplit(datasetName, options, { signal, onProgress: output.progress });
        const { dropUnlabelled = false } = options;
        const choice = { dropEmpty: false, dropUnlabelled };
        const { dataset, unlabelled } = usedRows(split, classifier.labels, choice);
        if (unlabelled > 0) output.note(`${counted(unlabelled, "row")} without a label left out`);
        return classifier.evaluate(dataset, { signal, onProgress: output.progress });
      }).finally(() => output.clear());
      if (options.json) output.json(report);
      else output.answer(reportText(report, output.terminal));
    });
}

function reportText(report: EvaluationReport, terminal: Terminal): string {
  if (report.task === "multiLabel") {
    return [setSummary(report, terminal), perClassTable(report, terminal)].join("\n\n");
  }
  const { bold } = terminal.colours;
  const summary = `${bold(percent(report.accuracy))} accuracy, ${bold(percent(report.macroF1))} macro-F1, log loss ${report.loss.toFixed(4)}, ${report.rows} rows`;
  return [summary, perClassTable(report, terminal), confusionTable(report, terminal)].join("\n\n");
}

async function loadSplit(name: string, options: EvaluateOptions, work: WorkOptions) {
  const {
    split,
    datasetConfig: config,
    labelColumn,
    labelColumns,
    labelSeparator,
    labelEncoding,
    textColumns,
  } = options;
  const { splits, read } = await openDataset(name, { config, ...work, ...fileOptions(options) });
  const dataset = (await read([split ?? (splits.length === 1 ? splits[0]! : "test")]))[0]!;
  return withColumns(dataset, {
    ...{ labelColumn, labelSeparator, labelEncoding },
    labelColumns: labelColumns?.split(","),
    textColumns: textColumns?.split(","),
  });
}
