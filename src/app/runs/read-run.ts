import { readFile, stat } from "node:fs/promises";
import { join } from "node:path";
import type { z } from "zod";
import { DataError } from "../../core/errors.ts";
import type { RunRecord } from "../../core/training/run-record.ts";
import { version } from "../../core/version.ts";
import { isFile } from "../../node/hub/cache.ts";
import { suggestPath } from "../../node/nearest-path.ts";
import { recordSchema, type SavedRecord, wholeRecordSchema } from "./record-schema.ts";
import { runLayout } from "./run-layout.ts";

/**
 * Reads the record of a finished run from its folder.
 *
 * @throws DataError if the folder is none of a run, the run is unfinished, or its record is damaged or of a version
 * that this one can't read.
 */
export const readRun = (folder: string): Promise<SavedRecord> => readRecord(folder, recordSchema);

/**
 * Reads the record of a finished run with all that its report shows. `readRun` reads also what older versions wrote.
 *
 * @throws DataError as `readRun`
 */
export const readWholeRun = (folder: string): Promise<RunRecord> => readRecord(folder, wholeRecordSchema);

async function readRecord<Saved>(folder: string, schema: z.ZodType<Saved>): Promise<Saved> {
  const path = join(folder, runLayout.metrics);
  let text: string;
  try {
    text = await readFile(path, "utf8");
  } catch (cause) {
    throw new DataError(await whyNoRecord(folder, cause), { cause });
  }
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (cause) {
    throw new DataError(`${path} is damaged: it is not valid JSON; train the run again`, { cause });
  }
  const parsed = schema.safeParse(value);
  if (parsed.success) return parsed.data;
  const { path: keys, message } = parsed.error.issues[0]!;
  const writer = (value as { textuneVersion?: unknown } | null)?.textuneVersion;
  const fault = `${keys.join(".") || "the record"}: ${message.replace(/^Invalid input: /, "")}`;
  throw new DataError(
    typeof writer === "string"
      ? `${path} was written by textune ${writer} and textune ${version} can't read it (${fault}); train the run again`
      : `${path} is not the record of a run (${fault}); give the folder of a run that textune train wrote`,
  );
}

async function whyNoRecord(folder: string, cause: unknown): Promise<string> {
  const found = await stat(folder).catch(() => undefined);
  if (!found) return `there is no run folder ${folder}${await suggestPath(folder)}`;
  if (!found.isDirectory()) return `${folder} is a file; give the folder of a run`;
  const begun = await isFile(join(folder, runLayout.recipe));
  if ((cause as NodeJS.ErrnoException).code !== "ENOENT") {
    return `${join(folder, runLayout.metrics)} can't be read: ${(cause as Error).message}`;
  }
  return begun
    ? `the run in ${folder} is unfinished: it has no metrics.json; let it end, or go on with it by --resume`
    : `${folder} is not the folder of a run: it has no metrics.json`;
}
