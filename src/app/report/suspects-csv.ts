import type { SuspectReport } from "../runs/suspects.ts";

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
    .map((cells) => `${cells.map(quoted).join(",")}\r\n`)
    .join("");
}

/**
 * A cell that a spreadsheet would take for a formula, with an apostrophe before it, which makes it text there. What it
 * begins with may be text of anyone's.
 */
function unformulated(cell: string): string {
  return /^[=+\-@\t\r]/.test(cell) ? `'${cell}` : cell;
}

/** In quotes where the cell would otherwise be read as more than one, or lose the spaces around it. */
function quoted(cell: string): string {
  return /[",\r\n]|^\s|\s$/.test(cell) ? `"${cell.replaceAll('"', '""')}"` : cell;
}
