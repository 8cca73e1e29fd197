import type { MultiLabelReport } from "../../evaluation/multi-label-metrics.ts";
import { calibrationChart } from "../charts/calibration.ts";
import { classScoresChart } from "../charts/class-scores.ts";
import { integer, percent } from "../format.ts";
import { html, type Markup } from "../markup.ts";
import { figure, table } from "./parts.ts";

/** Scores per class of a split whose rows are of any number of classes, and how far probabilities can be trusted. */
export async function setScores(split: string, report: MultiLabelReport): Promise<Markup> {
  const [scores, calibration] = await Promise.all([
    figure(classScoresChart({ title: "F1 per class", ...report })),
    figure(
      calibrationChart({
        title: "Calibration",
        bins: report.reliability,
        error: report.calibrationError,
        task: report.task,
      }),
    ),
  ]);
  return html`${perClass(split, report)}
<p class="note">Macro averages count a class that neither occurs nor is predicted as 0. F1 per row is the mean over the rows; a row without classes that is rightly given none counts as 0, as in scikit-learn.</p>
<div class="grid">${scores}${calibration}</div>
`;
}

function perClass(split: string, report: MultiLabelReport): Markup {
  const { perClass, thresholds, rows } = report;
  const total = (key: "support" | "predicted") => perClass.reduce((sum, score) => sum + score[key], 0);
  return table({
    caption: `Scores per class on ${split}`,
    columns: [
      { title: "Class" },
      { title: "Threshold", numeric: true },
      { title: "Precision", numeric: true },
      { title: "Recall", numeric: true },
      { title: "F1", numeric: true },
      { title: "Rows", numeric: true },
      { title: "Predicted", numeric: true },
    ],
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
        integer(total("support")),
        integer(total("predicted")),
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
      ["weighted average", "", "", "", percent(report.weightedF1), "", ""],
      ["F1 per row", "", "", "", percent(report.samplesF1), integer(rows), ""],
    ],
  });
}
