import type { ClassificationReport } from "./metrics.ts";

/** A cell off the confusion matrix's diagonal. */
export interface FrequentConfusion {
  /** Class indices. */
  truth: number;
  predicted: number;
  /** Rows of `truth` predicted as `predicted`. */
  rows: number;
  /** Of all rows of `truth`, 0 to 1. */
  share: number;
}

/** The classes most often taken for another, most rows first. */
export function frequentConfusions(
  { confusion, perClass }: Pick<ClassificationReport, "confusion" | "perClass">,
  count: number,
): FrequentConfusion[] {
  return confusion
    .flatMap((cells, truth) =>
      cells.map((rows, predicted) => ({ truth, predicted, rows, share: rows / perClass[truth]!.support })),
    )
    .filter(({ truth, predicted, rows }) => truth !== predicted && rows > 0)
    .sort((a, b) => b.rows - a.rows)
    .slice(0, count);
}
