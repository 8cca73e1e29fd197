import { Command, InvalidArgumentError, Option } from "commander";
import { parse as parseYaml } from "yaml";
import { ConfigError } from "../../core/errors.ts";
import { integer } from "../../core/format.ts";
import { architectureNames } from "../../core/models/registry.ts";
import type { WorkOptions } from "../../core/progress.ts";
import type { Tokenizer } from "../../core/text/tokenizer.ts";
import { loadDataset } from "../../node/data/load-dataset.ts";
import { loadTokenizer } from "../../node/text/tokenizer-folder.ts";
import { trainWordPiece } from "../../node/text/train-word-piece.ts";
import { initModel } from "../recipes/init-model.ts";
import { addFileFlags, type FileFlags, fileOptions } from "./file-flags.ts";
import { interruptible } from "./interrupt.ts";
import { Output, type OutputFlags } from "./output.ts";

interface InitOptions extends FileFlags, OutputFlags {
  config: Record<string, unknown>;
  tokenizer?: string;
  vocabularyFrom?: string;
  vocabularySize?: number;
  split: string;
  textColumns?: string;
  seed: number;
  overwrite?: boolean;
}

/** `textune init ARCHITECTURE FOLDER` */
export function initCommand(): Command {
  return addFileFlags(new Command("init"))
    .description("Write a model with random weights, to train from scratch.")
    .argument("<architecture>", architectureNames.join(", "))
    .argument("<folder>", "folder of the new model")
    .addOption(
      new Option("--config <key=value>", "key of config.json that differs from the base size; repeatable")
        .default({}, "the base size")
        .argParser(addSetting),
    )
    .option("--tokenizer <model>", "take the tokenizer of this model: a folder, or a name on the hub")
    .option("--vocabulary-from <dataset>", "learn a WordPiece vocabulary from the texts of this dataset")
    .addOption(
      new Option("--vocabulary-size <number>", "tokens to learn at most (default: 30522)").argParser(
        wholeNumber,
      ),
    )
    .option("--split <split>", "split that the vocabulary is learned from", "train")
    .option("--text-columns <a,b>", "text columns that the vocabulary is learned from")
    .addOption(new Option("--seed <number>", "of the weights").default(42).argParser(wholeNumber))
    .option("--overwrite", "write into a folder that is not empty")
    .addHelpText(
      "after",
      `
Examples:
  textune init distilbert models/scratch --tokenizer distilbert-base-uncased
  textune init bert models/small --vocabulary-from news.csv --vocabulary-size 8000 \\
    --config hidden_size=256 --config num_hidden_layers=4 --config num_attention_heads=4 \\
    --config intermediate_size=1024
  textune train --dataset news.csv --model models/small --trainable all`,
    )
    .action(async (architecture: string, folder: string, options: InitOptions) => {
      const { config, seed, overwrite } = options;
      const output = new Output(options);
      await interruptible(async (signal) => {
        const tokenizer = await chooseTokenizer(options, { signal, onProgress: output.progress });
        const made = await initModel(folder, {
          ...{ architecture, config, tokenizer, seed, overwrite },
        });
        output.tell(
          `wrote ${folder}: ${made.architecture}, ${made.layers} × ${made.hiddenSize}, ${integer(made.parameters)} parameters, vocabulary of ${integer(tokenizer.vocabularySize)}`,
        );
      }).finally(() => output.clear());
    });
}

async function chooseTokenizer(options: InitOptions, work: WorkOptions): Promise<Tokenizer> {
  const { tokenizer, vocabularyFrom, vocabularySize, split, textColumns } = options;
  if ((tokenizer === undefined) === (vocabularyFrom === undefined)) {
    throw new ConfigError("a model needs a tokenizer: give either --tokenizer or --vocabulary-from");
  }
  if (tokenizer !== undefined) {
    if (vocabularySize !== undefined) throw new ConfigError("--vocabulary-size goes with --vocabulary-from");
    return loadTokenizer(tokenizer, work);
  }
  const dataset = await loadDataset(vocabularyFrom!, { split, ...work, ...fileOptions(options) });
  const columns = dataset.texts(textColumns?.split(","));
  return trainWordPiece(columns.flat(), { vocabularySize, signal: work.signal });
}

/** Adds one `key=value`, the value read as in a YAML file. */
function addSetting(text: string, settings: Record<string, unknown>): Record<string, unknown> {
  const [, key, value] = /^([^=]+)=(.*)$/.exec(text) ?? [];
  if (key === undefined) throw new InvalidArgumentError("Write it as key=value.");
  return { ...settings, [key]: parseYaml(value!) as unknown };
}

function wholeNumber(text: string): number {
  const value = Number(text);
  if (!Number.isSafeInteger(value) || value < 0) throw new InvalidArgumentError("It is not a whole number.");
  return value;
}
