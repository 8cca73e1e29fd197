import { Command } from "commander";
import type { TextInput } from "../../core/classifier/predict.ts";
import type { Task } from "../../core/data/targets.ts";
import { ConfigError } from "../../core/errors.ts";
import { printableJson, printableLine } from "../../core/printable.ts";
import { TextClassifier } from "../../node/classifier/text-classifier.ts";
import { type Answer, answer } from "../predict-file/answer.ts";
import { addFileFlags, type FileFlags } from "./file-flags.ts";
import { interruptible } from "./interrupt.ts";
import { Output, type OutputFlags } from "./output.ts";
import { chunks, linesOf, readInputs } from "./predict-lines.ts";
import { thresholdsOption } from "./thresholds-option.ts";

/** Flags that go with a file as input. */
export interface PredictFileFlags extends FileFlags {
  input?: string;
  output?: string;
  textColumns?: string;
  keep?: string;
  scores?: boolean;
  resume?: boolean;
  overwrite?: boolean;
}

interface PredictOptions extends PredictFileFlags, OutputFlags {
  pair?: string;
  thresholds?: number | number[];
}

/** Lines of stdin classified at once. */
const chunkSize = 256;

/** `textune predict MODEL [TEXT…]` */
export function predictCommand(): Command {
  const command = new Command("predict")
    .description("Classify texts with a trained model.")
    .argument("<model>", "run folder, model folder, or name of a classifier on the hub")
    .argument(
      "[texts...]",
      "texts; without any, lines of stdin: plain text, or JSON objects with text (and pair)",
    )
    .option("--pair <text>", "second text of a pair, such as a hypothesis")
    .option(...thresholdsOption)
    .option("--json", "print one JSON object per text, with the score of every class")
    .option(
      "--input <file>",
      "classify every row of a file: CSV, TSV, JSON Lines, JSON or Parquet, or one with .gz",
    )
    .option(
      "--output <file>",
      "where --input is written with its answers: .csv, .tsv or .jsonl, or one with .gz",
    )
    .option("--text-columns <a,b>", "text column of --input, or both columns of a pair")
    .option("--keep <a,b>", "columns of --input to keep (default: all)")
    .option("--scores", "write the probability of every class too")
    .option("--resume", "go on with a file that was stopped or killed, to the same bytes")
    .option("--overwrite", "replace an earlier --output");
  return addFileFlags(command)
    .addHelpText(
      "after",
      `
Examples:
  textune predict runs/ag-news "Wall St. Bears Claw Back Into the Black"
  textune predict runs/ag-news --json < headlines.txt
  echo '{"text": "A man sleeps.", "pair": "A man is awake."}' | textune predict runs/mnli
  textune predict runs/tickets --input tickets.csv --output scored.csv --text-columns body
  textune predict runs/tickets --input tickets.csv --output scored.csv --text-columns body --resume`,
    )
    .action(async (model: string, texts: string[], options: PredictOptions) => {
      const output = new Output(options);
      checkFileFlags(texts, options);
      await interruptible(async (signal) => {
        const { thresholds } = options;
        const classifier = await TextClassifier.fromPretrained(model, {
          ...{ thresholds, signal, onProgress: output.progress },
        });
        for (const note of classifier.loading.notes) output.note(note);
        for (const { found, why } of classifier.findings) output.warn(`${found} ${why}`);
        const { task } = classifier;
        if (options.pair !== undefined && texts.length !== 1) {
          throw new ConfigError("--pair goes with exactly one text");
        }
        const work = { signal, onProgress: output.progress };
        if (options.input !== undefined) {
          // Loaded here: to classify a text, no format of files is needed.
          const { predictFileOfFlags } = await import("./predict-file.ts");
          return predictFileOfFlags(classifier, options, work, output);
        }
        const predict = (inputs: TextInput[]) => classifier.predict(inputs, work);
        const show = (answers: Answer[]) => {
          const lines = answers.map((one) => (options.json ? jsonLine : textLine)(one, task));
          if (lines.length > 0) output.answer(lines.join("\n"));
        };
        if (texts.length > 0) {
          const { pair } = options;
          const inputs = pair === undefined ? texts : [{ text: texts[0]!, pair }];
          const predictions = await predict(inputs);
          return show(inputs.map((input, i) => ({ input, prediction: predictions[i] })));
        }
        if (process.stdin.isTTY)
          throw new ConfigError('no text; give one, as in textune predict MODEL "…", or pipe lines');
        let isRead = true;
        process.stdout.once("error", () => {
          isRead = false;
        });
        for await (const inputs of chunks(readInputs(linesOf(process.stdin)), chunkSize)) {
          show(await answer(inputs, predict));
          if (!isRead) return;
        }
      }).finally(() => output.clear());
    });
}

/** Flags that say how a file is read and written. */
const fileKeys = [
  ...["output", "textColumns", "keep", "scores", "resume", "overwrite"],
  ...["separator", "columns", "field"],
] as (keyof PredictFileFlags)[];

/** @throws ConfigError where flags don't go together. */
function checkFileFlags(texts: readonly string[], options: PredictOptions): void {
  const { input, output, pair, json } = options;
  if (input === undefined) {
    const flag = fileKeys.find((key) => options[key] !== undefined);
    if (flag === undefined) return;
    const name = flag.replaceAll(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
    throw new ConfigError(`--${name} goes with --input, a file of texts`);
  }
  if (output === undefined) throw new ConfigError("--input goes with --output, the file to write");
  if (texts.length > 0) throw new ConfigError("give texts or a file of them as --input, not both");
  if (pair !== undefined) {
    throw new ConfigError("--pair goes with one text; of a file, name both columns: --text-columns a,b");
  }
  if (json) throw new ConfigError("--json is for texts; of a file, name an --output that ends in .jsonl");
}

/** Of an empty text nothing is said: its values are null. */
export function jsonLine({ input, prediction }: Answer, task: Task): string {
  const texts = typeof input === "string" ? { text: input } : input;
  const { labels = null, label = null, score = null, scores = null } = prediction ?? {};
  return printableJson(
    task === "multiLabel" ? { ...texts, labels, scores } : { ...texts, label, score, scores },
  );
}

/**
 * Class and probability; of a multi-label model all classes that apply, the most probable first; of an empty text
 * that it is one.
 */
export function textLine({ input, prediction }: Answer, task: Task): string {
  const text = typeof input === "string" ? input : `${input.text} / ${input.pair}`;
  const shown = printableLine(text).slice(0, 120);
  const isSingle = task === "singleLabel";
  if (prediction === undefined) return `(empty)${isSingle ? "\t" : ""}\t${shown.trim()}`;
  const { labels, label, score, scores } = prediction;
  if (isSingle) return `${printableLine(label)}\t${score.toFixed(4)}\t${shown}`;
  const said = labels.map((name) => `${printableLine(name)} ${scores[name]!.toFixed(4)}`).join(", ");
  return `${said === "" ? "(no class)" : said}\t${shown}`;
}
