import type { Task } from "../data/targets.ts";

/** A program that uses a trained model, for people to copy. */
export function usageCode(modelFolder: string, task: Task): string {
  const answer = task === "multiLabel" ? "labels, scores" : "label, score";
  return `import { TextClassifier } from "textune";

const classifier = await TextClassifier.fromPretrained(${JSON.stringify(modelFolder)});
const { ${answer} } = await classifier.predict("a text to classify");`;
}
