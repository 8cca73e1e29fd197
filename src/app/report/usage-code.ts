import type { RunRecord } from "../../core/training/run-record.ts";

/** What the use of a trained model depends on. */
export type UsedModel = Pick<RunRecord, "task" | "pair">;

/** A command that uses a trained model, for people to copy. */
export function usageCommand(folder: string, { pair }: Pick<UsedModel, "pair">): string {
  const texts = pair ? '"the first text" --pair "the second text"' : '"a text to classify"';
  return `textune predict ${shellWord(folder)} ${texts}`;
}

/** The same as a program. */
export function usageCode(modelFolder: string, { task, pair }: UsedModel): string {
  const answer = task === "multiLabel" ? "labels, scores" : "label, score";
  const text = pair ? '{ text: "the first text", pair: "the second text" }' : '"a text to classify"';
  return `import { TextClassifier } from "textune";

const classifier = await TextClassifier.fromPretrained(${JSON.stringify(modelFolder)});
const { ${answer} } = await classifier.predict(${text});`;
}

const shellWord = (path: string): string =>
  /^[\p{L}\p{N}_./@-]+$/u.test(path) ? path : `'${path.replaceAll("'", `'\\''`)}'`;
