import type { SuspectReport } from "../runs/suspects.ts";
import { quoted, unformulated } from "./csv-cells.ts";

/**
 * Suspects as CSV (RFC 4180) to relabel by: row, given, suggested, probability_given, probability_suggested, text; for
 * pairs also the second text as `pair`. Texts and classes that begin like a formula (`=`, `+`, `-`, `@`, a tab or a
 * carriage return) have an apostrophe before them.
 */
export function suspectsCsv({ suspects }: Pick<SuspectReport, "suspects">): string {
  const isPair = suspects.some(({ texts }) => texts.length > 1);
  const header = ["row", "given", "suggested", "probability_given", "probability_suggested", "text"];
  const lines = suspects.map(({ row, given, suggested, probabilityGiven, probabilitySuggested, texts }) => [
    ...[String(row), unformulated(given), unformulated(suggested)],
    ...[probabilityGiven, probabilitySuggested].map((probability) => probability.toFixed(6)),
    ...texts.map(unformulated),
  ]);
  return [[...header, ...(isPair ? ["pair"] : [])], ...lines]
    .map((cells) => `${cells.map((cell) => quoted(cell)).join(",")}\r\n`)
    .join("");
}
