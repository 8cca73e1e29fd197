import { join } from "node:path";
import { type FileContent, writeFileAtomic } from "../files.ts";
import type { RunRecord } from "../training/run-record.ts";
import { classScoresChart } from "./charts/class-scores.ts";
import { confusionChart } from "./charts/confusion.ts";
import { historyChart } from "./charts/history.ts";
import { type Chart, renderPng, renderSvg } from "./charts/render.ts";
import { renderHtmlReport } from "./html-report.ts";
import { renderModelCard } from "./model-card.ts";

/**
 * Writes what people read of a run into its folder: `report.html`, `history.svg` and `.png`, for every evaluated
 * split `confusion-SPLIT` or, of a multi-label task, `classes-SPLIT` as SVG and PNG, and the model card, `model/README.md`.
 *
 * @returns the files' paths
 * @throws OutputError
 */
export async function writeReport(record: RunRecord, folder: string): Promise<string[]> {
  const written: string[] = [];
  const write = async (name: string, content: FileContent) => {
    const path = join(folder, name);
    await writeFileAtomic(path, content);
    written.push(path);
  };
  const draw = async (name: string, chart: Chart) => {
    const svg = await renderSvg(chart);
    await write(`${name}.svg`, svg);
    await write(`${name}.png`, renderPng(svg));
  };
  await write("report.html", await renderHtmlReport(record, { modelFolder: join(folder, "model") }));
  if (record.history.length > 0) await draw("history", historyChart(record.history, record.task));
  for (const { split, report } of record.evaluations) {
    if (report.task === "multiLabel") {
      await draw(
        `classes-${fileName(split)}`,
        classScoresChart({ title: `F1 per class: ${split}`, ...report }),
      );
    } else {
      const title = `Confusion matrix: ${split}`;
      const chart = confusionChart({ title, labels: report.labels, confusion: report.confusion });
      await draw(`confusion-${fileName(split)}`, chart);
    }
  }
  await write(join("model", "README.md"), renderModelCard(record));
  return written;
}

/** A split's name, such as `test[:5%]`, without what a file system may refuse. */
export const fileName = (split: string): string => split.replace(/[^\p{L}\p{N}._-]+/gu, "-");
