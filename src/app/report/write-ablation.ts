import type { AblationResult } from "../runs/ablation-result.ts";
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
  // Loaded here, so that who imports textune without drawing anything doesn't wait for charts and their fonts.
  const { ablationChart, renderAblation } = await import("./ablation-report.ts");
  const files = new ReportFolder(folder);
  for (const { split, scores } of ablationScores(result)) {
    await files.draw(`ablation-${fileName(split)}`, ablationChart(split, scores));
  }
  await files.write("ablation.json", `${JSON.stringify(result, null, 2)}\n`);
  return files.write("ablation.html", await renderAblation(result, folder));
}
