import { relative } from "node:path";
import type { Task } from "../../core/data/targets.ts";
import { duration, integer, percent } from "../../core/format.ts";
import { version } from "../../core/version.ts";
import type { AblationResult } from "../runs/ablation-result.ts";
import {
  ablationNote,
  ablationScores,
  againstBaseText,
  cachedNote,
  changeText,
  sharedWarnings,
  type VariantScore,
  variantNames,
  warningName,
} from "./ablation-summary.ts";
import { accuracyTitle } from "./answer-format.ts";
import type { Chart } from "./charts/render.ts";
import type { NamedHistory } from "./charts/runs.ts";
import { variantsChart } from "./charts/variants.ts";
import { findingCard } from "./html/headline.ts";
import { renderPage } from "./html/page.ts";
import { figure, table } from "./html/parts.ts";
import { runCurves } from "./html/run-curves.ts";
import { type Content, html, type Markup } from "./markup.ts";

const taskOf = ([first]: readonly VariantScore[]): Task => first!.variant.record.task;

/** The figure of an ablation: the accuracies of all variants on a split of the base. */
export function ablationChart(split: string, scores: readonly VariantScore[]): Chart {
  const measure = accuracyTitle(taskOf(scores));
  return variantsChart({
    title: `${measure} on ${split}`,
    measure,
    dots: scores.map(({ variant: { name }, accuracy, low, high, ownWarnings }) => ({
      ...{ name, accuracy, low, high },
      doubts: ownWarnings.map(warningName),
    })),
  });
}

/**
 * An ablation as one HTML file, made like a run's report: no other file, network or script.
 *
 * @param folder Where the page will lie, for the links to the variants' own reports.
 */
export async function renderAblation(result: AblationResult, folder: string): Promise<Markup> {
  return renderPage({
    title: result.title,
    lead: `A recipe and ${result.variants.length - 1} variants of it`,
    sections: [
      { id: "result", title: "What each change does", content: () => scoreSection(result) },
      { id: "variants", title: "One by one", content: () => variantSection(result, folder) },
      { id: "warnings", title: "Warnings", content: () => warningSection(result) },
      { id: "curves", title: "Learning curves", content: () => curveSection(result) },
    ],
    footer: `Written by textune ${version}.`,
  });
}

async function scoreSection(result: AblationResult): Promise<Markup> {
  const splits = ablationScores(result);
  const figures = splits.map(({ split, scores }) => figure(ablationChart(split, scores)));
  const cached = cachedNote(result);
  return html`<div class="stack">
${await Promise.all(figures)}
${splits.map(({ split, scores }) => scoreTable(split, scores))}
${cached && html`<p class="note">${cached}</p>`}
<p class="note">${ablationNote}</p>
</div>
`;
}

function scoreTable(split: string, scores: VariantScore[]): Markup {
  return table({
    caption: `Scores on ${split}`,
    columns: [
      { title: "Variant" },
      { title: accuracyTitle(taskOf(scores)), numeric: true },
      { title: "Warnings" },
      { title: "95% interval", numeric: true },
      { title: "Macro-F1", numeric: true },
      { title: "Loss", numeric: true },
      { title: "In training", numeric: true },
      { title: "Time", numeric: true },
      { title: "What changed" },
    ],
    rows: scores.map(({ variant, ...score }) => [
      variant.name,
      html`<b>${percent(score.accuracy)}</b>`,
      score.warnings.map((code) => {
        const name = warningName(code);
        return unbroken(score.ownWarnings.includes(code) ? html`<b>${name}</b>` : name);
      }),
      `${percent(score.low)} to ${percent(score.high)}`,
      percent(score.macroF1),
      score.loss.toFixed(4),
      score.trainAccuracy === undefined ? "–" : percent(score.trainAccuracy),
      duration(variant.record.timing.total),
      variant.changes.map((change) => html`<div>${changeText(change)}</div>`),
    ]),
  });
}

/** A line of a table's cell. */
const unbroken = (content: Content): Markup => html`<div style="white-space:nowrap">${content}</div>`;

function variantSection({ variants }: AblationResult, folder: string): Markup {
  return html`<div class="grid">${variants.map(
    ({ name, question, changes, againstBase, record, ...variant }) => html`<article class="card">
<h3>${name}</h3>
${question && html`<p>${question}</p>`}
${changes.length > 0 && html`<p><code>${changes.map(changeText).join(", ")}</code></p>`}
<p class="note">Trained on ${integer(record.data[0]!.rows)} rows, ${record.timing.epochs.length} epochs.</p>
${againstBase.map(({ split, pair }) => html`<p>${againstBaseText(split, pair)}</p>`)}
<p><a href="${relative(folder, variant.folder).split("\\").map(encodeURIComponent).join("/")}/report.html">Report of the run</a></p>
</article>
`,
  )}</div>
`;
}

function warningSection(result: AblationResult): Markup {
  const warnings = sharedWarnings(result);
  if (warnings.length === 0) return html`<p>The checks found nothing to warn of.</p>`;
  return html`<div class="stack">${warnings.map(({ finding, names }) =>
    findingCard(variantNames(result, names), finding),
  )}</div>`;
}

function curveSection({ variants }: AblationResult): Promise<Markup> {
  const runs: NamedHistory[] = variants.map(({ name, record }) => ({ name, history: record.history }));
  const splits = Object.keys(runs[0]!.history[0]?.evaluations ?? {});
  return runCurves(runs, splits, variants[0]!.record.task);
}
