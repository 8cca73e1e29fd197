import type { HistoryEntry } from "../../training/run-record.ts";
import { accuracyPanel, describeAccuracy, describeLoss, trainingLossPanel } from "../charts/history.ts";
import { integer, percent } from "../format.ts";
import { html, type Markup } from "../markup.ts";
import { figure, table } from "./parts.ts";

/** The curves, and every number behind them. */
export async function learning(history: HistoryEntry[]): Promise<Markup> {
  const splits = [...new Set(history.flatMap((entry) => Object.keys(entry.evaluations)))];
  const [loss, accuracy] = await Promise.all([
    figure({ description: describeLoss(history), spec: { hconcat: [trainingLossPanel(history)] } }),
    figure({ description: describeAccuracy(history), spec: { hconcat: [accuracyPanel(history)] } }),
  ]);
  return html`<div class="grid">${loss}${accuracy}</div>
<details class="more"><summary>Every epoch as a table</summary>
${table({
  caption: "Training history",
  columns: [
    { title: "Epoch", numeric: true },
    { title: "Updates", numeric: true },
    { title: "Learning rate", numeric: true },
    { title: "Train loss", numeric: true },
    { title: "Sum of batch losses", numeric: true },
    { title: "Train accuracy", numeric: true },
    ...splits.flatMap((split) =>
      ["loss", "accuracy", "macro-F1"].map((score) => ({ title: `${split} ${score}`, numeric: true })),
    ),
  ],
  rows: history.map((entry) => [
    Number(entry.epoch.toFixed(2)),
    integer(entry.step),
    entry.learningRate.toPrecision(3),
    entry.train.loss.toFixed(4),
    entry.train.lossSum.toFixed(2),
    percent(entry.train.accuracy),
    ...splits.flatMap((split) => {
      const score = entry.evaluations[split];
      return score === undefined
        ? ["", "", ""]
        : [score.loss.toFixed(4), percent(score.accuracy), percent(score.macroF1)];
    }),
  ]),
})}</details>
`;
}
