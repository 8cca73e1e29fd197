import { basename } from "node:path";
import type { CoreTextClassifier } from "../../core/classifier/text-classifier.ts";
import { counted, integer } from "../../core/format.ts";
import type { WorkOptions } from "../../core/progress.ts";
import { predictFile } from "../predict-file/predict-file.ts";
import { fileOptions } from "./file-flags.ts";
import type { Output } from "./output.ts";
import type { PredictFileFlags } from "./predict.ts";

/** Classifies the file that the flags name, and says what was written. */
export async function predictFileOfFlags(
  classifier: CoreTextClassifier,
  { input = "", output: path = "", textColumns, keep, scores, resume, overwrite, ...flags }: PredictFileFlags,
  work: WorkOptions,
  output: Output,
): Promise<void> {
  const { rows, emptyRows, resumedAt } = await predictFile(classifier, input, path, {
    ...{ scores, resume, overwrite },
    textColumns: names(textColumns),
    keep: names(keep),
    ...fileOptions(flags),
    ...work,
    onProgress: (progress) => work.onProgress?.({ ...progress, subject: basename(progress.subject) }),
  });
  const said = [
    `wrote ${counted(rows, "row")} to ${path}`,
    resumedAt > 0 && `the first ${integer(resumedAt)} by an earlier call`,
    emptyRows > 0 && `${counted(emptyRows, "row")} without a text, with an empty answer`,
  ];
  output.tell(said.filter(Boolean).join("; "));
}

const names = (text: string | undefined): string[] | undefined => text?.split(",").map((name) => name.trim());
