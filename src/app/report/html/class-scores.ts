import type { EvaluationReport } from "../../../core/evaluation/evaluation-report.ts";
import { classScoreTable } from "../class-score-table.ts";
import type { Markup } from "../markup.ts";
import { table } from "./parts.ts";

/** Precision, recall, F1 and rows of every class of a split, and all their means. */
export function classScores(split: string, report: EvaluationReport): Markup {
  const { header, rows, totals, furtherTotals } = classScoreTable(report);
  return table({
    caption: `Scores per class on ${split}`,
    columns: header.map((title, i) => ({ title, numeric: i > 0 })),
    rows,
    totals: [...totals, ...furtherTotals],
  });
}
