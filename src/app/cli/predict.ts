import { Command } from "commander";
import type { TextInput } from "../../core/classifier/predict.ts";
import type { Task } from "../../core/data/targets.ts";
import { ConfigError } from "../../core/errors.ts";
import { printableLine } from "../../core/printable.ts";
import { modelFolder } from "../../node/classifier/model-folder.ts";
import { TextClassifier } from "../../node/classifier/text-classifier.ts";
import { ProgressBar } from "../report/terminal/progress-bar.ts";
import { interruptible } from "./interrupt.ts";
import { type Answer, answer, chunks, linesOf, readInputs } from "./predict-lines.ts";
import { thresholdsOption } from "./thresholds-option.ts";

interface PredictOptions {
  pair?: string;
  thresholds?: number | number[];
  json?: boolean;
}

/** Lines of stdin classified at once. */
const chunkSize = 256;

/** `textune predict MODEL [TEXT…]` */
export function predictCommand(): Command {
  return new Command("predict")
    .description("Classify texts with a trained model.")
    .argument("<model>", "run folder, model folder, or name of a classifier on the hub")
    .argument(
      "[texts...]",
      "texts; without any, lines of stdin: plain text, or JSON objects with text (and pair)",
    )
    .option("--pair <text>", "second text of a pair, such as a hypothesis")
    .option(...thresholdsOption)
    .option("--json", "print one JSON object per text, with the score of every class")
    .addHelpText(
      "after",
      `
Examples:
  textune predict runs/ag-news "Wall St. Bears Claw Back Into the Black"
  textune predict runs/ag-news --json < headlines.txt
  echo '{"text": "A man sleeps.", "pair": "A man is awake."}' | textune predict runs/mnli`,
    )
    .action(async (model: string, texts: string[], options: PredictOptions) => {
      const bar = new ProgressBar();
      await interruptible(async (signal) => {
        const { thresholds } = options;
        const classifier = await TextClassifier.fromPretrained(await modelFolder(model), {
          ...{ thresholds, signal, onProgress: bar.update },
        });
        for (const note of classifier.loading.notes) process.stderr.write(`note: ${note}\n`);
        const { task } = classifier;
        if (options.pair !== undefined && texts.length !== 1) {
          throw new ConfigError("--pair goes with exactly one text");
        }
        const work = { signal, onProgress: bar.update };
        const predict = (inputs: TextInput[]) => classifier.predict(inputs, work);
        const show = (answers: Answer[]) => {
          bar.clear();
          const lines = answers.map((one) => (options.json ? jsonLine : textLine)(one, task));
          process.stdout.write(lines.map((line) => `${line}\n`).join(""));
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
      }).finally(() => bar.clear());
    });
}

/** Of an empty text nothing is said: its values are null. */
export function jsonLine({ input, prediction }: Answer, task: Task): string {
  const texts = typeof input === "string" ? { text: input } : input;
  const { labels = null, label = null, score = null, scores = null } = prediction ?? {};
  return JSON.stringify(
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
