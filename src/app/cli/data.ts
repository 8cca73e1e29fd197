import { Command, InvalidArgumentError } from "commander";
import type { LabelEncoding } from "../../core/data/multi-hot.ts";
import { ConfigError, DataError } from "../../core/errors.ts";
import { descriptionFindings } from "../../core/findings/description-findings.ts";
import { counted } from "../../core/format.ts";
import type { OnProgress } from "../../core/progress.ts";
import { describeDataset } from "../profiling/describe-dataset.ts";
import { modelTokenizer } from "../recipes/model-tokenizer.ts";
import { describeText } from "../report/terminal/description.ts";
import { writeDataReport } from "../report/write-data-report.ts";
import { addColumnFlags, addFileFlags, type FileFlags, fileOptions } from "./file-flags.ts";
import { interruptible } from "./interrupt.ts";
import { Output, type OutputFlags } from "./output.ts";
import { suspectsCommand } from "./suspects.ts";

interface DataOptions extends FileFlags, OutputFlags {
  split?: string;
  datasetConfig?: string;
  textColumns?: string;
  labelColumn?: string;
  labelColumns?: string;
  labelSeparator?: string;
  labelEncoding?: LabelEncoding;
  model?: string;
  truncation?: number;
  samples: number;
  seed: number;
  output?: string;
  strict?: boolean;
}

/** `textune data DATASET` and `textune data suspects RUN` */
export function dataCommand(): Command {
  return addColumnFlags(addFileFlags(new Command("data")))
    .description("Look at a dataset: classes, lengths, words, duplicates, samples, and what to be wary of.")
    .argument("<dataset>", "dataset on the hub, or a local file or folder of split files")
    .addCommand(suspectsCommand())
    .enablePositionalOptions()
    .option("--split <split>", "split to look at, e.g. train[:5%] (default: all)")
    .option("--model <model>", "count tokens as this model does: a name on the hub, a model or run folder")
    .option("--truncation <tokens>", "tokens that texts would be cut to (default: the model's)", count)
    .option("--samples <rows>", "rows to show of every class", count, 3)
    .option("--seed <seed>", "of the rows shown", count, 42)
    .option("--output <folder>", "write data.html, the charts as SVG and PNG, and data.json here")
    .option("--json", "print the numbers as JSON")
    .option("--strict", "end with an error where there is a warning")
    .addHelpText(
      "after",
      `
Examples:
  textune data fancyzhx/ag_news --model distilbert-base-uncased
  textune data reviews.csv --text-columns review --label-column stars --output reviews-report
  textune data imdb/ --split "train[:5%]"`,
    )
    .action(async (name: string, options: DataOptions) => {
      const output = new Output(options);
      const description = await interruptible((signal) =>
        describe(name, options, output.progress, signal),
      ).finally(() => output.clear());
      const findings = descriptionFindings(description);
      if (options.json) output.json({ ...description, findings });
      else output.answer(describeText(description, findings, output.terminal));
      if (options.output !== undefined) {
        const [page] = await writeDataReport(description, findings, options.output);
        output.tell(`\nwrote ${page}`);
      }
      const warnings = findings.filter(({ severity }) => severity === "warning");
      if (options.strict && warnings.length > 0) {
        throw new DataError(
          `${counted(warnings.length, "warning")} (--strict): ${warnings.map(({ code }) => code).join(", ")}`,
        );
      }
    });
}

async function describe(name: string, options: DataOptions, onProgress: OnProgress, signal: AbortSignal) {
  const {
    split,
    datasetConfig: config,
    textColumns,
    labelColumn,
    labelColumns,
    labelSeparator,
    labelEncoding,
  } = options;
  const { model, samples, seed } = options;
  if (options.truncation !== undefined && model === undefined) {
    throw new ConfigError("--truncation counts tokens; name the model whose tokens with --model");
  }
  const loaded =
    model === undefined
      ? undefined
      : await modelTokenizer(model, { truncation: options.truncation, signal, onProgress });
  return describeDataset(name, {
    ...{
      split,
      config,
      labelColumn,
      labelSeparator,
      labelEncoding,
      samples,
      seed,
      signal,
      onProgress,
    },
    ...fileOptions(options),
    textColumns: textColumns?.split(","),
    labelColumns: labelColumns?.split(","),
    ...(loaded && {
      tokenizer: loaded.tokenizer,
      model,
      maxLength: loaded.maxLength,
    }),
  });
}

function count(text: string): number {
  const value = Number(text);
  if (!Number.isInteger(value) || value < 0) throw new InvalidArgumentError("It is not a whole number.");
  return value;
}
