import type { DatasetDescription } from "../../core/profiling/description.ts";
import type { Finding } from "../../core/training/run-record.ts";
import { labelChart, lengthCharts } from "./charts/description.ts";
import { renderDataPage } from "./data-page.ts";
import { fileName, ReportFolder } from "./report-folder.ts";

/**
 * Writes what people read of a described dataset into a folder: `data.html`, for every split `SPLIT-classes` and
 * `SPLIT-lengths` as SVG and PNG, and the numbers, `data.json`.
 *
 * @returns the files' paths
 * @throws OutputError
 */
export async function writeDataReport(
  description: DatasetDescription,
  findings: readonly Finding[],
  folder: string,
): Promise<string[]> {
  const files = new ReportFolder(folder);
  await files.write("data.html", await renderDataPage(description, findings));
  for (const split of description.splits) {
    const chart = labelChart(split);
    if (chart) await files.draw(`${fileName(split.name)}-classes`, chart);
    await files.draw(`${fileName(split.name)}-lengths`, lengthCharts(split)[0]!);
  }
  await files.write("data.json", `${JSON.stringify({ ...description, findings }, null, 2)}\n`);
  return files.written;
}
