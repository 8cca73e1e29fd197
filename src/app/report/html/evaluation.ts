import { frequentConfusions } from "../../../core/evaluation/confusions.ts";
import type { EvaluationReport } from "../../../core/evaluation/evaluation-report.ts";
import type { ClassificationReport } from "../../../core/evaluation/metrics.ts";
import { integer, percent } from "../../../core/format.ts";
import type { FinalEvaluation, PredictedRow } from "../../../core/training/run-record.ts";
import { answerText, sureText } from "../answer-format.ts";
import { calibrationChart } from "../charts/calibration.ts";
import { confusionChart } from "../charts/confusion.ts";
import { html, type Markup } from "../markup.ts";
import { classScores } from "./class-scores.ts";
import { setScores } from "./multi-label.ts";
import { figure, table } from "./parts.ts";
import { rowTexts } from "./texts.ts";

/** Above so many classes the confusion matrix takes the page's width. */
const MOST_SIDE_BY_SIDE = 9;

/** One split in detail: per class, what is confused with what, calibration, mistakes. */
export async function evaluationDetail({ split, report, mistakes }: FinalEvaluation): Promise<Markup> {
  if (report.task === "multiLabel") {
    return html`<div class="stack">
${await setScores(split, report)}
${mistakeList(mistakes, report)}
</div>
`;
  }
  const [confusion, calibration] = await Promise.all([
    figure(confusionChart({ title: "Confusion matrix", labels: report.labels, confusion: report.confusion })),
    figure(
      calibrationChart({ title: "Calibration", bins: report.reliability, error: report.calibrationError }),
    ),
  ]);
  return html`<div class="stack">
${classScores(split, report)}
<div class="${report.labels.length > MOST_SIDE_BY_SIDE ? "stack" : "grid"}">${confusion}${calibration}</div>
${confusions(report)}
${mistakeList(mistakes, report)}
</div>
`;
}

/** Rows of the list of confusions at most. */
const MOST_CONFUSIONS = 8;

/** The largest cells off the confusion matrix's diagonal, in words. */
function confusions(report: ClassificationReport): Markup | false {
  const rows = frequentConfusions(report, MOST_CONFUSIONS).map(({ truth, predicted, rows, share }) => [
    report.labels[truth],
    report.labels[predicted],
    integer(rows),
    percent(share),
  ]);
  return (
    rows.length > 0 &&
    table({
      caption: "Most frequent confusions",
      columns: [
        { title: "True class" },
        { title: "Predicted as" },
        { title: "Rows", numeric: true },
        { title: "Share of the true class", numeric: true },
      ],
      rows,
    })
  );
}

function mistakeList(mistakes: PredictedRow[], { labels }: EvaluationReport): Markup | false {
  return (
    mistakes.length > 0 &&
    html`<div class="card list">
<h3>Most confident mistakes</h3>
<p class="note">Where the model was surest and wrong. Look here first for wrong labels and unclear classes.</p>
<ol class="mistakes">
${mistakes.map(
  (mistake) => html`<li>
<div class="verdict"><span>labelled <b>${answerText(mistake.label, labels)}</b></span><span>predicted <b class="wrong">${answerText(mistake.predicted, labels)}</b>, ${sureText(mistake, labels)}</span><span>row ${integer(mistake.row)}</span></div>
${rowTexts(mistake.texts)}
</li>
`,
)}</ol>
</div>
`
  );
}
