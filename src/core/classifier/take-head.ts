import type { ClassifierDesign } from "../models/classifier.ts";
import type { Weight, Weights } from "../models/weights.ts";
import type { ModelSettings } from "./model-settings.ts";

/** What a head has to have in common with another one to take its weights. */
type HeadSettings = Pick<ModelSettings, "head" | "pooling" | "task" | "loss">;

/** What becomes of a checkpoint's head. */
export type HeadPlan =
  /** It is taken over; class i of the new one is class `classes[i]` of the checkpoint's. */
  | { taken: true; classes: readonly number[] }
  /** The head is new, since the checkpoint's is another one; no reason where the checkpoint has no head. */
  | { taken: false; why: string | undefined };

/**
 * Whether a checkpoint's head fits: it has to be of the same kind, on the same pooling, for the same task and loss, and
 * of the same classes, whose order and case may differ, as in Hugging Face's `run_glue.py`.
 */
export function planHead(
  stored: ModelSettings,
  wanted: HeadSettings & { labels: readonly string[] },
): HeadPlan {
  if (!stored.labels) {
    return {
      taken: false,
      why: stored.unusable && `the checkpoint's can't be used, since ${stored.unusable}`,
    };
  }
  for (const key of ["head", "pooling", "task", "loss"] as const) {
    if (stored[key] === wanted[key]) continue;
    return { taken: false, why: `${key} is ${wanted[key]}, and ${stored[key]} in the checkpoint` };
  }
  const classes = matchClasses(stored.labels, wanted.labels);
  if (classes) return { taken: true, classes };
  return {
    taken: false,
    why: `the classes are ${listed(wanted.labels)}, and ${listed(stored.labels)} in the checkpoint`,
  };
}

/** For every wanted class its place among those of the checkpoint; undefined where they aren't the same ones. */
function matchClasses(stored: readonly string[], wanted: readonly string[]): number[] | undefined {
  if (stored.length !== wanted.length) return undefined;
  for (const spelling of [(name: string) => name, (name: string) => name.toLowerCase()]) {
    const places = new Map(stored.map((name, i) => [spelling(name), i]));
    const found = wanted.map((name) => places.get(spelling(name)));
    // Names that differ only in case don't tell two classes apart.
    if (
      places.size === stored.length &&
      new Set(found).size === wanted.length &&
      !found.includes(undefined)
    ) {
      return found as number[];
    }
  }
  return undefined;
}

const isReordered = (classes: readonly number[]): boolean => classes.some((place, i) => place !== i);

/** Brings the output layer of a head that was taken over into the order of its new classes, in place. */
export function reorderHead(design: ClassifierDesign, classes: readonly number[], weights: Weights): void {
  if (!isReordered(classes)) return;
  const layer = design.head === "huggingface" ? design.encoder.outputLayer : "classifier";
  for (const name of [`${layer}.weight`, `${layer}.bias`]) {
    const weight = weights.get(name);
    if (weight) weights.set(name, reordered(weight, classes, design.outputs));
  }
}

function reordered({ shape, values }: Weight, classes: readonly number[], outputs: number): Weight {
  // A single logit is that of the second of two classes.
  if (outputs === 1) return { shape, values: values.map((value) => -value) };
  const size = values.length / outputs;
  const moved = new Float32Array(values.length);
  for (const [i, from] of classes.entries())
    moved.set(values.subarray(from * size, (from + 1) * size), i * size);
  return { shape, values: moved };
}

/** What is to be said of a head that was taken over: nothing, unless its classes were in another order. */
export function reorderNote(classes: readonly number[]): string | undefined {
  return isReordered(classes)
    ? "the checkpoint's head has these classes in another order: its rows were put into this one"
    : undefined;
}

function listed(names: readonly string[]): string {
  const shown = names.slice(0, 5).map((name) => JSON.stringify(name.slice(0, 40)));
  return names.length > 5 ? `${shown.join(", ")} and ${names.length - 5} more` : shown.join(", ");
}
