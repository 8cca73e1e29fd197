import { dateTime } from "../../core/format.ts";
import { version } from "../../core/version.ts";
import type { Comparison } from "../runs/comparison.ts";
import type { NamedHistory } from "./charts/runs.ts";
import { comparisonTask } from "./comparison-summary.ts";
import { measures, mismatch, results, settings } from "./html/comparison.ts";
import { splitDetail } from "./html/comparison-split.ts";
import { type Page, renderPage, type Section } from "./html/page.ts";
import { facts } from "./html/parts.ts";
import { runCurves } from "./html/run-curves.ts";
import { html, type Markup } from "./markup.ts";

/** The comparison of several runs as one HTML file, made like a run's report: no other file, network or script. */
export async function renderComparison(comparison: Comparison): Promise<Markup> {
  const sections: Section[] = [
    { id: "result", title: "Which is better?", content: () => results(comparison) },
    { id: "runs", title: "The runs", content: () => measures(comparison) },
    { id: "settings", title: "What sets them apart", content: () => settings(comparison) },
    { id: "curves", title: "Learning curves", content: () => curves(comparison) },
  ];
  const shift = mismatch(comparison);
  if (shift) sections.push({ id: "mismatch", title: "Matched against mismatched", content: () => shift });
  for (const [i, split] of comparison.splits.entries()) {
    sections.push({
      id: `split-${i + 1}`,
      title: `On ${split.split}`,
      content: () => splitDetail(comparison, split),
    });
  }
  sections.push({ id: "folders", title: "Folders", content: () => folders(comparison) });
  const page: Page = {
    title: new Intl.ListFormat("en").format(comparison.runs.map(({ name }) => name)),
    lead: `${comparison.runs.length} runs compared`,
    sections,
    footer: `Written by textune ${version}.`,
  };
  return renderPage(page);
}

/** Every run's history under the name that the comparison gives it. */
export const namedHistories = ({ runs }: Comparison): NamedHistory[] =>
  runs.map(({ name, record }) => ({ name, history: record.history }));

/** Splits that were evaluated while a run trained. */
export const followedSplits = ({ runs }: Comparison): string[] => [
  ...new Set(runs.flatMap(({ record }) => record.history.flatMap((entry) => Object.keys(entry.evaluations)))),
];

const curves = (comparison: Comparison): Promise<Markup> =>
  runCurves(namedHistories(comparison), followedSplits(comparison), comparisonTask(comparison));

function folders({ runs }: Comparison): Markup {
  return html`<div class="grid narrow">
${runs.map(({ name, folder, record }) =>
  facts(name, [
    ["Folder", folder],
    ["Started", dateTime(record.startedAt)],
    ["Processor", `${record.environment.cpu}, ${record.environment.cores} cores`],
    ["textune", record.textuneVersion],
  ]),
)}
</div>
`;
}
