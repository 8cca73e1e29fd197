import { DataError } from "../errors.ts";
import type { Feature, Features } from "./features.ts";
import { listNames } from "./nearest-name.ts";
import type { Value } from "./values.ts";

/** Names under which published datasets keep two texts that are classified together. */
const PAIRS = [
  ["premise", "hypothesis"],
  ["sentence1", "sentence2"],
  ["question1", "question2"],
  ["question", "sentence"],
  ["text", "text_pair"],
  ["text1", "text2"],
  ["text_a", "text_b"],
];

/** Names under which they keep the one text, the more usual first. */
const SINGLES = ["text", "sentence", "content", "review", "document", "message", "body", "comment", "tweet"];

/**
 * The text column, or the two columns of a pair: by their usual names, else the only column of text besides the
 * labels.
 *
 * @param hint Ends the message where there is none.
 */
export function detectTextColumns(
  features: Features,
  labelColumns: readonly string[],
  source: string,
  hint = "",
): string[] {
  const names = Object.keys(features);
  const pair = PAIRS.find((columns) => columns.every((name) => names.includes(name)));
  if (pair !== undefined) return [...pair];
  const single = SINGLES.find((name) => names.includes(name));
  if (single !== undefined) return [single];
  const texts = names.filter((name) => features[name]!.type === "string" && !labelColumns.includes(name));
  if (texts.length === 1) return texts;
  throw new DataError(
    `${source} has no text column; name the one to use (columns: ${listNames(names)})${hint}`,
  );
}

/**
 * Cells as texts, [rows]. A missing text is the empty text; a number reads as it is written.
 *
 * @throws DataError where the column holds lists or objects, or stands for classes.
 */
export function asTexts(values: readonly Value[], feature: Feature, where: string): string[] {
  if (feature.type === "classLabel") throw new DataError(`${where} holds classes, not text`);
  return values.map((value) => {
    if (typeof value === "string") return value;
    if (value === null) return "";
    if (typeof value === "object") throw new DataError(`${where} holds lists or objects, not text`);
    return String(value);
  });
}
