import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll } from "vitest";
import { saveRun } from "../../src/app/recipes/save-run.ts";
import { Dataset, type FitOptions } from "../../src/index.ts";
import { tinyClassifier, topicRows, train } from "../classifier/tiny.ts";

const genres = ["letters", "radio", "travel"];

/** Rows with a genre. */
export const near = Dataset.fromRows(
  topicRows(60, 2).map((row, i) => ({ ...row, genre: genres[i % genres.length]! })),
);
export const far = Dataset.fromRows(topicRows(40, 3));

/** A folder that is gone after the tests of the file. */
export async function sharedFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), "textune-"));
  afterAll(() => rm(folder, { recursive: true, force: true }));
  return folder;
}

/** Trains a tiny model on the topics and saves its run. Weights are the same for every run. */
export async function trainRun(folder: string, options: FitOptions = {}): Promise<string> {
  const run = await tinyClassifier().fit(train, {
    evaluate: { matched: near, mismatched: far },
    ...{ epochs: 2, batchSize: 16, learningRate: 3e-3, featureCache: false, ...options },
  });
  await saveRun(run, folder);
  return folder;
}
