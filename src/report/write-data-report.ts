import { join } from "node:path";
import type { DatasetDescription } from "../exploration/description.ts";
import { type FileContent, writeFileAtomic } from "../files.ts";
import type { Finding } from "../training/run-record.ts";
import { labelChart, lengthCharts } from "./charts/description.ts";
import { type Chart, renderPng, renderSvg } from "./charts/render.ts";
import { renderDataPage } from "./data-page.ts";

import { fileName } from "./write-report.ts";

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
  await write("data.html", await renderDataPage(description, findings));
  for (const split of description.splits) {
    const chart = labelChart(split);
    if (chart) await draw(`${fileName(split.name)}-classes`, chart);
    await draw(`${fileName(split.name)}-lengths`, lengthCharts(split)[0]!);
  }
  await write("data.json", `${JSON.stringify({ ...description, findings }, null, 2)}\n`);
  return written;
}
