import { join } from "node:path";
import { writeFileAtomic } from "../files.ts";
import type { AblationResult } from "../runs/ablation-result.ts";
import { ablationChart, renderAblation } from "./ablation-report.ts";
import { ablationScores } from "./ablation-words.ts";
import { renderPng, renderSvg } from "./charts/render.ts";
import { fileName } from "./write-report.ts";

/**
 * Writes an ablation into a folder: `ablation.html`, the same as data in `ablation.json`, and for every split the
 * figure of all variants, `ablation-SPLIT.svg` and `.png`.
 *
 * @returns the page's path
 * @throws OutputError
 */
export async function writeAblation(result: AblationResult, folder: string): Promise<string> {
  for (const { split, scores } of ablationScores(result)) {
    const svg = await renderSvg(ablationChart(split, scores));
    await writeFileAtomic(join(folder, `ablation-${fileName(split)}.svg`), svg);
    await writeFileAtomic(join(folder, `ablation-${fileName(split)}.png`), renderPng(svg));
  }
  await writeFileAtomic(join(folder, "ablation.json"), `${JSON.stringify(result, null, 2)}\n`);
  const page = join(folder, "ablation.html");
  await writeFileAtomic(page, await renderAblation(result, folder));
  return page;
}
