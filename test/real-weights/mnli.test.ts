import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { copyFile, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { type FitOptions, loadDataset, TextClassifier } from "../../src/index.ts";
import { temporaryFolder } from "../classifier/tiny.ts";

/** A folder of all-MiniLM-L6-v2, and one with MNLI rows as train.csv: premise, hypothesis, label. */
const model = process.env.TEXTUNE_MINILM ?? "";
const data = process.env.TEXTUNE_MNLI ?? "";
if (!model || !data)
  console.log(
    "real weights on MNLI: skipped, since TEXTUNE_MINILM and TEXTUNE_MNLI don't both name a folder",
  );

const golden = JSON.parse(
  readFileSync(new URL("../fixtures/real-weights/mnli.json", import.meta.url), "utf8"),
) as { settings: FitOptions; trainRows: number; sha256: string; losses: number[]; scores: number[][] };

/** The model without dropout. */
async function withoutDropout(): Promise<string> {
  const folder = temporaryFolder();
  for (const file of ["model.safetensors", "tokenizer.json", "tokenizer_config.json"]) {
    await copyFile(join(model, file), join(folder, file));
  }
  const config = JSON.parse(await readFile(join(model, "config.json"), "utf8")) as Record<string, unknown>;
  const rates = { hidden_dropout_prob: 0, attention_probs_dropout_prob: 0 };
  await writeFile(join(folder, "config.json"), JSON.stringify({ ...config, ...rates }));
  return folder;
}

describe.skipIf(!model || !data)("all-MiniLM-L6-v2 fine-tuned on MNLI", () => {
  test("has the losses that transformers and PyTorch have, update by update", {
    timeout: 600_000,
  }, async () => {
    const all = (await loadDataset(join(data, "train.csv"), { split: "train" })).withTextColumns([
      "premise",
      "hypothesis",
    ]);
    const { trainRows, settings, losses, scores } = golden;
    const rows = all.select(Array.from({ length: trainRows + scores.length }, (_, i) => i));
    const [premises, hypotheses] = rows.texts() as [string[], string[]];
    const labels = rows.labelIds(["0", "1", "2"]);
    const text = premises.map((premise, i) => `${premise}\t${hypotheses[i]}\t${labels[i]}`).join("\n");
    expect(createHash("sha256").update(text).digest("hex"), "digest of the pairs").toBe(golden.sha256);

    const classifier = await TextClassifier.fromPretrained(await withoutDropout(), {
      labels: ["0", "1", "2"],
      head: "huggingface",
    });
    const train = rows.select(Array.from({ length: trainRows }, (_, i) => i));
    const { history } = (await classifier.fit(train, { ...settings, evalSteps: 1 })).record;
    expect(losses).toHaveLength(50);
    expect(history).toHaveLength(50);
    for (const [i, loss] of losses.entries()) {
      expect(Math.abs(history[i]!.train.loss / loss - 1), `update ${i + 1}`).toBeLessThan(1e-4);
    }
    const heldOut = scores.map((_, i) => ({
      text: premises[trainRows + i]!,
      pair: hypotheses[trainRows + i]!,
    }));
    for (const [row, prediction] of (await classifier.predict(heldOut)).entries()) {
      for (const [i, label] of classifier.labels.entries()) {
        expect(Math.abs(prediction.scores[label]! - scores[row]![i]!), `row ${row}`).toBeLessThan(1e-3);
      }
    }
  });
});
