import { counted, integer, percent } from "../../core/format.ts";
import type { SplitDescription, TrainingComparison } from "../../core/profiling/description.ts";
import type { LengthSummary } from "../../core/text/length-summary.ts";

// What is said of a described dataset, on the terminal and on the page alike.

/** Lengths as pandas prints them: a row a statistic, a column a unit. */
export interface LengthTable {
  /** What is measured, where a split has several such tables. */
  of?: string;
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

/** Lengths of a split in every unit they were counted in; of a pair, each text by itself. */
export function lengthTables({ texts, tokens }: SplitDescription): LengthTable[] {
  const columns = texts.map(({ characters, words }) => ({
    characters: characters.summary,
    words: words.summary,
  }));
  const rowTokens = tokens && { tokens: tokens.lengths.summary };
  if (texts.length === 1) return [lengthTable({ ...columns[0]!, ...rowTokens })];
  return [
    ...columns.map((units, i) => ({ of: texts[i]!.column, ...lengthTable(units) })),
    ...(rowTokens ? [{ of: "both together", ...lengthTable(rowTokens) }] : []),
  ];
}

function lengthTable(units: Record<string, LengthSummary>): LengthTable {
  return {
    units: Object.keys(units),
    rows: statistics.map(([name, value]) => [name, ...Object.values(units).map(value)]),
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
export function overlapLine({ overlap, unseenWords }: TrainingComparison): string {
  const { split, rows, exact, normalized, near } = overlap;
  const total = exact + normalized + near;
  const found =
    total === 0
      ? `No row of ${split} is in ${overlap.in}`
      : `${split} shares ${integer(total)} of its ${counted(rows, "row")} (${percent(total / rows)}) with ${overlap.in}: ${integer(exact)} word for word, ${integer(normalized)} but for case, spacing and punctuation, ${integer(near)} with few words changed`;
  return `${found}. ${percent(unseenWords)} of the words of ${split} never occur in ${overlap.in}.`;
}
