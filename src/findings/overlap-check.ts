import type { Overlap } from "../exploration/overlap.ts";
import { integer, percent } from "../report/format.ts";
import type { Finding } from "../training/run-record.ts";
import { shorten } from "./label-checks.ts";

/** Share of an evaluation split from which rows that are also in training are a warning. */
const MANY = 0.01;

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
    severity: total / rows >= MANY ? "warning" : "note",
    found: `${integer(total)} of the ${integer(rows)} rows of ${split} (${percent(total / rows)}) are also in ${overlap.in}: ${kinds.join(", ")}${shown}.`,
    why: "The model has seen these texts with their labels, so it can be right on them by memory: the score is too high.",
    advice: `Remove them from ${overlap.in}, or from ${split}.`,
  };
}
