import type { Dataset } from "../data/dataset.ts";
import type { TrainTestSplitOptions } from "../data/train-test-split.ts";
import type { Finding } from "../training/run-record.ts";

/** Rows to train on, and rows that are kept from training to be scored. */
export interface HeldOut {
  train: Dataset;
  heldOut: Dataset;
  /** Why classes could not be held out in their shares. */
  finding?: Finding;
}

/**
 * Holds rows out, every class in its share where rows are of one class each and there are enough of every class;
 * else whatever their class, with a note where there are too few.
 */
export function holdOut(dataset: Dataset, options: { testSize: number; seed: number }): HeldOut {
  const column = dataset.task === "singleLabel" ? dataset.labelColumns[0] : undefined;
  const problem =
    column === undefined ? undefined : dataset.unstratifiable({ ...options, stratifyBy: column });
  const stratifyBy = problem === undefined ? column : undefined;
  const { train, test } = dataset.trainTestSplit({ ...options, stratifyBy });
  return { train, heldOut: test, ...(problem && { finding: notStratified(problem, options) }) };
}

function notStratified(problem: string, { testSize }: TrainTestSplitOptions): Finding {
  return {
    code: "not-stratified",
    severity: "note",
    found: `The ${Math.round(testSize! * 100)} % of the rows that are held out were drawn whatever their class: ${problem}.`,
    why: "A rare class may stand in one part only: it is then not learnt, or not scored.",
    advice: "Add rows of the class, or give a split of your own to evaluate on.",
  };
}
