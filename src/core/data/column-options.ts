import { ConfigError } from "../errors.ts";
import type { Dataset } from "./dataset.ts";
import type { LabelEncoding } from "./multi-hot.ts";

/** Which columns hold the text and the classes, where their names don't say. */
export interface ColumnOptions {
  /** The text column, or both of a pair. */
  textColumns?: readonly string[];
  /** The column of the class, or of lists of classes. */
  labelColumn?: string;
  /** In its place columns of 0 and 1 that are named after the classes. */
  labelColumns?: readonly string[];
  /** What stands between the classes of a text cell of the label column, such as `|`. */
  labelSeparator?: string;
  /** What the numbers of a list are: a 0 or 1 for every class (`multi-hot`), or the classes that apply (`indices`). */
  labelEncoding?: LabelEncoding;
}

/**
 * A dataset with its columns set.
 *
 * @throws ConfigError if the options contradict each other.
 * @throws DataError if a column doesn't exist.
 */
export function withColumns(dataset: Dataset, { textColumns, ...labels }: ColumnOptions): Dataset {
  const labelled = withLabels(dataset, labels);
  return textColumns === undefined ? labelled : labelled.withTextColumns(textColumns);
}

function withLabels(
  dataset: Dataset,
  { labelColumn, labelColumns, labelSeparator, labelEncoding }: Omit<ColumnOptions, "textColumns">,
): Dataset {
  if (labelEncoding !== undefined) {
    if (labelColumns === undefined && labelSeparator === undefined) {
      return dataset.withLabelColumn(labelColumn ?? dataset.labelColumns[0]!, { encoding: labelEncoding });
    }
    throw new ConfigError(
      "labelEncoding is for a column of lists of numbers; leave out labelColumns and labelSeparator, or labelEncoding",
    );
  }
  if (labelColumns !== undefined) {
    if (labelColumn === undefined && labelSeparator === undefined) {
      return dataset.withLabelColumns(labelColumns);
    }
    throw new ConfigError(
      "labelColumns are columns of 0 and 1; labelColumn and labelSeparator are for one column of classes: give one or the other",
    );
  }
  if (labelSeparator !== undefined) {
    return dataset.withLabelColumn(labelColumn ?? dataset.labelColumns[0]!, { separator: labelSeparator });
  }
  return labelColumn === undefined ? dataset : dataset.withLabelColumn(labelColumn);
}
