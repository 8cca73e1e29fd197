import { resolve } from "node:path";
import { gzipSync } from "node:zlib";
import type { CoreTextClassifier } from "../../core/classifier/text-classifier.ts";
import { ConfigError } from "../../core/errors.ts";
import type { WorkOptions } from "../../core/progress.ts";
import type { ClaimOptions } from "./partial-output.ts";
import { type ScoredRowsOptions, scoredRows } from "./scored-rows.ts";
import { openTextRows, type TextRowsOptions } from "./text-rows.ts";
import { type WrittenFile, workOnFile } from "./work-on-file.ts";

/** How a file is classified. */
export interface PredictFileOptions
  extends Omit<TextRowsOptions, "signal">,
    ScoredRowsOptions,
    Partial<ClaimOptions>,
    WorkOptions {}

/**
 * Classifies every row of a file (CSV, TSV, JSON Lines, JSON, Parquet, each also with `.gz`) and writes it with its
 * answer: one row for each, in the same order. The input is read in windows of 8,192 rows, so memory doesn't grow with
 * the file; within a window, rows of similar length are classified together.
 *
 * Until all is written the output is called `NAME.partial`. With `resume`, a call that was stopped or killed goes on
 * where it was, and ends with the same bytes as one that was not.
 *
 * @param output A name that ends in `.csv`, `.tsv` or `.jsonl`, or one of these and `.gz`.
 * @throws DataError, ConfigError, OutputError
 * @throws Interrupted if `signal` stops it; what is written stays, to be resumed.
 */
export async function predictFile(
  classifier: CoreTextClassifier,
  input: string,
  output: string,
  options: PredictFileOptions = {},
): Promise<WrittenFile> {
  const { keep, scores, resume = false, overwrite = false, signal, onProgress, ...reading } = options;
  if (resolve(input) === resolve(output)) throw new ConfigError("input and output are the same file");
  const source = await openTextRows(input, { ...reading, signal });
  const rows = scoredRows(output, source, classifier, { keep, scores });
  const pack = (text: string) => (/\.gz$/i.test(output) ? gzipSync(text) : Buffer.from(text));
  return workOnFile(
    {
      ...{ classifier, input, source, output },
      settings: { keep, scores, ...reading, textColumns: undefined },
      start: pack(rows.header()),
      run: (texts, work) => classifier.predict(texts, work),
      encode: (window, predictions) =>
        pack(window.map(({ row }, i) => rows.line(row, predictions[i])).join("")),
    },
    { resume, overwrite, signal, onProgress },
  );
}
