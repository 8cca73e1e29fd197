import { integer, percent } from "../../../core/format.ts";
import type { ComparedRun, Comparison, SplitComparison } from "../../runs/comparison.ts";
import { accuracyTitle } from "../answer-format.ts";
import { seriesVariable } from "../charts/theme.ts";
import { measureGroups } from "../comparison-measures.ts";
import {
  adjustmentNote,
  comparisonTask,
  isMoreThanChance,
  points,
  pValue,
  settingText,
  signed,
  testNote,
  verdict,
} from "../comparison-summary.ts";
import { type Content, html, type Markup } from "../markup.ts";
import { type Column, table } from "./parts.ts";

/** A run's name with the colour that its curves have. */
export const runName = ({ runs }: Comparison, i: number): Markup =>
  html`<span class="run" style="--run:var(${seriesVariable(i)})">${runs[i]!.name}</span>`;

/** A column of numbers for each run. */
export const runColumns = (comparison: Comparison): Column[] =>
  comparison.runs.map((_, i) => ({ title: runName(comparison, i), numeric: true }));

/** Who is better on which split, and whether that is more than chance. */
export function results(comparison: Comparison): Markup {
  const { splits } = comparison;
  if (splits.length === 0) return html`<p>None of these runs was evaluated on any split.</p>`;
  const tested = splits.some(({ pairs }) => pairs.some((pair) => pair.paired));
  const several = splits.some(({ pairs }) => pairs.length > 1);
  return html`<div class="stack">
<div class="grid">${splits.map((split) => splitResult(comparison, split))}</div>
${splits.map((split) => split.pairs.length > 1 && pairTable(comparison, split))}
${several && html`<p class="note">${adjustmentNote}</p>`}
${tested && html`<p class="note">${testNote}</p>`}
</div>
`;
}

function splitResult(comparison: Comparison, split: SplitComparison): Markup {
  const [only] = split.pairs.length === 1 ? split.pairs : [];
  const words = only && verdict(comparison, split, only);
  return html`<article class="card headline">
<h3>${accuracyTitle(comparisonTask(comparison))} on ${split.split}</h3>
<div class="bars">
${comparison.runs.map((run, i) => bar(run, split.split, i))}</div>
${words && html`<p><strong>${words.headline}</strong></p>`}
${words?.sentences.map((sentence) => html`<p>${sentence}</p>`)}
${split.pairs.length === 0 && html`<p class="note">Only one of the runs was evaluated on it.</p>`}
</article>
`;
}

function bar(run: ComparedRun, split: string, i: number): Markup | false {
  const report = run.record.evaluations.find((evaluation) => evaluation.split === split)?.report;
  if (!report) return false;
  const share = percent(report.accuracy);
  return html`<span>${run.name}</span><span class="track"><span class="fill" style="width:${share};background:var(${seriesVariable(i)})"></span></span><span>${share}</span>
`;
}

/** Every two of more than two runs. */
function pairTable(comparison: Comparison, { split, pairs }: SplitComparison): Markup {
  const name = (i: number) => comparison.runs[i]!.name;
  return table({
    caption: `Every two runs on ${split}`,
    columns: [
      { title: "Runs" },
      { title: "Difference", numeric: true },
      { title: "More than chance?" },
      { title: "95% bootstrap interval", numeric: true },
      { title: "Only one right", numeric: true },
      { title: "McNemar, adjusted", numeric: true },
    ],
    rows: pairs.map((pair) => {
      const runs = `${name(pair.first)} less ${name(pair.second)}`;
      if (!pair.paired) return [runs, "–", `not paired: ${pair.reason}`, "–", "–", "–"];
      const { difference, interval, onlyFirstRight, onlySecondRight } = pair.result;
      return [
        runs,
        points(difference),
        isMoreThanChance(pair) ? html`<b>yes</b>` : "can be chance",
        `${signed(interval.low)} to ${signed(interval.high)}`,
        `${integer(onlyFirstRight)} : ${integer(onlySecondRight)}`,
        pValue(pair.adjustedPValue),
      ];
    }),
  });
}

/** What each run is, took and reached. */
export function measures(comparison: Comparison): Markup {
  return table({
    caption: "What each run is, took and reached",
    columns: [{ title: "" }, ...runColumns(comparison)],
    rows: [],
    groups: measureGroups(comparison).map(({ title, measures }) => ({
      title,
      rows: measures.map(({ name, values, best }): Content[] => [
        name,
        ...values.map((value, i) => (best[i] ? html`<b>${value}</b>` : (value ?? "–"))),
      ]),
    })),
  });
}

/** The settings that are not the same in all runs. */
export function settings(comparison: Comparison): Markup {
  const { differences } = comparison;
  if (differences.length === 0) return html`<p>All settings are the same, and so is the machine.</p>`;
  return table({
    caption: "Settings that differ",
    columns: [{ title: "Setting" }, ...comparison.runs.map((_, i) => ({ title: runName(comparison, i) }))],
    rows: differences.map(({ key, values }) => [html`<code>${key}</code>`, ...values.map(settingText)]),
  });
}

/** Accuracy on rows like those trained on against rows from elsewhere. */
export function mismatch(comparison: Comparison): Markup | undefined {
  const found = comparison.mismatch;
  if (!found) return undefined;
  return html`<div class="stack">
<p>How much worse a run does on rows from elsewhere. The interval is Newcombe's, for two independent splits.</p>
${table({
  caption: `${found.matched} against ${found.mismatched}`,
  columns: [
    { title: "Run" },
    { title: "Matched", numeric: true },
    { title: "Mismatched", numeric: true },
    { title: "Difference", numeric: true },
    { title: "95% interval", numeric: true },
    { title: "More than chance?" },
  ],
  rows: found.runs.map((run, i) => {
    if (!run) return [runName(comparison, i), "–", "–", "–", "–", "not evaluated on both"];
    return [
      runName(comparison, i),
      percent(run.matched),
      percent(run.mismatched),
      points(run.difference),
      `${signed(run.low)} to ${signed(run.high)}`,
      run.low > 0 || run.high < 0 ? html`<b>yes</b>` : "can be chance",
    ];
  }),
})}
</div>
`;
}
