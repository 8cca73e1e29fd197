import { createInterface } from "node:readline";
import { Command } from "commander";
import type { Prediction, TextInput } from "../../core/classifier/predict.ts";
import { TextClassifier } from "../../core/classifier/text-classifier.ts";
import type { Task } from "../../core/data/targets.ts";
import { ConfigError, DataError } from "../../core/errors.ts";
import { modelFolder } from "../../node/classifier/model-folder.ts";
import { ProgressBar } from "../report/terminal/progress-bar.ts";
import { interruptible } from "./interrupt.ts";
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
          ...{ thresholds, signal },
        });
        const { task } = classifier;
        if (options.pair !== undefined && texts.length !== 1) {
          throw new ConfigError("--pair goes with exactly one text");
        }
        const work = { signal, onProgress: bar.update };
        const show = async (inputs: TextInput[]) => {
          const predictions = await classifier.predict(inputs, work);
          bar.clear();
          const lines = predictions.map((prediction, i) =>
            (options.json ? jsonLine : textLine)(inputs[i]!, prediction, task),
          );
          process.stdout.write(lines.map((line) => `${line}\n`).join(""));
        };
        if (texts.length > 0) {
          const { pair } = options;
          return show(pair === undefined ? texts : [{ text: texts[0]!, pair }]);
        }
        if (process.stdin.isTTY)
          throw new ConfigError('no text; give one, as in textune predict MODEL "…", or pipe lines');
        let isRead = true;
        process.stdout.once("error", () => {
          isRead = false;
        });
        for await (const inputs of chunks(readInputs(process.stdin))) {
          await show(inputs);
          if (!isRead) return;
        }
      }).finally(() => bar.clear());
    });
}

function jsonLine(input: TextInput, { labels, label, score, scores }: Prediction, task: Task): string {
  const texts = typeof input === "string" ? { text: input } : input;
  return JSON.stringify(
    task === "multiLabel" ? { ...texts, labels, scores } : { ...texts, label, score, scores },
  );
}

/** Class and probability; of a multi-label model all classes that apply, the most probable first. */
function textLine(input: TextInput, { labels, label, score, scores }: Prediction, task: Task): string {
  const text = typeof input === "string" ? input : `${input.text} / ${input.pair}`;
  const shown = text.replaceAll(/\s+/g, " ").slice(0, 120);
  if (task === "singleLabel") return `${label}\t${score.toFixed(4)}\t${shown}`;
  const said = labels.map((name) => `${name} ${scores[name]!.toFixed(4)}`).join(", ");
  return `${said === "" ? "(no class)" : said}\t${shown}`;
}

/** Non-empty lines; one that starts with { is JSON. */
async function* readInputs(stream: NodeJS.ReadableStream): AsyncGenerator<TextInput> {
  let line = 0;
  for await (const text of createInterface({ input: stream, crlfDelay: Number.POSITIVE_INFINITY })) {
    line++;
    if (text.trim() === "") continue;
    yield text.trimStart().startsWith("{") ? parseInput(text, line) : text;
  }
}

function parseInput(text: string, line: number): TextInput {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (cause) {
    throw new DataError(`stdin, line ${line}: not valid JSON`, { cause });
  }
  const { text: first, pair } = value as { text?: unknown; pair?: unknown };
  if (typeof first !== "string") throw new DataError(`stdin, line ${line}: the JSON object has no "text"`);
  return typeof pair === "string" ? { text: first, pair } : first;
}

async function* chunks(inputs: AsyncIterable<TextInput>): AsyncGenerator<TextInput[]> {
  let chunk: TextInput[] = [];
  for await (const input of inputs) {
    chunk.push(input);
    if (chunk.length === chunkSize) {
      yield chunk;
      chunk = [];
    }
  }
  if (chunk.length > 0) yield chunk;
}
