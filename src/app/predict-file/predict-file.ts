import { createHash } from "node:crypto";
import { resolve } from "node:path";
import { gzipSync } from "node:zlib";
import type { CoreTextClassifier } from "../../core/classifier/text-classifier.ts";
import { ConfigError, DataError } from "../../core/errors.ts";
import type { WorkOptions } from "../../core/progress.ts";
import { version } from "../../core/version.ts";
import { answer } from "./answer.ts";
import { type ClaimOptions, type Identity, PartialOutput } from "./partial-output.ts";
import { type ScoredRowsOptions, scoredRows } from "./scored-rows.ts";
import { openTextRows, type TextRowsOptions } from "./text-rows.ts";

/** How a file is classified. */
export interface PredictFileOptions
  extends Omit<TextRowsOptions, "signal">,
    ScoredRowsOptions,
    Partial<ClaimOptions>,
    WorkOptions {}

/** What was written. */
export interface PredictedFile {
  rows: number;
  /** Rows without a text, of which nothing is said, among those of this call. */
  emptyRows: number;
  /** Rows that an earlier call had written. */
  resumedAt: number;
}

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
): Promise<PredictedFile> {
  const { keep, scores, resume = false, overwrite = false, signal, onProgress, ...reading } = options;
  if (resolve(input) === resolve(output)) throw new ConfigError("input and output are the same file");
  const source = await openTextRows(input, { ...reading, signal });
  const rows = scoredRows(output, source, classifier, { keep, scores });
  const pack = (text: string) => (/\.gz$/i.test(output) ? gzipSync(text) : Buffer.from(text));
  const identity: Identity = {
    textune: version,
    model: modelDigest(classifier),
    input: `${resolve(input)}, ${source.version}`,
    "text columns": source.textColumns.join(","),
    settings: JSON.stringify({ keep, scores, ...reading, textColumns: undefined }),
  };
  const file = await PartialOutput.claim(output, identity, { resume, overwrite });
  const resumedAt = file.rows;
  let emptyRows = 0;
  try {
    if (file.isNew) await file.append(pack(rows.header()), 0);
    for await (const { rows: window, share } of source.windows(file.rows)) {
      const before = file.rows;
      const total = Math.max(before + window.length, Math.round((before + window.length) / (share || 1)));
      const answers = await answer(
        window.map(({ input }) => input),
        (texts) =>
          classifier.predict(texts, {
            signal,
            onProgress: ({ done }) =>
              onProgress?.({ stage: "predict", subject: input, done: before + done, total }),
          }),
      );
      emptyRows += answers.filter(({ prediction }) => prediction === undefined).length;
      const lines = answers.map(({ prediction }, i) => rows.line(window[i]!.row, prediction));
      await file.append(pack(lines.join("")), window.length);
      onProgress?.({ stage: "predict", subject: input, done: file.rows, total });
    }
    await file.finish();
  } catch (error) {
    // A file that can't be read to its end can't be gone on with either.
    await (error instanceof DataError ? file.discard() : file.close()).catch(() => {});
    throw error;
  }
  return { rows: file.rows, emptyRows, resumedAt };
}

/** Tells models apart, by what they are and not by where they lie. */
function modelDigest(classifier: CoreTextClassifier): string {
  const hash = createHash("sha256");
  for (const [name, content] of classifier.files()) {
    hash.update(name);
    for (const piece of typeof content === "string" ? [content] : content) hash.update(piece);
  }
  return hash.digest("hex").slice(0, 32);
}
