import type { DatasetDescription } from "../../core/profiling/description.ts";
import type { Finding } from "../../core/training/run-record.ts";
import { fileName } from "../runs/run-layout.ts";
import { labelChart, lengthCharts } from "./charts/description.ts";
import { renderDataPage } from "./data-page.ts";
import { ReportFolder } from "./report-folder.ts";

/**
 * Writes what people read of a described dataset into a folder: `data.html`, for every split `SPLIT-classes` and
 * `SPLIT-lengths` as SVG and PNG, and the numbers, `data.json`.
 *
 * @returns the files' paths
 * @throws OutputError when all is written that can be, naming what could not
 */
export async function writeDataReport(
  description: DatasetDescription,
  findings: readonly Finding[],
  folder: string,
): Promise<string[]> {
  const files = new ReportFolder(folder);
  await files.page("data.html", () => renderDataPage(description, findings));
  await files.write("data.json", `${JSON.stringify({ ...description, findings }, null, 2)}\n`);
  for (const split of description.splits) {
    const name = fileName(split.name);
    await files.attempt(`${name}-classes`, async () => {
      const chart = labelChart(split);
      if (chart) await files.draw(`${name}-classes`, chart);
    });
    await files.attempt(`${name}-lengths`, () => files.draw(`${name}-lengths`, lengthCharts(split)[0]!));
  }
  files.finish();
  return files.written;
}
