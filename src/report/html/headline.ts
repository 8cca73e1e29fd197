import { wilsonInterval } from "../../evaluation/interval.ts";
import type { FinalEvaluation, Finding } from "../../training/run-record.ts";
import { integer, percent } from "../format.ts";
import { html, type Markup } from "../markup.ts";

/** The result on every split, each beside what always predicting one class would reach. */
export function headline(evaluations: FinalEvaluation[], labels: string[]): Markup {
  if (evaluations.length === 0) {
    return html`<p>This run was not evaluated on any split.</p>`;
  }
  return html`<div class="grid">${evaluations.map((evaluation) => result(evaluation, labels))}</div>`;
}

function result({ split, report, majorityBaseline }: FinalEvaluation, labels: string[]): Markup {
  const interval = wilsonInterval(Math.round(report.accuracy * report.rows), report.rows);
  const majority = labels[majorityBaseline.label] ?? `class ${majorityBaseline.label}`;
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
  return html`<div class="stack">${sorted.map(
    (finding) => html`<article class="card finding is-${finding.severity}">
<div class="kind">${finding.severity}</div>
<h3>${finding.found}</h3>
<p>${finding.why}</p>
<p><strong>What to do:</strong> ${finding.advice}</p>
</article>
`,
  )}</div>`;
}
