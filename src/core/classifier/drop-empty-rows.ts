import type { Dataset } from "../data/dataset.ts";
import type { Finding } from "../training/run-record.ts";

/** Leaves out the rows with an empty text, or with an empty side of a pair. */
export function dropEmptyRows(dataset: Dataset): { dataset: Dataset; dropped: number } {
  const columns = dataset.texts();
  const kept: number[] = [];
  for (let row = 0; row < dataset.length; row++) {
    if (columns.every((column) => column[row]!.trim() !== "")) kept.push(row);
  }
  const dropped = dataset.length - kept.length;
  return { dataset: dropped === 0 ? dataset : dataset.select(kept), dropped };
}

/** What the report says of dropped rows; nothing where there were none. */
export function droppedRowsFinding(dropped: ReadonlyMap<string, number>): Finding[] {
  const counts = [...dropped].filter(([, count]) => count > 0);
  if (counts.length === 0) return [];
  const list = counts.map(([split, count]) => `${count} of ${split}`).join(", ");
  return [
    {
      code: "empty-rows-dropped",
      severity: "note",
      found: `Rows with an empty text were dropped: ${list}.`,
      why: "A row without a text can't be classified; scores are over the rows that are left.",
      advice: "Compare scores only with runs that dropped the same rows.",
    },
  ];
}
