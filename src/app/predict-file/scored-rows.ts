import type { Prediction } from "../../core/classifier/predict.ts";
import { listNames } from "../../core/data/nearest-name.ts";
import type { Task } from "../../core/data/targets.ts";
import type { Row, Value } from "../../core/data/values.ts";
import { ConfigError, DataError } from "../../core/errors.ts";
import { type RowWriter, rowWriter } from "./row-writer.ts";
import type { TextRows } from "./text-rows.ts";

/** What of a row is written beside its answer. */
export interface ScoredRowsOptions {
  /** Columns of the input that are kept. @default all */
  keep?: readonly string[] | undefined;
  /** Whether the probability of every class is written. @default false */
  scores?: boolean | undefined;
}

/** What stands between the classes of a cell of a multi-label model. */
const between = "|";

/** How many decimals probabilities have. */
const rounded = (probability: number): number => Number(probability.toFixed(6));

/** Rows with their answers, as lines of a file. */
export interface ScoredRows extends Pick<RowWriter, "header"> {
  /** @param prediction Undefined for a row without a text. */
  line(row: Row, prediction: Prediction | undefined): string;
}

/**
 * Adds to each row `predicted`, its class (of a multi-label model, those that apply), and `probability`, that of the most
 * probable class. Where a row has no text both are empty, in JSON Lines null.
 *
 * @throws ConfigError if a column to keep isn't there, or has a name that an answer takes.
 */
export function scoredRows(
  output: string,
  { columns, textColumns }: Pick<TextRows, "columns" | "textColumns">,
  { task, labels }: { task: Task; labels: readonly string[] },
  { keep, scores = false }: ScoredRowsOptions,
): ScoredRows {
  const lacking = keep?.filter((name) => !columns.includes(name)) ?? [];
  if (lacking.length > 0) {
    throw new DataError(`there is no column ${listNames(lacking)} to keep (columns: ${listNames(columns)})`);
  }
  const kept = keep ?? columns;
  const scoreColumns = scores ? labels.map((label) => `probability_${label}`) : [];
  const { writer, isTable } = rowWriter(output, [...kept, "predicted", "probability", ...scoreColumns]);
  const taken = ["predicted", "probability", ...(isTable ? scoreColumns : scores ? ["scores"] : [])];
  const twice = kept.find((name) => taken.includes(name));
  if (twice !== undefined) {
    const others = kept.filter((name) => !taken.includes(name));
    throw new ConfigError(
      `the input has a column "${twice}" already, where the answer goes; keep others: --keep ${(others.length > 0 ? others : textColumns).join(",")}`,
    );
  }
  const ambiguous = labels.find((label) => label.includes(between));
  if (isTable && task === "multiLabel" && ambiguous !== undefined) {
    throw new ConfigError(
      `the class "${ambiguous}" has a ${between} in its name, which stands between classes in a cell; write .jsonl`,
    );
  }
  const answer = (prediction: Prediction | undefined): Row => {
    if (prediction === undefined) {
      const none = { predicted: null, probability: null };
      return isTable || !scores ? none : { ...none, scores: null };
    }
    const values = labels.map((label) => rounded(prediction.scores[label]!));
    const several = isTable ? prediction.labels.join(between) : prediction.labels;
    const predicted: Value = task === "multiLabel" ? several : prediction.label;
    return {
      predicted,
      probability: rounded(prediction.score),
      ...(scores &&
        (isTable
          ? Object.fromEntries(scoreColumns.map((name, i) => [name, values[i]!]))
          : { scores: Object.fromEntries(labels.map((label, i) => [label, values[i]!])) })),
    };
  };
  return {
    header: () => writer.header(),
    line: (row, prediction) => {
      const chosen =
        keep === undefined ? row : Object.fromEntries(keep.map((name) => [name, row[name] ?? null]));
      return writer.line({ ...chosen, ...answer(prediction) });
    },
  };
}
