import { join } from "node:path";
import type { AblationResult } from "../runs/ablation-result.ts";
import { fileName } from "../runs/run-layout.ts";
import { ablationScores } from "./ablation-summary.ts";
import { ReportFolder } from "./report-folder.ts";

const page = "ablation.html";

/** Where the page of an ablation lies. */
export const ablationPage = (folder: string): string => join(folder, page);

/**
 * Writes an ablation into a folder: `ablation.html`, the same as data in `ablation.json`, and for every split the
 * figure of all variants, `ablation-SPLIT.svg` and `.png`.
 *
 * @returns the page's path
 * @throws OutputError when all is written that can be, naming what could not
 */
export async function writeAblation(result: AblationResult, folder: string): Promise<string> {
  // Loaded here, so that who imports textune without drawing anything doesn't wait for charts and their fonts.
  const { ablationChart, renderAblation } = await import("./ablation-report.ts");
  const files = new ReportFolder(folder);
  await files.write("ablation.json", `${JSON.stringify(result, null, 2)}\n`);
  await files.page(page, () => renderAblation(result, folder));
  for (const { split, scores } of ablationScores(result)) {
    const name = `ablation-${fileName(split)}`;
    await files.attempt(name, () => files.draw(name, ablationChart(split, scores)));
  }
  files.finish();
  return ablationPage(folder);
}
