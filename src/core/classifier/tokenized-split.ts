import type { Dataset } from "../data/dataset.ts";
import { DataError } from "../errors.ts";
import type { WorkOptions } from "../progress.ts";
import { type TokenizedRows, tokenizeRows } from "../text/tokenize-rows.ts";
import type { ClassifierState } from "./state.ts";

/** A dataset as a model reads it. */
export interface TokenizedSplit {
  /** One text a row, or premise and hypothesis. */
  texts: string[][];
  rows: TokenizedRows;
}

/** What to do with rows that are longer than the model's positions, and what to call the split. */
export interface TokenizeDatasetOptions extends WorkOptions {
  /** The split's name, for progress. */
  subject: string;
  /** @default true, see FitOptions */
  truncation?: boolean | number;
}

/**
 * Tokenizes the text column or columns of a dataset.
 *
 * @throws DataError where the model was trained on pairs and the dataset has none, or the other way round; naming
 * the first row whose text is empty, or, without truncation, longer than the model's positions.
 */
export async function tokenizeDataset(
  {
    tokenizer,
    design,
    maxLength,
    pair,
  }: Pick<ClassifierState, "tokenizer" | "design" | "maxLength" | "pair">,
  dataset: Dataset,
  { subject, truncation = true, onProgress, signal }: TokenizeDatasetOptions,
): Promise<TokenizedSplit> {
  const { textColumns } = dataset;
  if (pair !== undefined && pair !== (textColumns.length === 2)) {
    throw new DataError(
      `${dataset.source} has ${pair ? `one text column, ${textColumns[0]}` : `the text columns ${textColumns.join(" and ")}`}, and the model was trained on ${pair ? "pairs; name both columns" : "single texts; name one column"} with textColumns`,
    );
  }
  const columns = dataset.texts(textColumns);
  const texts = Array.from({ length: dataset.length }, (_, row) => columns.map((column) => column[row]!));
  const empty = texts.findIndex((parts) => parts.some((part) => part.trim() === ""));
  if (empty >= 0) {
    const column = dataset.textColumns[texts[empty]!.findIndex((part) => part.trim() === "")];
    throw new DataError(`${dataset.describeRow(empty)}: "${column}" is empty; remove the row or fill it in`);
  }
  const positions = design.encoder.maxLength;
  const limit =
    typeof truncation === "number" ? truncation : truncation ? (maxLength ?? positions) : undefined;
  const rows = await tokenizeRows(
    tokenizer,
    columns.length === 1 ? columns[0]! : (texts as [string, string][]),
    {
      maxLength: limit === undefined ? undefined : Math.min(limit, positions),
      onProgress: (done, total) => onProgress?.({ stage: "tokenize", subject, done, total }),
      signal,
    },
  );
  const tooLong = rows.fullLengths.findIndex((length) => length > positions);
  if (limit === undefined && tooLong >= 0) {
    throw new DataError(
      `${dataset.describeRow(tooLong)} has ${rows.fullLengths[tooLong]} tokens and the model reads ${positions}; ` +
        "set truncation to cut long texts",
    );
  }
  return { texts, rows };
}
