import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { onTestFinished } from "vitest";
import { TorchGenerator } from "../../src/core/random/torch.ts";
import { bertTokenizerJson } from "../../src/core/text/vocabulary-files.ts";
import { Dataset, type FitOptions, TextClassifier, Tokenizer } from "../../src/index.ts";

/** Words of each class, and words that say nothing. */
const topics: Record<string, string[]> = {
  sport: ["goal", "match", "team", "coach", "league", "score"],
  money: ["bank", "stock", "market", "profit", "share", "price"],
  science: ["atom", "orbit", "cell", "theory", "gene", "star"],
};
const filler = ["the", "of", "on", "new", "today", "was", "said", "and", "year", "time", "very", "more"];
export const labels = Object.keys(topics);

const special = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"];

export function tinyTokenizer(): Tokenizer {
  const vocabulary = [...special, ...filler, ...Object.values(topics).flat()];
  return Tokenizer.fromJson(bertTokenizerJson(vocabulary, { do_lower_case: true }));
}

/** Texts of 4 to 12 words, of which one to three tell the class. */
export function topicRows(count: number, seed: number): { text: string; label: string }[] {
  const random = new TorchGenerator(seed);
  const below = (limit: number) => Math.floor(random.rand(1)[0]! * limit);
  const pick = <T>(list: readonly T[]): T => list[below(list.length)]!;
  return Array.from({ length: count }, () => {
    const label = pick(labels);
    const words = Array.from({ length: pick([3, 5, 7, 9]) }, () => pick(filler));
    for (let i = pick([1, 2, 3]); i > 0; i--) {
      words.splice(below(words.length + 1), 0, pick(topics[label]!));
    }
    return { text: words.join(" "), label };
  });
}

export const topicDataset = (count: number, seed: number): Dataset =>
  Dataset.fromRows(topicRows(count, seed));

export const train = topicDataset(96, 1);
export const test = topicDataset(48, 2);

const tinyConfig = {
  model_type: "distilbert",
  ...{ dim: 32, n_layers: 2, n_heads: 4, hidden_dim: 64, max_position_embeddings: 24 },
};

/** A small DistilBERT with random weights for the topics. */
export function tinyClassifier(
  options: Partial<Parameters<typeof TextClassifier.fromScratch>[0]> & {
    changes?: Record<string, unknown>;
  } = {},
): TextClassifier {
  const { changes, ...rest } = options;
  const config = { ...tinyConfig, ...changes };
  return TextClassifier.fromScratch({ labels, tokenizer: tinyTokenizer(), config, ...rest });
}

/** What makes the whole tiny model learn the topics within seconds. */
export const quickFit: FitOptions = {
  evaluate: { test },
  ...{ epochs: 4, batchSize: 16, learningRate: 3e-3, featureCache: false },
};

/** A new folder, removed after the test. */
export function temporaryFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), "textune-test-"));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}
