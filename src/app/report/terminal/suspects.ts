import { counted, integer, percent } from "../../../core/format.ts";
import type { SuspectReport } from "../../runs/suspects.ts";
import { formatTable } from "./table.ts";
import { oneLine, type Terminal, wrap } from "./terminal.ts";

/** Pairs of classes that are named. */
const pairsShown = 3;

/** How the labels were judged, and the likeliest errors, as text for a terminal. */
export function suspectsText(report: SuspectReport, shown: number, terminal: Terminal): string {
  const { bold, dim, yellow } = terminal.colours;
  const { suspects, rows } = report;
  const found =
    suspects.length === 0
      ? `No label of ${counted(rows, "row")} looks wrong`
      : `${counted(suspects.length, "likely label error")} in ${counted(rows, "row")} (${percent(suspects.length / rows)})`;
  const parts = [`${bold(found)}\n${dim(wrap(howJudged(report), terminal))}`];
  if (suspects.length === 0) return parts.join("\n\n");
  const listed = suspects.slice(0, shown);
  const table = formatTable(
    {
      header: ["row", "given", "likely", "confidence", "text"],
      rows: listed.map(({ row, given, suggested, probabilitySuggested, texts }) => [
        String(row),
        given,
        suggested,
        percent(probabilitySuggested),
        texts.join(" | "),
      ]),
      left: [1, 2, 4],
      style: (cell, _row, column) => (column === 2 ? yellow(cell) : cell),
    },
    terminal,
  );
  if (listed.length > 0) parts.push(table);
  const rest = suspects.length - listed.length;
  const after = [
    ...(rest > 0 ? [`… and ${integer(rest)} more, less likely.`] : []),
    `Rows count from 0, without the header. Most often: ${commonest(report)}.`,
  ];
  parts.push(dim(wrap(after.join(" "), terminal)));
  return parts.join("\n\n");
}

function howJudged({
  data,
  model,
  folds,
  encoderTrained,
  accuracy,
  majorityBaseline,
}: SuspectReport): string {
  const why = encoderTrained
    ? " The encoder that the run trained has no say, since it has learned these labels, wrong ones too."
    : "";
  return (
    `${data}. Each row was judged by a head on the frozen pretrained encoder ${model} that was trained without it ` +
    `(${folds} folds).${why} These heads agree with ${percent(accuracy)} of the labels; always naming the largest class ` +
    `would with ${percent(majorityBaseline)}.`
  );
}

/** Which classes are mixed up: label given and class suggested. */
function commonest({ suspects }: SuspectReport): string {
  const counts = new Map<string, number>();
  for (const { given, suggested } of suspects) {
    const pair = `given ${oneLine(given)}, likely ${oneLine(suggested)}`;
    counts.set(pair, (counts.get(pair) ?? 0) + 1);
  }
  return [...counts]
    .sort(([, a], [, b]) => b - a)
    .slice(0, pairsShown)
    .map(([pair, count]) => `${pair} (${integer(count)})`)
    .join("; ");
}
