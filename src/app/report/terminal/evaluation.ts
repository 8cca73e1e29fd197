import type { EvaluationReport } from "../../../core/evaluation/evaluation-report.ts";
import { integer, percent } from "../../../core/format.ts";
import type { FinalEvaluation, Finding, PredictedRow } from "../../../core/training/run-record.ts";
import { answerText } from "../answer-format.ts";
import { classScoreTable } from "../class-score-table.ts";
import { bar } from "./bars.ts";
import { setMistakeLines, setResultLines } from "./multi-label.ts";
import { formatTable } from "./table.ts";
import { cut, oneLine, pad, type Terminal, wrap } from "./terminal.ts";

export { confusionTable } from "./confusion.ts";

/** The result on a split beside the majority class's. */
export function resultLines(evaluation: FinalEvaluation, terminal: Terminal): string {
  const { split, report, majorityBaseline } = evaluation;
  if (report.task === "multiLabel") return setResultLines(evaluation, report, terminal);
  const { bold, green, dim } = terminal.colours;
  // What the numbers leave; a bar of a few columns would say nothing.
  const room = Math.min(40, terminal.width - 54);
  const drawn = (share: number) => (room < 8 ? "" : bar(share, room));
  const line = (name: string, accuracy: number, macroF1: number, rest: string) =>
    `  ${pad(name, 16)}  ${pad(percent(accuracy), 6, "right")} accuracy  ${pad(percent(macroF1), 6, "right")} macro-F1  ${rest}`.trimEnd();
  const majority = cut(oneLine(answerText(majorityBaseline.label, report.labels)), 20);
  return [
    bold(`${oneLine(split)}: ${integer(report.rows)} rows`),
    line("this model", report.accuracy, report.macroF1, green(drawn(report.accuracy))),
    line(
      "majority class",
      majorityBaseline.accuracy,
      majorityBaseline.macroF1,
      dim(drawn(majorityBaseline.accuracy)),
    ),
    dim(
      wrap(
        `majority class: always “${majority}”; log loss ${report.loss.toFixed(4)}, calibration error ${percent(report.calibrationError)}`,
        terminal,
        "  ",
      ),
    ),
  ].join("\n");
}

/** Precision, recall, F1 and rows of every class, and their means. */
export function perClassTable(report: EvaluationReport, terminal: Terminal): string {
  const { header, rows, totals } = classScoreTable(report);
  const titles = header.map((title) => (title === "F1" ? title : title.toLowerCase()));
  const short = (title: string) => (title === "threshold" && terminal.width < 70 ? "above" : title);
  return formatTable({ header: titles.map(short), rows, totals }, terminal);
}

/** The most confident mistakes, two lines each. */
export function mistakeLines(mistakes: PredictedRow[], labels: string[], terminal: Terminal): string {
  const { dim, yellow } = terminal.colours;
  return mistakes
    .map((mistake) => {
      if (mistake.about !== undefined) return setMistakeLines(mistake, labels, terminal);
      const [label, predicted] = [mistake.label, mistake.predicted].map((answer) =>
        cut(oneLine(answerText(answer, labels)), 28),
      );
      const text = oneLine(mistake.texts.join(" | "));
      return [
        `${label} taken for ${yellow(predicted!)} ${dim(`(${percent(mistake.probability)} sure, row ${mistake.row})`)}`,
        `  ${cut(text, Math.max(20, terminal.width - 2))}`,
      ].join("\n");
    })
    .join("\n");
}

/** Warnings and notes: what was found, why it matters, what to do. */
export function findingLines(findings: Finding[], terminal: Terminal): string {
  const { bold, yellow, cyan } = terminal.colours;
  return findings
    .map(({ severity, found, why, advice }) => {
      const mark = severity === "warning" ? yellow(bold("warning")) : cyan("note");
      return [
        mark,
        wrap(found, terminal, "  "),
        wrap(why, terminal, "  "),
        wrap(`→ ${advice}`, terminal, "  "),
      ].join("\n");
    })
    .join("\n");
}
