import type { Comparison } from "../runs/comparison.ts";
import { comparisonTask } from "./comparison-words.ts";
import { ReportFolder } from "./report-folder.ts";

/**
 * Writes a comparison into a folder: `comparison.html`, the same as data in `comparison.json`, and the curves of
 * all runs, `curves.svg` and `.png`.
 *
 * @returns the page's path
 * @throws OutputError
 */
export async function writeComparison(comparison: Comparison, folder: string): Promise<string> {
  // Loaded here, so that who imports textune without drawing anything doesn't wait for charts and their fonts.
  const { runsChart } = await import("./charts/runs.ts");
  const { followedSplits, namedHistories, renderComparison } = await import("./comparison-report.ts");
  const files = new ReportFolder(folder);
  const splits = followedSplits(comparison);
  await files.draw("curves", runsChart(namedHistories(comparison), splits, comparisonTask(comparison)));
  await files.write("comparison.json", `${JSON.stringify(comparison, null, 2)}\n`);
  return files.write("comparison.html", await renderComparison(comparison));
}
