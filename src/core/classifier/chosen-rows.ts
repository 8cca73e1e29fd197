import type { Dataset } from "../data/dataset.ts";
import { ConfigError, DataError } from "../errors.ts";
import { counted, integer } from "../format.ts";
import type { Finding } from "../training/run-record.ts";

/** Which rows are left out rather than refused. */
export interface RowChoice {
  dropEmpty: boolean;
  dropUnlabelled: boolean;
}

/** The rows of a split that are used. */
export interface ChosenRows {
  dataset: Dataset;
  /** Rows left out for an empty text, and of the others those left out for want of a label. */
  empty: number;
  unlabelled: number;
}

export interface NamedRows {
  name: string;
  dataset: Dataset;
}

/** The splits of a training as they are used, and what is to be said of what is not. */
export interface ChosenSplits {
  train: NamedRows;
  evaluated: NamedRows[];
  findings: Finding[];
}

/** Codes of the findings that tell of rows left out. */
export const leftOutCodes: ReadonlySet<string> = new Set([
  ...["unlabelled-split", "empty-rows-dropped", "unlabelled-rows-dropped"],
]);

/**
 * The rows of a dataset that are used.
 *
 * @param labels Class names.
 * @throws DataError where none is left.
 */
export function usedRows(
  dataset: Dataset,
  labels: readonly string[],
  { dropEmpty, dropUnlabelled }: RowChoice,
): ChosenRows {
  const withText = dropEmpty ? without(dataset, emptyRows(dataset)) : dataset;
  const chosen = dropUnlabelled ? without(withText, withText.unlabelledRows(labels)) : withText;
  const empty = dataset.length - withText.length;
  const unlabelled = withText.length - chosen.length;
  if (chosen.length > 0 || dataset.length === 0) return { dataset: chosen, empty, unlabelled };
  throw new DataError(
    `${dataset.source} has no rows left: of ${integer(dataset.length)}, ${integer(empty)} have an empty text and ${integer(unlabelled)} no label`,
  );
}

/**
 * The rows of every split that are used. It is the one place where rows are chosen: what is derived from them, targets
 * and class weights included, sees no other. A split to evaluate that has no label at all is left out.
 *
 * @throws ConfigError where a split has no rows.
 * @throws DataError where all are left out, or no training row has a label.
 */
export function chooseSplits(
  train: Dataset,
  evaluate: Readonly<Record<string, Dataset>>,
  labels: readonly string[],
  choice: RowChoice,
): ChosenSplits {
  const rowsOf = (name: string, whole: Dataset) => {
    if (whole.length === 0) throw new ConfigError(`the split "${name}" has no rows`);
    return { name, rows: usedRows(whole, labels, choice) };
  };
  const used = [rowsOf("train", train)];
  const findings: Finding[] = [];
  for (const [name, whole] of Object.entries(evaluate)) {
    const unlabelled = whole.length > 0 && whole.unlabelledRows(labels).length === whole.length;
    if (unlabelled) findings.push(unlabelledSplit(name, whole));
    else used.push(rowsOf(name, whole));
  }
  findings.push(...droppedRows(used));
  const [trained, ...evaluated] = used.map(({ name, rows }) => ({ name, dataset: rows.dataset }));
  return { train: trained!, evaluated, findings };
}

/** Positions of the rows with an empty text, or with an empty side of a pair. */
function emptyRows(dataset: Dataset): number[] {
  const columns = dataset.texts();
  const rows = Array.from({ length: dataset.length }, (_, row) => row);
  return rows.filter((row) => columns.some((column) => column[row]!.trim() === ""));
}

function without(dataset: Dataset, positions: readonly number[]): Dataset {
  if (positions.length === 0) return dataset;
  const left = new Set(positions);
  return dataset.select(
    Array.from({ length: dataset.length }, (_, row) => row).filter((row) => !left.has(row)),
  );
}

function unlabelledSplit(name: string, { length, source }: Dataset): Finding {
  return {
    code: "unlabelled-split",
    severity: "note",
    found: `${name} (${source}) has ${counted(length, "row")} and a label on none of them: it is left out.`,
    why: "Without labels there is nothing to score; published test splits often come without theirs.",
    advice: "Give a labelled split to evaluate on; predict answers for this one.",
  };
}

/** What the report says of dropped rows; nothing where there were none. */
function droppedRows(used: readonly { name: string; rows: ChosenRows }[]): Finding[] {
  const list = (count: (rows: ChosenRows) => number) =>
    used
      .filter(({ rows }) => count(rows) > 0)
      .map(({ name, rows }) => `${integer(count(rows))} of ${name}`)
      .join(", ");
  const [empty, unlabelled] = [list((rows) => rows.empty), list((rows) => rows.unlabelled)];
  const findings: Finding[] = [];
  if (empty !== "") {
    findings.push({
      code: "empty-rows-dropped",
      severity: "note",
      found: `Rows with an empty text were dropped: ${empty}.`,
      why: "A row without a text can't be classified; scores are over the rows that are left.",
      advice: "Compare scores only with runs that dropped the same rows.",
    });
  }
  if (unlabelled !== "") {
    findings.push({
      code: "unlabelled-rows-dropped",
      severity: "note",
      found: `Rows without a label were dropped: ${unlabelled}.`,
      why: "They can be neither trained on nor scored; scores are over the rows that are left.",
      advice: "If they should have one, correct the file; predict answers for them otherwise.",
    });
  }
  return findings;
}
