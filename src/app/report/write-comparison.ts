import { join } from "node:path";
import type { Comparison } from "../runs/comparison.ts";
import { comparisonTask } from "./comparison-summary.ts";
import { ReportFolder } from "./report-folder.ts";

const page = "comparison.html";

/** Where the page of a comparison lies. */
export const comparisonPage = (folder: string): string => join(folder, page);

/**
 * Writes a comparison into a folder: `comparison.html`, the same as data in `comparison.json`, and the curves of
 * all runs, `curves.svg` and `.png`.
 *
 * @returns the page's path
 * @throws OutputError when all is written that can be, naming what could not
 */
export async function writeComparison(comparison: Comparison, folder: string): Promise<string> {
  // Loaded here, so that who imports textune without drawing anything doesn't wait for charts and their fonts.
  const { runsChart } = await import("./charts/runs.ts");
  const { followedSplits, namedHistories, renderComparison } = await import("./comparison-report.ts");
  const files = new ReportFolder(folder);
  const splits = followedSplits(comparison);
  await files.write("comparison.json", `${JSON.stringify(comparison, null, 2)}\n`);
  await files.page(page, () => renderComparison(comparison));
  await files.attempt("curves", () =>
    files.draw("curves", runsChart(namedHistories(comparison), splits, comparisonTask(comparison))),
  );
  files.finish();
  return comparisonPage(folder);
}
