import { resolve } from "node:path";
import type { CoreTextClassifier } from "../../core/classifier/text-classifier.ts";
import { ConfigError } from "../../core/errors.ts";
import { bytesOf } from "../../core/hash.ts";
import type { WorkOptions } from "../../core/progress.ts";
import { npyHeader } from "./npy.ts";
import type { ClaimOptions } from "./partial-output.ts";
import { openTextRows, type TextRowsOptions } from "./text-rows.ts";
import { type WrittenFile, workOnFile } from "./work-on-file.ts";

/** How the features of a file are made. */
export interface EmbedFileOptions
  extends Omit<TextRowsOptions, "signal">,
    Partial<ClaimOptions>,
    WorkOptions {}

/**
 * Writes the features of every row of a file, see `classifier.embed`, as a NumPy array: float32 [rows, hidden size], row i
 * for row i of the input. A row without a text is NaN throughout. It reads, writes and resumes as `predictFile` does.
 *
 * @param output A name that ends in `.npy`.
 * @throws DataError, ConfigError, OutputError
 * @throws Interrupted if `signal` stops it; what is written stays, to be resumed.
 */
export async function embedFile(
  classifier: CoreTextClassifier,
  input: string,
  output: string,
  { resume, overwrite, signal, onProgress, ...reading }: EmbedFileOptions = {},
): Promise<WrittenFile> {
  if (!/\.npy$/i.test(output)) {
    throw new ConfigError(
      `${output} can't be written; features go into a NumPy array, whose name ends in .npy`,
    );
  }
  if (resolve(input) === resolve(output)) throw new ConfigError("input and output are the same file");
  const source = await openTextRows(input, { ...reading, signal });
  const { hiddenSize } = classifier;
  return workOnFile<Float32Array>(
    {
      ...{ classifier, input, source, output },
      settings: { ...reading, textColumns: undefined },
      start: (rows) => npyHeader(rows, hiddenSize),
      run: (texts, work) => classifier.embed(texts, work),
      encode: (window, features) => {
        const values = new Float32Array(window.length * hiddenSize).fill(Number.NaN);
        for (const [i, row] of features.entries()) if (row) values.set(row, i * hiddenSize);
        return bytesOf(values);
      },
    },
    { resume, overwrite, signal, onProgress },
  );
}
