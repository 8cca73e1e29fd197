import { wilsonInterval } from "../../../core/evaluation/interval.ts";
import type { MultiLabelReport } from "../../../core/evaluation/multi-label-metrics.ts";
import { integer, percent } from "../../../core/format.ts";
import type { FinalEvaluation, Finding } from "../../../core/training/run-record.ts";
import { answerText, quotedAnswer } from "../answer-format.ts";
import { type Content, html, type Markup } from "../markup.ts";

/** The result on every split, each beside what always predicting one class would reach. */
export function headline(evaluations: FinalEvaluation[], labels: string[]): Markup {
  if (evaluations.length === 0) {
    return html`<p>This run was not evaluated on any split.</p>`;
  }
  return html`<div class="grid">${evaluations.map((evaluation) => result(evaluation, labels))}</div>`;
}

function result(evaluation: FinalEvaluation, labels: string[]): Markup {
  const { split, report, majorityBaseline } = evaluation;
  if (report.task === "multiLabel") return setResult(evaluation, report, labels);
  const interval = wilsonInterval(Math.round(report.accuracy * report.rows), report.rows);
  const majority = answerText(majorityBaseline.label, labels);
  const beaten = interval.low > majorityBaseline.accuracy;
  return html`<article class="card headline">
<h3>Accuracy on ${split}</h3>
<p class="figure">${percent(report.accuracy)} <span class="of">of ${integer(report.rows)} rows right</span></p>
<p class="note">95% interval for a split of this size: ${percent(interval.low)} to ${percent(interval.high)}</p>
<div class="bars" aria-hidden="true">
${bar("this model", report.accuracy, "")}
${bar("majority class", majorityBaseline.accuracy, "base")}
</div>
<p>Always answering “${majority}”, the most frequent class in training, is right in ${percent(majorityBaseline.accuracy)} of the rows. ${
    beaten
      ? html`This model is ${points(report.accuracy - majorityBaseline.accuracy)} above that.`
      : html`<strong>This model is not clearly better than that.</strong>`
  }</p>
<dl class="measures">
${measure("macro-F1", percent(report.macroF1))}
${measure("weighted F1", percent(report.weightedF1))}
${measure("log loss", report.loss.toFixed(3))}
${measure("calibration error", percent(report.calibrationError))}
</dl>
</article>
`;
}

/** F1 first: few rows have their whole set right, and that says little of how well classes are found. */
function setResult(
  { split, majorityBaseline, everyClassBaseline }: FinalEvaluation,
  report: MultiLabelReport,
  labels: string[],
): Markup {
  const interval = wilsonInterval(Math.round(report.accuracy * report.rows), report.rows);
  const { given, predicted } = report.classesPerRow;
  const trivial = Math.max(majorityBaseline.microF1 ?? 0, everyClassBaseline?.microF1 ?? 0);
  const most = quotedAnswer(majorityBaseline.label, labels);
  return html`<article class="card headline">
<h3>Micro-F1 on ${split}</h3>
<p class="figure">${percent(report.microF1)} <span class="of">of all classes together, ${integer(report.rows)} rows</span></p>
<p class="note">${percent(report.microPrecision)} of the predicted classes are right (precision); ${percent(report.microRecall)} of the given ones are found (recall).</p>
<div class="bars" aria-hidden="true">
${bar("this model", report.microF1, "")}
${everyClassBaseline && bar("every class", everyClassBaseline.microF1 ?? 0, "base")}
${bar("most frequent set", majorityBaseline.microF1 ?? 0, "base")}
</div>
<p>Exact match: ${percent(report.accuracy)} of the rows have their whole set of classes right (95% interval ${percent(interval.low)} to ${percent(interval.high)}). Always answering ${most}, the most frequent set in training, has ${percent(majorityBaseline.accuracy)} right. ${
    report.microF1 > trivial
      ? html`Rows have ${given.toFixed(2)} classes on average, and ${predicted.toFixed(2)} are predicted.`
      : html`<strong>Answering the same to every row reaches a better micro-F1 than this model.</strong>`
  }</p>
<dl class="measures">
${measure("macro-F1", percent(report.macroF1))}
${measure("F1 per row", percent(report.samplesF1))}
${measure("Hamming loss", percent(report.hammingLoss, 2))}
${measure("log loss", report.loss.toFixed(3))}
</dl>
</article>
`;
}

const bar = (name: string, share: number, kind: string): Markup =>
  html`<span>${name}</span><span class="track"><span class="fill ${kind}" style="width:${percent(share)}"></span></span><span>${percent(share)}</span>`;

const measure = (name: string, value: string): Markup => html`<div><dt>${name}</dt><dd>${value}</dd></div>`;

const points = (difference: number): string => `${(difference * 100).toFixed(1)} points`;

/** What makes the result worth less than it looks: warnings first. */
export function findingList(findings: Finding[]): Markup {
  if (findings.length === 0) {
    return html`<p>The checks of data, training and predictions found nothing to warn of.</p>`;
  }
  const sorted = [...findings].sort(
    (a, b) => Number(b.severity === "warning") - Number(a.severity === "warning"),
  );
  return html`<div class="stack">${sorted.map((finding) => findingCard(finding.severity, finding))}</div>`;
}

/** A finding under what it is, or where it holds. */
export function findingCard(kind: Content, { severity, found, why, advice }: Finding): Markup {
  return html`<article class="card finding is-${severity}">
<div class="kind">${kind}</div>
<h3>${found}</h3>
<p>${why}</p>
<p><strong>What to do:</strong> ${advice}</p>
</article>
`;
}
