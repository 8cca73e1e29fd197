import { sameAnswer } from "../../../core/data/targets.ts";
import type { EvaluationReport } from "../../../core/evaluation/evaluation-report.ts";
import { integer, percent } from "../../../core/format.ts";
import type { Comparison, Disagreement, PairedRuns, SplitComparison } from "../../runs/comparison.ts";
import { accuracyTitle, answerText } from "../answer-format.ts";
import { classScoresChart } from "../charts/class-scores.ts";
import { confusionChart } from "../charts/confusion.ts";
import { fitText } from "../charts/fonts.ts";
import type { Chart } from "../charts/render.ts";
import { comparisonTask } from "../comparison-summary.ts";
import { html, type Markup } from "../markup.ts";
import { runColumns } from "./comparison.ts";
import { figure, table } from "./parts.ts";
import { rowTexts } from "./texts.ts";

/** Pixels of a confusion matrix's title. */
const TITLE_WIDTH = 320;

/** One split in detail: confusion matrices side by side, scores by class and by genre, and where the runs disagree. */
export async function splitDetail(comparison: Comparison, split: SplitComparison): Promise<Markup> {
  const reports = comparison.runs.map(
    ({ record }) => record.evaluations.find((evaluation) => evaluation.split === split.split)?.report,
  );
  const matrices = reports.map(
    (report, i) => report && figure(reportChart(fitText(comparison.runs[i]!.name, 14, TITLE_WIDTH), report)),
  );
  const classes = [...new Set(reports.flatMap((report) => report?.labels ?? []))];
  const f1 = (label: string) =>
    reports.map((report) => report?.perClass.find((score) => score.label === label)?.f1);
  return html`<div class="stack">
<div class="grid">${await Promise.all(matrices)}</div>
${table({
  caption: `F1 per class on ${split.split}`,
  columns: [{ title: "Class" }, ...runColumns(comparison)],
  rows: classes.map((label) => [
    label,
    ...f1(label).map((value) => (value === undefined ? "–" : percent(value))),
  ]),
})}
${split.genres.length > 0 && genreTable(comparison, split)}
${split.pairs.map((pair) => pair.paired && disagreements(comparison, pair, split.pairs.length > 1))}
</div>
`;
}

/** What is confused with what; where rows are of several classes, how well each is found. */
const reportChart = (title: string, report: EvaluationReport): Chart =>
  report.task === "multiLabel"
    ? classScoresChart({ title, perClass: report.perClass })
    : confusionChart({ title, labels: report.labels, confusion: report.confusion });

function genreTable(comparison: Comparison, { split, genres }: SplitComparison): Markup {
  return table({
    caption: `${accuracyTitle(comparisonTask(comparison))} per genre on ${split}`,
    columns: [{ title: "Genre" }, ...runColumns(comparison)],
    rows: genres.map(({ genre, scores }) => [
      genre,
      ...scores.map((score) =>
        score ? `${percent(score.right / score.rows)} of ${integer(score.rows)}` : "–",
      ),
    ]),
  });
}

/** Rows that one run has right and the other wrong. Of several pairs, each is folded. */
function disagreements(comparison: Comparison, pair: PairedRuns, isFolded: boolean): Markup {
  const { result, onlyFirstRight, onlySecondRight } = pair;
  const [first, second] = [comparison.runs[pair.first]!.name, comparison.runs[pair.second]!.name];
  const lists = html`<div class="stack">
${list(comparison, pair, `${first} right, ${second} wrong`, result.onlyFirstRight, onlyFirstRight)}
${list(comparison, pair, `${second} right, ${first} wrong`, result.onlySecondRight, onlySecondRight)}
</div>
`;
  if (!isFolded) return lists;
  return html`<details class="more"><summary>Where ${first} and ${second} disagree</summary>
${lists}</details>
`;
}

function list(
  comparison: Comparison,
  pair: PairedRuns,
  title: string,
  total: number,
  rows: Disagreement[],
): Markup | false {
  const { labels } = comparison.runs[pair.first]!.record;
  const names = [comparison.runs[pair.first]!.name, comparison.runs[pair.second]!.name];
  const shown = rows.length < total ? `; the ${integer(rows.length)} on which both are surest` : "";
  return (
    rows.length > 0 &&
    html`<div class="card list">
<h3>${title}</h3>
<p class="note">${integer(total)} ${total === 1 ? "row" : "rows"}${shown}.</p>
<ol class="mistakes">
${rows.map(
  (row) => html`<li>
<div class="verdict"><span>labelled <b>${answerText(row.label, labels)}</b></span>${names.map(
    (name, i) =>
      html`<span>${name}: <b${!sameAnswer(row.predicted[i]!, row.label) && html` class="wrong"`}>${answerText(row.predicted[i]!, labels)}</b>, ${percent(row.probabilities[i]!)} sure</span>`,
  )}${row.genre !== undefined && html`<span>${row.genre}</span>`}<span>${rowNumbers(row.rows)}</span></div>
${rowTexts(row.texts)}
</li>
`,
)}</ol>
</div>
`
  );
}

const rowNumbers = ([first, second]: Disagreement["rows"]): string =>
  first === second ? `row ${integer(first)}` : `rows ${integer(first)} and ${integer(second)}`;
