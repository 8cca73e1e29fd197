import type { RunRecord } from "../../../core/training/run-record.ts";
import { html, type Markup } from "../markup.ts";
import { solutionText } from "../solution.ts";

/** How a head was solved: there is no curve to draw. */
export function solved(record: Pick<RunRecord, "solution" | "history" | "task">): Markup {
  return html`<p>${solutionText(record)}</p>
`;
}
