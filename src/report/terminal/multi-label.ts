import type { Baseline } from "../../evaluation/baseline.ts";
import type { MultiLabelReport } from "../../evaluation/multi-label-metrics.ts";
import type { FinalEvaluation } from "../../training/run-record.ts";
import { quotedAnswer } from "../answer-words.ts";
import { integer, percent } from "../format.ts";
import { bar } from "./bars.ts";
import { formatTable } from "./table.ts";
import { cut, oneLine, pad, type Terminal, wrap } from "./terminal.ts";

/** The result on a split of rows of any number of classes, beside what the same answer to every row reaches. */
export function setResultLines(
  { split, majorityBaseline, everyClassBaseline }: FinalEvaluation,
  report: MultiLabelReport,
  terminal: Terminal,
): string {
  const { bold, green, dim } = terminal.colours;
  // What the numbers leave; a bar of a few columns would say nothing.
  const room = Math.min(30, terminal.width - 76);
  const line = (name: string, score: Pick<Baseline, "microF1" | "macroF1" | "accuracy">, isModel = false) => {
    const micro = score.microF1 ?? 0;
    const numbers = [
      `${pad(percent(micro), 6, "right")} micro-F1`,
      `${pad(percent(score.macroF1), 6, "right")} macro-F1`,
      `${pad(percent(score.accuracy), 6, "right")} exact match`,
    ];
    const drawn = room < 8 ? "" : (isModel ? green : dim)(bar(micro, room));
    return `  ${pad(name, 17)}  ${numbers.join("  ")}  ${drawn}`.trimEnd();
  };
  const set = cut(oneLine(quotedAnswer(majorityBaseline.label, report.labels)), 30);
  const { given, predicted } = report.classesPerRow;
  return [
    bold(`${oneLine(split)}: ${integer(report.rows)} rows`),
    line("this model", report, true),
    ...(everyClassBaseline ? [line("every class", everyClassBaseline)] : []),
    line("most frequent set", majorityBaseline),
    dim(
      wrap(
        `most frequent set: always ${set}; ${detail(report)}; ${given.toFixed(2)} classes a row, ${predicted.toFixed(2)} predicted`,
        terminal,
        "  ",
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

/** Threshold, precision, recall, F1 and rows of every class, and their means. */
export function setClassTable(report: MultiLabelReport, terminal: Terminal): string {
  const { perClass, thresholds } = report;
  return formatTable(
    {
      header: ["class", "threshold", "precision", "recall", "F1", "rows", "predicted"],
      rows: perClass.map((score, i) => [
        score.label,
        thresholds[i]!.toFixed(2),
        percent(score.precision),
        percent(score.recall),
        percent(score.f1),
        integer(score.support),
        integer(score.predicted),
      ]),
      totals: [
        [
          "micro average",
          "",
          percent(report.microPrecision),
          percent(report.microRecall),
          percent(report.microF1),
          integer(perClass.reduce((sum, { support }) => sum + support, 0)),
          integer(perClass.reduce((sum, { predicted }) => sum + predicted, 0)),
        ],
        [
          "macro average",
          "",
          percent(report.macroPrecision),
          percent(report.macroRecall),
          percent(report.macroF1),
          "",
          "",
        ],
      ],
    },
    terminal,
  );
}
