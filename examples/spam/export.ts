/**
 * Writes the demo's mail as a dataset of files, `train.jsonl` and `test.jsonl`, to look at and to train on.
 *
 *     npx tsx examples/spam/export.ts spam
 */
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { loadSpamCorpus } from "./corpus.ts";

const folder = process.argv[2] ?? "spam";
const { train, test } = await loadSpamCorpus({ seed: 42 });
mkdirSync(folder, { recursive: true });
for (const [split, rows] of Object.entries({ train, test })) {
  const path = join(folder, `${split}.jsonl`);
  writeFileSync(path, rows.map((row) => `${JSON.stringify(row)}\n`).join(""));
  console.log(`${path}  ${rows.length} rows`);
}
