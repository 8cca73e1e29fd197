import { createHash } from "node:crypto";
import { resolve } from "node:path";
import type { TextInput } from "../../core/classifier/predict.ts";
import type { CoreTextClassifier } from "../../core/classifier/text-classifier.ts";
import { DataError } from "../../core/errors.ts";
import type { WorkOptions } from "../../core/progress.ts";
import { version } from "../../core/version.ts";
import { isEmpty } from "./answer.ts";
import { type ClaimOptions, PartialOutput } from "./partial-output.ts";
import type { TextRow, TextRows } from "./text-rows.ts";

/** What was written. */
export interface WrittenFile {
  rows: number;
  /** Rows without a text, of which nothing is said, among those of this call. */
  emptyRows: number;
  /** Rows that an earlier call had written. */
  resumedAt: number;
}

/** What is made of a file's texts, and how it is written. */
export interface FileWork<Result> {
  classifier: CoreTextClassifier;
  input: string;
  source: TextRows;
  output: string;
  /** What, besides model, input and columns, decides the bytes. */
  settings: unknown;
  /** What the file begins with; where that depends on how many rows follow, it is written again at the end. */
  start: Uint8Array | ((rows: number) => Uint8Array);
  run(texts: TextInput[], work: WorkOptions): Promise<Result[]>;
  /** @param results One for each row, undefined where it has no text. */
  encode(rows: readonly TextRow[], results: readonly (Result | undefined)[]): Uint8Array;
}

/** Does the work window by window, so that it can be gone on with. @throws DataError, ConfigError, OutputError, Interrupted */
export async function workOnFile<Result>(
  { classifier, input, source, output, settings, start, run, encode }: FileWork<Result>,
  { resume = false, overwrite = false, signal, onProgress }: WorkOptions & Partial<ClaimOptions>,
): Promise<WrittenFile> {
  const identity = {
    textune: version,
    model: modelDigest(classifier),
    input: `${resolve(input)}, ${source.version}`,
    "text columns": source.textColumns.join(","),
    settings: JSON.stringify(settings),
  };
  const startOf = (rows: number) => (typeof start === "function" ? start(rows) : start);
  const file = await PartialOutput.claim(output, identity, { resume, overwrite });
  const resumedAt = file.rows;
  let emptyRows = 0;
  try {
    if (file.isNew) await file.append(startOf(0), 0);
    for await (const { rows, share } of source.windows(file.rows)) {
      const before = file.rows;
      const total = Math.max(before + rows.length, Math.round((before + rows.length) / (share || 1)));
      const tell = (done: number) => onProgress?.({ stage: "predict", subject: input, done, total });
      const texts = rows.map((row) => row.input).filter((text) => !isEmpty(text));
      const results =
        texts.length === 0 ? [] : await run(texts, { signal, onProgress: ({ done }) => tell(before + done) });
      let next = 0;
      const ofRows = rows.map((row) => (isEmpty(row.input) ? undefined : results[next++]));
      emptyRows += rows.length - texts.length;
      await file.append(encode(rows, ofRows), rows.length);
      tell(file.rows);
    }
    await file.finish(typeof start === "function" ? start(file.rows) : undefined);
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
