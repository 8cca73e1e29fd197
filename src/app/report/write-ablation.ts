import type { AblationResult } from "../runs/ablation-result.ts";
import { ablationChart, renderAblation } from "./ablation-report.ts";
import { ablationScores } from "./ablation-words.ts";
import { fileName, ReportFolder } from "./report-folder.ts";

/**
 * Writes an ablation into a folder: `ablation.html`, the same as data in `ablation.json`, and for every split the
 * figure of all variants, `ablation-SPLIT.svg` and `.png`.
 *
 * @returns the page's path
 * @throws OutputError
 */
export async function writeAblation(result: AblationResult, folder: string): Promise<string> {
  const files = new ReportFolder(folder);
  for (const { split, scores } of ablationScores(result)) {
    await files.draw(`ablation-${fileName(split)}`, ablationChart(split, scores));
  }
  await files.write("ablation.json", `${JSON.stringify(result, null, 2)}\n`);
  return files.write("ablation.html", await renderAblation(result, folder));
}
