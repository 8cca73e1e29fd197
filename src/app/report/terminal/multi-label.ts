import type { Baseline } from "../../../core/evaluation/baseline.ts";
import type { MultiLabelReport } from "../../../core/evaluation/multi-label-metrics.ts";
import { integer, percent } from "../../../core/format.ts";
import type { FinalEvaluation, PredictedRow } from "../../../core/training/run-record.ts";
import { answerText, quotedAnswer, sureText } from "../answer-format.ts";
import { formatTable } from "./table.ts";
import { cut, oneLine, type Terminal, wrap } from "./terminal.ts";

type Score = Pick<Baseline, "microF1" | "macroF1" | "accuracy">;

/** The result on a split of rows of any number of classes, beside what the same answer to every row reaches. */
export function setResultLines(
  { split, majorityBaseline, everyClassBaseline }: FinalEvaluation,
  report: MultiLabelReport,
  terminal: Terminal,
): string {
  const { bold, green, dim } = terminal.colours;
  const line = (name: string, { microF1 = 0, macroF1, accuracy }: Score): string[] => [
    name,
    percent(microF1),
    percent(macroF1),
    percent(accuracy),
  ];
  const set = cut(oneLine(quotedAnswer(majorityBaseline.label, report.labels)), 30);
  const { given, predicted } = report.classesPerRow;
  return [
    bold(`${oneLine(split)}: ${integer(report.rows)} rows`),
    formatTable(
      {
        header: ["", "micro-F1", "macro-F1", "exact match"],
        rows: [
          line("this model", report),
          ...(everyClassBaseline ? [line("every class", everyClassBaseline)] : []),
          line("most frequent set", majorityBaseline),
        ],
        style: (cell, row, column) => (row === 0 && column > 0 ? green(cell) : cell),
      },
      terminal,
    ),
    dim(
      wrap(
        `most frequent set: always ${set}; ${detail(report)}; ${given.toFixed(2)} classes a row, ${predicted.toFixed(2)} predicted`,
        terminal,
      ),
    ),
  ].join("\n");
}

/** The scores of a split in a line. */
export function setSummary(report: MultiLabelReport, terminal: Terminal): string {
  const { bold } = terminal.colours;
  return wrap(
    `${bold(percent(report.microF1))} micro-F1, ${bold(percent(report.macroF1))} macro-F1, ${bold(percent(report.accuracy))} exact match, ${detail(report)}, ${integer(report.rows)} rows`,
    terminal,
  );
}

const detail = ({ loss, hammingLoss, samplesF1 }: MultiLabelReport): string =>
  `log loss ${loss.toFixed(4)}, Hamming loss ${percent(hammingLoss, 2)}, F1 per row ${percent(samplesF1)}`;

/** A wrong answer, what the model was surest and wrong of, and the text: three lines. */
export function setMistakeLines(mistake: PredictedRow, labels: string[], terminal: Terminal): string {
  const { dim, yellow } = terminal.colours;
  const room = Math.floor((terminal.width - " taken for ".length) / 2);
  const [label, predicted] = [mistake.label, mistake.predicted].map((answer) =>
    cut(oneLine(answerText(answer, labels)), room),
  );
  const sure = `  row ${mistake.row}, ${oneLine(sureText(mistake, labels))}`;
  return [
    `${label} taken for ${yellow(predicted!)}`,
    dim(cut(sure, terminal.width)),
    cut(`  ${oneLine(mistake.texts.join(" | "))}`, terminal.width),
  ].join("\n");
}
