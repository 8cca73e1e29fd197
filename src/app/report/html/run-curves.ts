import type { Task } from "../../../core/data/targets.ts";
import { accuracyTitle } from "../answer-format.ts";
import { type NamedHistory, runsSplitPanels, runsTrainingPanels } from "../charts/runs.ts";
import type { Panel } from "../charts/spec.ts";
import { html, type Markup } from "../markup.ts";
import { figure } from "./parts.ts";

/** Loss and accuracy of several runs, in training and on every split. */
export async function runCurves(
  runs: NamedHistory[],
  splits: readonly string[],
  task: Task,
): Promise<Markup> {
  const names = runs.map(({ name }) => name).join(", ");
  const draw = (panel: Panel, what: string) =>
    figure({ description: `${what} over epochs of ${names}.`, spec: { hconcat: [panel] } });
  const both = ([loss, accuracy]: [Panel, Panel], where: string) => [
    draw(loss, `Loss ${where}`),
    draw(accuracy, `${accuracyTitle(task)} ${where}`),
  ];
  return html`<div class="grid">${await Promise.all([
    ...both(runsTrainingPanels(runs, task), "in training"),
    ...splits.flatMap((split) => both(runsSplitPanels(runs, split, task), `on ${split}`)),
  ])}</div>
`;
}
