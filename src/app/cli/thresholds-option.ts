import { InvalidArgumentError } from "commander";

/** `--thresholds 0.3`, or one for each class: for commands that use a trained model. */
export const thresholdsOption = [
  "--thresholds <a,b>",
  "of a multi-label model, probability above which a class applies: one, or one each (default: the model's)",
  parseThresholds,
] as const;

function parseThresholds(text: string): number | number[] {
  const numbers = text.split(",").map((part) => (part.trim() === "" ? Number.NaN : Number(part)));
  if (numbers.some(Number.isNaN))
    throw new InvalidArgumentError("It is not a number, or numbers with commas.");
  return numbers.length === 1 ? numbers[0]! : numbers;
}
