import { counted, integer, percent } from "../format.ts";
import type { Overlap } from "../profiling/overlap.ts";
import type { Finding } from "../training/run-record.ts";
import { shorten } from "./label-checks.ts";

/** Share of an evaluation split from which rows that are also in training are a warning: the same, or nearly so. */
const MANY_SAME = 0.01;
const MANY_ALIKE = 0.05;

/** Rows of an evaluation split that training shows as well. */
export function trainTestOverlap(overlap: Overlap): Finding | undefined {
  const { split, rows, exact, normalized, near, examples } = overlap;
  const total = exact + normalized + near;
  if (total === 0) return undefined;
  const kinds = [
    exact > 0 && `${integer(exact)} word for word`,
    normalized > 0 && `${integer(normalized)} but for case, spacing and punctuation`,
    near > 0 && `${integer(near)} with few words changed`,
  ].filter((kind) => kind !== false);
  const example = examples[0];
  const shown = example
    ? `; row ${example.row} of ${split} is like row ${example.like} of ${overlap.in}: “${shorten(example.text)}”`
    : "";
  return {
    code: "train-test-overlap",
    severity: (exact + normalized) / rows >= MANY_SAME || total / rows >= MANY_ALIKE ? "warning" : "note",
    found: `${split} shares ${integer(total)} of its ${counted(rows, "row")} (${percent(total / rows)}) with ${overlap.in}: ${kinds.join(", ")}${shown}.`,
    why: "The model is trained on these texts or nearly these, and can be right on them by memory: the score is too high.",
    advice: `Remove them from ${overlap.in}, or from ${split}.`,
  };
}
