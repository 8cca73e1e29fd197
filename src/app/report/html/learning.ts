import { epochText, integer, percent } from "../../../core/format.ts";
import { ownValue } from "../../../core/own-value.ts";
import { accuracyName } from "../answer-format.ts";
import { type KeptRecord, keptMark, keptText } from "../best-checkpoint.ts";
import {
  accuracyPanel,
  describeAccuracy,
  describeLoss,
  describeMicroF1,
  hasEvaluations,
  lossPanel,
  microF1Panel,
} from "../charts/history.ts";
import type { Panel } from "../charts/spec.ts";
import { html, type Markup } from "../markup.ts";
import { figure, table } from "./parts.ts";

/** The curves, which epoch's weights were kept, and every number behind them. */
export async function learning(record: KeptRecord): Promise<Markup> {
  const { history, task } = record;
  const kept = keptText(record);
  const splits = [...new Set(history.flatMap((entry) => Object.keys(entry.evaluations)))];
  const isMultiLabel = task === "multiLabel";
  const draw = (description: string, panel: Panel) => figure({ description, spec: { hconcat: [panel] } });
  const figures = await Promise.all([
    draw(describeLoss(history), lossPanel(history, task)),
    ...(isMultiLabel && hasEvaluations(history)
      ? [draw(describeMicroF1(history), microF1Panel(history))]
      : []),
    draw(describeAccuracy(history, task), accuracyPanel(history, task)),
  ]);
  const scores = ["loss", accuracyName(task), ...(isMultiLabel ? ["micro-F1"] : []), "macro-F1"];
  return html`${kept && html`<p>${kept}</p>`}<div class="grid">${figures}</div>
<details class="more"><summary>Every epoch as a table</summary>
${table({
  caption: "Training history",
  columns: [
    { title: "Epoch", numeric: true },
    { title: "Updates", numeric: true },
    { title: "Learning rate", numeric: true },
    { title: "Train loss", numeric: true },
    { title: "Sum of batch losses", numeric: true },
    { title: `Train ${accuracyName(task)}`, numeric: true },
    ...splits.flatMap((split) => scores.map((score) => ({ title: `${split} ${score}`, numeric: true }))),
  ],
  rows: history.map((entry) => [
    [keptMark(record, entry), epochText(entry)].filter(Boolean).join(" · "),
    integer(entry.step),
    entry.learningRate.toPrecision(3),
    entry.train.loss.toFixed(4),
    entry.train.lossSum.toFixed(2),
    percent(entry.train.accuracy),
    ...splits.flatMap((split) => {
      const score = ownValue(entry.evaluations, split);
      if (score === undefined) return scores.map(() => "");
      const { loss, accuracy, microF1, macroF1 } = score;
      const micro = isMultiLabel ? [percent(microF1 ?? accuracy)] : [];
      return [loss.toFixed(4), percent(accuracy), ...micro, percent(macroF1)];
    }),
  ]),
})}</details>
`;
}
