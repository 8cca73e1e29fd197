import { open } from "node:fs/promises";
import { join } from "node:path";
import { z } from "zod";
import type { Answer } from "../../core/data/targets.ts";
import { DataError } from "../../core/errors.ts";
import { runLayout } from "./run-layout.ts";

/** One line of a run's `predictions/SPLIT.jsonl`: an evaluated row and what the trained model made of it. */
export interface StoredPrediction {
  /** Index in the split as evaluated, from 0. */
  row: number;
  /** One text, or premise and hypothesis. */
  texts: string[];
  /** Where the row comes from, in a dataset that has a column `genre`. */
  genre?: string;
  label: Answer;
  predicted: Answer;
  /** Of every class, 0 to 1. */
  probabilities: number[];
}

/** Where a run keeps its predictions on a split. */
export const predictionsPath = (runFolder: string, split: string): string =>
  join(runFolder, runLayout.predictions, `${split}.jsonl`);

const share = z.number().min(0).max(1);

function lineSchema(classes: number): z.ZodType<StoredPrediction> {
  const classIndex = z.int().min(0).lt(classes);
  const answer = z.union([classIndex, z.array(classIndex)]);
  return z.object({
    row: z.int().nonnegative(),
    texts: z.array(z.string()).min(1),
    genre: z.string().optional(),
    label: answer,
    predicted: answer,
    probabilities: z.array(share).length(classes),
  });
}

/**
 * Reads a run's predictions on a split, in row order.
 *
 * @returns undefined where the run keeps none
 * @throws DataError naming the line at fault
 */
export async function readPredictions(
  runFolder: string,
  split: string,
  classes: number,
): Promise<StoredPrediction[] | undefined> {
  const path = predictionsPath(runFolder, split);
  const file = await open(path).catch((error: NodeJS.ErrnoException) => {
    if (error.code === "ENOENT") return undefined;
    throw new DataError(`${path} can't be read: ${error.message}`, { cause: error });
  });
  if (!file) return undefined;
  const schema = lineSchema(classes);
  const predictions: StoredPrediction[] = [];
  for await (const line of file.readLines()) {
    predictions.push(parseLine(line, schema, `${path}, line ${predictions.length + 1}`));
  }
  return predictions;
}

function parseLine(line: string, schema: z.ZodType<StoredPrediction>, where: string): StoredPrediction {
  let value: unknown;
  try {
    value = JSON.parse(line);
  } catch (cause) {
    throw new DataError(`${where} is not valid JSON; train the run again`, { cause });
  }
  const parsed = schema.safeParse(value);
  if (parsed.success) return parsed.data;
  const { path, message } = parsed.error.issues[0]!;
  throw new DataError(
    `${where} is no prediction that textune can read (${path.join(".")}: ${message.replace(/^Invalid input: /, "")}); train the run again`,
  );
}
