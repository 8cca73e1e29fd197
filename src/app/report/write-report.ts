import { join } from "node:path";
import type { RunRecord } from "../../core/training/run-record.ts";
import { runLayout } from "../runs/run-layout.ts";
import { classScoresChart } from "./charts/class-scores.ts";
import { confusionChart } from "./charts/confusion.ts";
import { historyChart } from "./charts/history.ts";
import { renderHtmlReport } from "./html-report.ts";
import { renderModelCard } from "./model-card.ts";
import { ReportFolder } from "./report-folder.ts";

/**
 * Writes what people read of a run into its folder: `report.html`, `history.svg` and `.png`, for every evaluated
 * split `confusion-SPLIT` or, of a multi-label task, `classes-SPLIT` as SVG and PNG, and the model card, `model/README.md`.
 *
 * @returns the files' paths
 * @throws OutputError when all is written that can be, naming what could not
 */
export async function writeReport(record: RunRecord, folder: string): Promise<string[]> {
  const files = new ReportFolder(folder);
  const modelFolder = join(folder, runLayout.model);
  await files.page(runLayout.report, () => renderHtmlReport(record, { modelFolder }));
  if (record.history.length > 0 && !record.solution) {
    const figure = runLayout.historyFigure;
    await files.attempt(figure, () => files.draw(figure, historyChart(record.history, record.task)));
  }
  for (const { split, report } of record.evaluations) {
    const name = runLayout.splitFigure(report.task, split);
    await files.attempt(name, () => {
      if (report.task === "multiLabel") {
        return files.draw(name, classScoresChart({ title: `F1 per class: ${split}`, ...report }));
      }
      const title = `Confusion matrix: ${split}`;
      return files.draw(name, confusionChart({ title, labels: report.labels, confusion: report.confusion }));
    });
  }
  const card = join(runLayout.model, runLayout.card);
  await files.attempt(card, async () => files.write(card, renderModelCard(record)));
  files.finish(`what was trained is whole; textune report ${folder} writes it again`);
  return files.written;
}
