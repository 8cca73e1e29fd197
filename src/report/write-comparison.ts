import { join } from "node:path";
import { writeFileAtomic } from "../files.ts";
import type { Comparison } from "../runs/comparison.ts";
import { renderPng, renderSvg } from "./charts/render.ts";
import { runsChart } from "./charts/runs.ts";
import { followedSplits, namedHistories, renderComparison } from "./comparison-report.ts";
import { comparisonTask } from "./comparison-words.ts";

/**
 * Writes a comparison into a folder: `comparison.html`, the same as data in `comparison.json`, and the curves of
 * all runs, `curves.svg` and `.png`.
 *
 * @returns the page's path
 * @throws OutputError
 */
export async function writeComparison(comparison: Comparison, folder: string): Promise<string> {
  const chart = runsChart(namedHistories(comparison), followedSplits(comparison), comparisonTask(comparison));
  const curves = await renderSvg(chart);
  await writeFileAtomic(join(folder, "curves.svg"), curves);
  await writeFileAtomic(join(folder, "curves.png"), renderPng(curves));
  await writeFileAtomic(join(folder, "comparison.json"), `${JSON.stringify(comparison, null, 2)}\n`);
  const page = join(folder, "comparison.html");
  await writeFileAtomic(page, await renderComparison(comparison));
  return page;
}
