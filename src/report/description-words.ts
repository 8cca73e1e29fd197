import type { SplitComparison, SplitDescription } from "../exploration/description.ts";
import type { LengthSummary } from "../text/length-summary.ts";
import { counted, integer, percent } from "./format.ts";

// What is said of a described dataset, on the terminal and on the page alike.

/** Lengths as pandas prints them: a row a statistic, a column a unit. */
export interface LengthTable {
  units: string[];
  /** The statistic's name, then its value in each unit. */
  rows: string[][];
}

/** Names and values of a summary, as pandas' `describe()` orders and calls them. */
const statistics: [name: string, value: (summary: LengthSummary) => string][] = [
  ["count", ({ count }) => integer(count)],
  ["mean", ({ mean }) => mean.toFixed(2)],
  ["std", ({ std }) => std.toFixed(2)],
  ["min", ({ min }) => integer(min)],
  ["25%", ({ q25 }) => quantile(q25)],
  ["50%", ({ median }) => quantile(median)],
  ["75%", ({ q75 }) => quantile(q75)],
  ["max", ({ max }) => integer(max)],
];

/** A quantile, which may lie between two lengths. */
const quantile = (value: number): string => (Number.isInteger(value) ? integer(value) : value.toFixed(2));

/** Lengths of a split in every unit they were counted in. */
export function lengthTable({ texts, tokens }: SplitDescription): LengthTable {
  const columns = texts.flatMap(({ column, characters, words }) => {
    const of = texts.length > 1 ? ` of ${column}` : "";
    return [
      { unit: `characters${of}`, summary: characters.summary },
      { unit: `words${of}`, summary: words.summary },
    ];
  });
  if (tokens) columns.push({ unit: "tokens", summary: tokens.lengths.summary });
  return {
    units: columns.map(({ unit }) => unit),
    rows: statistics.map(([name, value]) => [name, ...columns.map(({ summary }) => value(summary))]),
  };
}

/** The words of a split, and what a model's vocabulary makes of them. */
export function vocabularyLines({ vocabulary, tokens, rows }: SplitDescription): string[] {
  const words = `${integer(vocabulary)} distinct words, case and punctuation aside.`;
  if (!tokens) return [words];
  const { limit, truncatedRows, truncatedTokens } = tokens;
  return [
    `${words} They use ${integer(tokens.vocabularyUsed)} of the ${integer(tokens.vocabulary)} entries of ${tokens.model}'s vocabulary (${percent(tokens.vocabularyUsed / tokens.vocabulary)}), ${tokens.tokensPerWord.toFixed(2)} tokens a word; ${percent(tokens.unknownTokens, 2)} of the tokens are unknown to it.`,
    ...(limit === undefined
      ? []
      : [
          truncatedRows === 0
            ? `No row is longer than the model's ${integer(limit)} tokens.`
            : `Cutting rows at the model's ${integer(limit)} tokens loses ${percent(truncatedTokens)} of all tokens, in ${counted(truncatedRows, "row")} (${percent(truncatedRows / rows)}).`,
        ]),
  ];
}

/** Texts that come more than once. */
export function duplicateLine({ duplicates }: SplitDescription): string {
  const { exact, normalized, conflictingTexts, conflictingRows, estimated } = duplicates;
  const about = estimated ? "about " : "";
  if (normalized === 0) return "No text comes twice.";
  const conflicts =
    conflictingTexts === 0
      ? ""
      : ` With different labels: ${counted(conflictingTexts, "text")}, in ${counted(conflictingRows, "row")}.`;
  return `Texts that an earlier row has too: ${about}${counted(exact, "row")} word for word, ${integer(normalized)} if case, spacing and punctuation don't count.${conflicts}`;
}

/** What an evaluation split shares with the training split. */
export function overlapLine({ overlap, unseenWords }: SplitComparison): string {
  const { split, rows, exact, normalized, near } = overlap;
  const total = exact + normalized + near;
  const found =
    total === 0
      ? `No row of ${split} is in ${overlap.in}`
      : `${split} shares ${integer(total)} of its ${counted(rows, "row")} (${percent(total / rows)}) with ${overlap.in}: ${integer(exact)} word for word, ${integer(normalized)} but for case, spacing and punctuation, ${integer(near)} with few words changed`;
  return `${found}. ${percent(unseenWords)} of the words of ${split} never occur in ${overlap.in}.`;
}
