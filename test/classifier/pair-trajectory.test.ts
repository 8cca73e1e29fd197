import { copyFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";
import { type FitOptions, loadDataset, TextClassifier } from "../../src/index.ts";
import { writeSafetensorsFile } from "../../src/node/weights/safetensors-file.ts";
import { type MadeWeights, makeWeights } from "../models/made-weights.ts";
import { readTrainingGolden } from "../training/golden.ts";
import { temporaryFolder } from "./tiny.ts";

interface Golden extends Omit<MadeWeights, "parameters"> {
  settings: FitOptions;
  models: Record<string, Model>;
}

interface Model {
  /** A folder of fixtures/text. */
  tokenizer: string;
  config: unknown;
  parameters: Record<string, number[]>;
  /** In front of every update. */
  losses: number[];
  /** Of the first rows after training, [rows, classes]. */
  scores: number[][];
}

const fixtures = fileURLToPath(new URL("../fixtures/", import.meta.url));
const { settings, models, ...drawn } = readTrainingGolden<Golden>("pairs");

async function checkpoint({ tokenizer, config, parameters }: Model): Promise<string> {
  const folder = temporaryFolder();
  for (const file of ["tokenizer.json", "tokenizer_config.json"]) {
    await copyFile(join(fixtures, "text", tokenizer, file), join(folder, file));
  }
  await writeFile(join(folder, "config.json"), JSON.stringify(config));
  const weights = Object.entries(makeWeights({ parameters, ...drawn }));
  const shaped = new Map(weights.map(([name, values]) => [name, { shape: parameters[name]!, values }]));
  await writeSafetensorsFile(join(folder, "model.safetensors"), shaped);
  return folder;
}

test.each(Object.keys(models))(
  "%s fine-tuned on sentence pairs has the loss that transformers and PyTorch have, update by update",
  async (name) => {
    const model = models[name]!;
    const rows = await loadDataset(join(fixtures, "training/pairs.jsonl"), { split: "train" });
    const train = rows.withTextColumns(["premise", "hypothesis"]);
    const classifier = await TextClassifier.fromPretrained(await checkpoint(model), { trainable: "all" });
    const { history } = (await classifier.fit(train, { ...settings, dropEmpty: true, evalSteps: 1 })).record;
    expect(history).toHaveLength(model.losses.length);
    expect(history.length).toBeGreaterThanOrEqual(50);
    for (const [i, loss] of model.losses.entries()) {
      expect(Math.abs(history[i]!.train.loss / loss - 1), `update ${i + 1}`).toBeLessThan(1e-5);
    }
    const pairs = model.scores.map((_, row) => {
      const [premise, hypothesis] = train.texts();
      return { text: premise![row]!, pair: hypothesis![row]! };
    });
    for (const [row, { scores }] of (await classifier.predict(pairs)).entries()) {
      const expected = model.scores[row]!;
      for (const [i, label] of classifier.labels.entries()) {
        expect(Math.abs(scores[label]! - expected[i]!), `${label} of row ${row}`).toBeLessThan(1e-4);
      }
    }
  },
);
