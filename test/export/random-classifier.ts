import { scratchClassifier } from "../../src/core/classifier/assemble-classifier.ts";
import type { FromScratchOptions } from "../../src/core/classifier/classifier-options.ts";
import type { ClassifierState } from "../../src/core/classifier/state.ts";
import { tinyTokenizer, topicRows } from "../classifier/tiny.ts";

const sizes = { hidden_size: 64, num_hidden_layers: 2, num_attention_heads: 4, intermediate_size: 96 };
const shared = { ...sizes, max_position_embeddings: 40 };
const relative = { ...shared, relative_attention: true, pos_att_type: ["c2p", "p2c"], type_vocab_size: 0 };
const encoders: Record<string, object> = {
  distilbert: { dim: 64, n_layers: 2, n_heads: 4, hidden_dim: 96, max_position_embeddings: 40 },
  bert: { ...shared, type_vocab_size: 2 },
  roberta: { ...shared, type_vocab_size: 1 },
  deberta: { ...relative, position_biased_input: false },
  "deberta-v2": { ...relative, position_biased_input: false, position_buckets: 8, share_att_key: true },
};

const labels = ["sport", "money", "science"];
/** Every kind of classifier that textune trains. */
export const designs: Record<string, Partial<FromScratchOptions>> = {
  "a linear head on [CLS]": {},
  "a linear head on the mean": { pooling: "mean" },
  "Hugging Face's head": { head: "huggingface" },
  "one logit for two classes": { labels: ["no", "yes"], loss: "binaryCrossEntropy" },
  "several classes a row": { task: "multiLabel", thresholds: [0.2, 0.5, 0.7] },
};

/** A classifier with random weights, large enough for its answers to differ. */
export function randomClassifier(
  modelType: string,
  options: Partial<FromScratchOptions>,
  pair = false,
): ClassifierState {
  const config = { model_type: modelType, ...encoders[modelType] };
  const state = scratchClassifier({ labels, tokenizer: tinyTokenizer(), config, seed: 3, ...options });
  for (const [name, { values }] of state.weights) {
    if (/weight$/.test(name) && !/Norm/i.test(name)) for (const i of values.keys()) values[i]! *= 4;
  }
  return { ...state, pair };
}

/** Texts of the tiny tokenizer's words. */
export const someTexts = (count: number): string[] => topicRows(count, 5).map(({ text }) => text);

/** Each text with another one. */
export const somePairs = (count: number): [text: string, pair: string][] => {
  const texts = someTexts(count);
  return texts.map((text, i) => [text, texts[(i + 7) % texts.length]!]);
};
