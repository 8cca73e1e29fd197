import { join } from "node:path";
import { writeFileAtomic } from "../files.ts";
import type { Comparison } from "../runs/comparison.ts";
import { renderPng, renderSvg } from "./charts/render.ts";
import { runsChart } from "./charts/runs.ts";
import { followedSplits, namedHistories, renderComparison } from "./comparison-report.ts";
import { comparisonTask } from "./comparison-words.ts";
import { fileName } from "./write-report.ts";

/**
 * Writes a comparison into a folder: `comparison.html`, the same as data in `comparison.json`, and for every split
 * the curves of all runs, `curves-SPLIT.svg` and `.png`.
 *
 * @returns the page's path
 * @throws OutputError
 */
export async function writeComparison(comparison: Comparison, folder: string): Promise<string> {
  for (const split of followedSplits(comparison)) {
    const svg = await renderSvg(runsChart(namedHistories(comparison), split, comparisonTask(comparison)));
    await writeFileAtomic(join(folder, `curves-${fileName(split)}.svg`), svg);
    await writeFileAtomic(join(folder, `curves-${fileName(split)}.png`), renderPng(svg));
  }
  await writeFileAtomic(join(folder, "comparison.json"), `${JSON.stringify(comparison, null, 2)}\n`);
  const page = join(folder, "comparison.html");
  await writeFileAtomic(page, await renderComparison(comparison));
  return page;
}
