import type { MultiLabelReport } from "../../../core/evaluation/multi-label-metrics.ts";
import { calibrationChart } from "../charts/calibration.ts";
import { classScoresChart } from "../charts/class-scores.ts";
import { html, type Markup } from "../markup.ts";
import { classScores } from "./class-scores.ts";
import { figure } from "./parts.ts";

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
  return html`${classScores(split, report)}
<p class="note">Macro averages count a class that neither occurs nor is predicted as 0. F1 per row is the mean over the rows; a row without classes that is rightly given none counts as 0, as in scikit-learn.</p>
<div class="grid">${scores}${calibration}</div>
`;
}
