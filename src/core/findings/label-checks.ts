import { joinedClasses } from "../data/label-source.ts";
import { counted, integer, percent } from "../format.ts";
import type { LabelDescription, LabelSets } from "../profiling/label-counts.ts";
import type { Finding } from "../training/run-record.ts";
import type { SplitFacts } from "./split-facts.ts";

/** A majority class of this share, and a class this much rarer than the most frequent one, make a split lopsided. */
const STRONG_MAJORITY = 0.8;
const RARE = 0.05;
/** Share of rows from which the same text with different labels is a warning. */
const MANY_CONFLICTS = 0.01;
/** How far the class shares of a slice may lie from those of all rows: half the sum of the differences. */
const SHIFT = 0.1;
/** Class names in a message. */
const MOST_NAMES = 5;

/** All rows of a split are of one class, or of the same ones. */
export function oneClassSplit({ name, rows, labels, cutFrom }: SplitFacts): Finding | undefined {
  if (!labels) return undefined;
  const present = labels.names.filter((_, i) => labels.counts[i]! > 0);
  const labelled = rows - labels.missing;
  const alike = labels.sets
    ? labelled > 0 && labels.counts.every((count) => count === 0 || count === labelled)
    : present.length === 1;
  if (!alike) return undefined;
  const cause =
    cutFrom?.labels.grouped === true
      ? `: a slice of ${integer(cutFrom.rows)} rows that are sorted by class`
      : "";
  return {
    code: "one-class-split",
    severity: "warning",
    found: `${name} has ${counted(rows, "row")}, all labelled ${present.length === 0 ? "with no class" : `“${present.join(", ")}”`}${cause}.`,
    why: "Whoever always answers that is right every time: an accuracy of 100% means nothing here, and there is nothing to learn.",
    advice: `Shuffle before you take rows: shuffle({ seed: 42 }).take(…), or trainRows and evaluateRows in a recipe in place of a slice.`,
  };
}

/** A split that was cut from rows sorted by class, so that its classes are not those of the whole. */
export function unshuffledSlice({ name, labels, cutFrom }: SplitFacts): Finding | undefined {
  if (!labels || !cutFrom?.labels.grouped) return undefined;
  const [share, wholeShare] = [sharesOf(labels), sharesOf(cutFrom.labels)];
  const names = [...new Set([...share.keys(), ...wholeShare.keys()])];
  const sizes = names.map((label) => Math.abs((share.get(label) ?? 0) - (wholeShare.get(label) ?? 0)));
  const largest = Math.max(...sizes);
  const shift = labels.sets ? largest : sizes.reduce((sum, size) => sum + size, 0) / 2;
  if (shift < SHIFT) return undefined;
  const label = names[sizes.indexOf(largest)]!;
  return {
    code: "unshuffled-slice",
    severity: "warning",
    found: `${name} is a slice of ${integer(cutFrom.rows)} rows that are sorted by class: “${label}” makes up ${percent(share.get(label) ?? 0)} of it and ${percent(wholeShare.get(label) ?? 0)} of all rows.`,
    why: "Slicing sorted rows takes whole classes and leaves others out, so neither training nor a score on it says anything about the rest.",
    advice:
      "Shuffle before you slice: shuffle({ seed: 42 }).take(…), or trainRows and evaluateRows in a recipe.",
  };
}

/** The rows of a whole split lie sorted by class. */
export function sortedByLabel({ name, rows, labels, cutFrom }: SplitFacts): Finding | undefined {
  if (!labels?.grouped || cutFrom) return undefined;
  return {
    code: "sorted-by-label",
    severity: "note",
    found: `The ${integer(rows)} rows of ${name} are sorted by class.`,
    why: `As a whole that does no harm, but a slice such as ${name}[:5%] holds one class only.`,
    advice: "Shuffle before you take a part of the rows.",
  };
}

/** Classes that only one of two splits has. */
export function absentClasses(train: SplitFacts, test: SplitFacts): Finding[] {
  const [trained, tested] = [presentClasses(train), presentClasses(test)];
  // Of a split of one class another check speaks.
  if (trained.length < 2 || tested.length < 2) return [];
  const untested = trained.filter((label) => !tested.includes(label));
  const untrained = tested.filter((label) => !trained.includes(label));
  return [
    ...findingIf(untested.length > 0, {
      code: "class-absent",
      severity: "warning",
      found: `${test.name} has no row of ${listClasses(untested)}, which ${train.name} has.`,
      why: `The score says nothing about these classes, and a mean over classes ${train.labels?.sets ? "counts them as 0" : "leaves them out"}.`,
      advice: `Evaluate on a split with every class: shuffle before you take rows, or take more of them.`,
    }),
    ...findingIf(untrained.length > 0, {
      code: "class-not-trained",
      severity: "warning",
      found: `${train.name} has no row of ${listClasses(untrained)}, which ${test.name} has.`,
      why: "A class that is never shown can't be learnt: every row of it will be wrong.",
      advice: `Train on rows of every class, or leave these classes out of ${test.name}.`,
    }),
  ];
}

/** Classes of the model that no row of any split has. */
export function classesWithoutRows(splits: readonly SplitFacts[]): Finding | undefined {
  const [train] = splits;
  if (!train?.labels || presentClasses(train).length < 2) return undefined;
  const present = new Set(splits.flatMap(presentClasses));
  const absent = train.labels.names.filter((label) => !present.has(label));
  if (absent.length === 0) return undefined;
  return {
    code: "class-without-rows",
    severity: "note",
    found: `No row is of ${listClasses(absent)}, which ${absent.length === 1 ? "is one" : "are some"} of the model's ${integer(train.labels.names.length)}.`,
    why: "The model can answer with a class that it never saw a row of, and no score says how often.",
    advice: "Take more rows, or name only the classes that there are (labels).",
  };
}

/** One class dominates, or one is very rare; of rows of several classes, most have none. */
export function imbalance(split: SplitFacts): Finding | undefined {
  const { name, labels } = split;
  if (labels?.sets) return setImbalance(split, labels.sets);
  const present = labels?.counts.filter((count) => count > 0) ?? [];
  if (!labels || present.length < 2) return undefined;
  const most = Math.max(...present);
  const least = Math.min(...present);
  const labelled = present.reduce((sum, count) => sum + count, 0);
  const majority = most / labelled;
  if (majority < STRONG_MAJORITY && least / most >= RARE) return undefined;
  const nameOf = (count: number) => labels.names[labels.counts.indexOf(count)]!;
  return {
    code: "imbalance",
    severity: majority >= STRONG_MAJORITY ? "warning" : "note",
    found: `In ${name} the most frequent class, “${nameOf(most)}”, has ${integer(most)} rows (${percent(majority)}), and the rarest, “${nameOf(least)}”, ${integer(least)}.`,
    why: `Always answering “${nameOf(most)}” is already right in ${percent(majority)} of the rows, so accuracy hides how the rare classes do.`,
    advice:
      "Compare with that majority baseline, read macro-F1 and the scores per class, and consider classWeights: balanced.",
  };
}

function setImbalance({ name, rows, labels }: SplitFacts, { rowsBySize }: LabelSets): Finding | undefined {
  const present = labels!.counts.filter((count) => count > 0);
  if (present.length < 2) return undefined;
  const labelled = rows - labels!.missing;
  const empty = rowsBySize[0]! / labelled;
  const [most, least] = [Math.max(...present), Math.min(...present)];
  if (empty < STRONG_MAJORITY && least / most >= RARE) return undefined;
  const nameOf = (count: number) => labels!.names[labels!.counts.indexOf(count)]!;
  const rare = `The most frequent class, “${nameOf(most)}”, has ${counted(most, "row")} of ${name}, and the rarest, “${nameOf(least)}”, ${integer(least)}.`;
  return {
    code: "imbalance",
    severity: empty >= STRONG_MAJORITY ? "warning" : "note",
    found:
      empty >= STRONG_MAJORITY ? `In ${name} ${percent(empty)} of the rows are of no class. ${rare}` : rare,
    why:
      empty >= STRONG_MAJORITY
        ? `Always answering “no class” is already right in ${percent(empty)} of the rows and has a low Hamming loss, so neither says how well classes are found.`
        : "Micro-F1 is mostly about the frequent classes; how the rare ones do only shows in macro-F1 and in the scores per class.",
    advice:
      "Read macro-F1 and the scores per class; consider classWeights: balanced, or thresholds: best with a validation split.",
  };
}

/** Rows without a label. */
export function missingLabels({ name, rows, labels }: SplitFacts): Finding | undefined {
  if (!labels || labels.missing === 0) return undefined;
  const all = labels.missing === rows;
  return {
    code: "missing-labels",
    severity: all ? "note" : "warning",
    found: `${name} has ${counted(labels.missing, "row")} without a label (an empty cell or −1), of ${integer(rows)}.`,
    why: "They can be neither trained on nor scored; training stops at the first of them.",
    advice: all
      ? `Use ${name} for predictions only.`
      : "Leave them out (dropUnlabelled: true), or correct the file.",
  };
}

/** −1, which marks a missing label elsewhere, stands among whole numbers without names. */
export function negativeLabel({ name, labels }: SplitFacts): Finding | undefined {
  const i = labels?.names.indexOf("-1") ?? -1;
  const isCounting = labels?.names.every((label, k) => label === String(k - 1)) ?? false;
  if (!labels || i < 0 || !isCounting || labels.names.length < 3) return undefined;
  return {
    code: "negative-label",
    severity: "note",
    found: `${name} has ${counted(labels.counts[i]!, "row")} with the label −1, taken for a class of its own.`,
    why: "Many published datasets mark rows without a label with −1; trained on, they would become a class.",
    advice:
      "If −1 means “no label”, name the classes without it (labels) and leave these rows out (dropUnlabelled: true).",
  };
}

/** Cells that hold several classes were taken for one class each: `fruit|tool` beside `fruit` and `tool`. */
export function joinedLabels({ name, labels }: SplitFacts): Finding | undefined {
  if (!labels || labels.sets) return undefined;
  const joined = labels.names.flatMap((label) => {
    const reading = joinedClasses(label, labels.names);
    return reading ? [{ label, ...reading }] : [];
  });
  const [first] = joined;
  // A single one may well be meant.
  if (!first || joined.length < 2) return undefined;
  return {
    code: "joined-labels",
    severity: "warning",
    found: `${joined.length} classes of ${name} are made of others: “${first.label}”, for one, of ${listClasses(first.parts)}.`,
    why: "A model learns each combination as a class of its own, from the few rows that have just that one.",
    advice: `If cells hold several classes, say what stands between them: labelSeparator "${first.separator}".`,
  };
}

/** The same text with different labels. */
export function conflictingLabels({ name, rows, labels, duplicates }: SplitFacts): Finding | undefined {
  const { conflictingTexts, conflictingRows, conflicts } = duplicates;
  if (conflictingTexts === 0) return undefined;
  const [first] = conflicts;
  const example = first ? `, such as rows ${first.rows.join(" and ")}: “${shorten(first.text)}”` : "";
  return {
    code: "conflicting-labels",
    severity: conflictingRows / rows >= MANY_CONFLICTS ? "warning" : "note",
    found: `${name} has ${counted(conflictingTexts, "text")} with different ${labels?.sets ? "sets of classes" : "labels"}, in ${counted(conflictingRows, "row")}${example}.`,
    why: `At most one ${labels?.sets ? "set" : "label"} of each can be right: they teach the model contradictions and keep its score below 100%.`,
    advice: "Look at them, correct the labels or remove the rows.",
  };
}

/** A text in a message. */
export function shorten(text: string): string {
  const line = text.replace(/\s+/g, " ").trim();
  return line.length > 80 ? `${line.slice(0, 79)}…` : line;
}

function presentClasses({ labels }: SplitFacts): string[] {
  return labels?.names.filter((_, i) => labels.counts[i]! > 0) ?? [];
}

/** Of the rows that have a label. */
function sharesOf({ names, counts, sets }: LabelDescription): Map<string, number> {
  const total = (sets?.rowsBySize ?? counts).reduce((sum, count) => sum + count, 0);
  return new Map(names.map((name, i) => [name, counts[i]! / Math.max(1, total)]));
}

function listClasses(names: readonly string[]): string {
  const shown = names.slice(0, MOST_NAMES).map((name) => `“${name}”`);
  const rest = names.length - shown.length;
  const noun = names.length === 1 ? "the class" : "the classes";
  return `${noun} ${shown.join(", ")}${rest > 0 ? ` and ${rest} more` : ""}`;
}

function findingIf(holds: boolean, finding: Finding): Finding[] {
  return holds ? [finding] : [];
}
