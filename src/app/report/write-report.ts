import { join } from "node:path";
import type { RunRecord } from "../../core/training/run-record.ts";
import { classScoresChart } from "./charts/class-scores.ts";
import { confusionChart } from "./charts/confusion.ts";
import { historyChart } from "./charts/history.ts";
import { renderHtmlReport } from "./html-report.ts";
import { renderModelCard } from "./model-card.ts";
import { fileName, ReportFolder } from "./report-folder.ts";

/**
 * Writes what people read of a run into its folder: `report.html`, `history.svg` and `.png`, for every evaluated
 * split `confusion-SPLIT` or, of a multi-label task, `classes-SPLIT` as SVG and PNG, and the model card, `model/README.md`.
 *
 * @returns the files' paths
 * @throws OutputError
 */
export async function writeReport(record: RunRecord, folder: string): Promise<string[]> {
  const files = new ReportFolder(folder);
  await files.write("report.html", await renderHtmlReport(record, { modelFolder: join(folder, "model") }));
  if (record.history.length > 0) await files.draw("history", historyChart(record.history, record.task));
  for (const { split, report } of record.evaluations) {
    if (report.task === "multiLabel") {
      await files.draw(
        `classes-${fileName(split)}`,
        classScoresChart({ title: `F1 per class: ${split}`, ...report }),
      );
    } else {
      const title = `Confusion matrix: ${split}`;
      const chart = confusionChart({ title, labels: report.labels, confusion: report.confusion });
      await files.draw(`confusion-${fileName(split)}`, chart);
    }
  }
  await files.write(join("model", "README.md"), renderModelCard(record));
  return files.written;
}
