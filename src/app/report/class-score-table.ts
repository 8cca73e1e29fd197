import type { EvaluationReport } from "../../core/evaluation/evaluation-report.ts";
import type { ClassScore } from "../../core/evaluation/metrics.ts";
import { integer, percent } from "../../core/format.ts";

/** The scores of every class as text, line by line. */
export interface ClassScoreTable {
  /** `Class`, for a multi-label task `Threshold`, then `Precision`, `Recall`, `F1`, `Rows` and `Predicted`. */
  header: string[];
  rows: string[][];
  /** The usual means: macro and, of a multi-label task, micro. */
  totals: string[][];
  /** Further means, where there is room. */
  furtherTotals: string[][];
}

type Scores = Partial<Pick<ClassScore, "precision" | "recall" | "f1" | "support" | "predicted">>;

/** Precision, recall, F1 and rows of every class of either task, and their means. */
export function classScoreTable(report: EvaluationReport): ClassScoreTable {
  const thresholds = report.task === "multiLabel" ? report.thresholds : undefined;
  const line = (name: string, { precision, recall, f1, support, predicted }: Scores, threshold?: number) => [
    name,
    ...(thresholds ? [threshold?.toFixed(2) ?? ""] : []),
    ...[precision, recall, f1].map((score) => (score === undefined ? "" : percent(score))),
    ...[support, predicted].map((rows) => (rows === undefined ? "" : integer(rows))),
  ];
  return {
    header: [
      "Class",
      ...(thresholds ? ["Threshold"] : []),
      ...["Precision", "Recall", "F1", "Rows", "Predicted"],
    ],
    rows: report.perClass.map((score, i) => line(score.label, score, thresholds?.[i])),
    totals: means(report).map(([name, scores]) => line(name, scores)),
    furtherTotals: furtherMeans(report).map(([name, scores]) => line(name, scores)),
  };
}

type Mean = [name: string, scores: Scores];

function means(report: EvaluationReport): Mean[] {
  const macro = { precision: report.macroPrecision, recall: report.macroRecall, f1: report.macroF1 };
  if (report.task === "singleLabel") {
    return [["macro average", { ...macro, support: report.rows, predicted: report.rows }]];
  }
  const total = (key: "support" | "predicted") => report.perClass.reduce((sum, score) => sum + score[key], 0);
  const micro = { precision: report.microPrecision, recall: report.microRecall, f1: report.microF1 };
  return [
    ["micro average", { ...micro, support: total("support"), predicted: total("predicted") }],
    ["macro average", macro],
  ];
}

function furtherMeans(report: EvaluationReport): Mean[] {
  if (report.task === "multiLabel") {
    return [
      ["weighted average", { f1: report.weightedF1 }],
      ["F1 per row", { f1: report.samplesF1, support: report.rows }],
    ];
  }
  const weighted = (key: "precision" | "recall") =>
    report.perClass.reduce((sum, score) => sum + score[key] * score.support, 0) / report.rows;
  const scores = { precision: weighted("precision"), recall: weighted("recall"), f1: report.weightedF1 };
  return [["weighted average", { ...scores, support: report.rows, predicted: report.rows }]];
}
