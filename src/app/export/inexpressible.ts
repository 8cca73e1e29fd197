import type { ClassifierState } from "../../core/classifier/state.ts";
import { DEFAULT_THRESHOLD } from "../../core/evaluation/multi-label-logits.ts";

/** What a classifier does that tools which open the exported folder can't know, one sentence each. */
export function inexpressible({
  task,
  labels,
  thresholds,
  pair,
}: Pick<ClassifierState, "task" | "labels" | "thresholds" | "pair">): string[] {
  const limits: string[] = [];
  if (task === "multiLabel") {
    const list = labels.map((label, i) => `${label} ${thresholds?.[i] ?? DEFAULT_THRESHOLD}`).join(", ");
    limits.push(
      `Any number of classes may apply to a text. Pipelines give the probability of every class (top_k: null) and know no thresholds: a class applies where its probability is above its own (${list}).`,
    );
  }
  if (pair) {
    limits.push(
      "The model reads pairs of texts. The pipeline of transformers.js takes single texts only: give the tokenizer the second text as text_pair, ask it for token types (return_token_type_ids: true; without, the model takes both texts for one), and call the model with what it returns.",
    );
  }
  return limits;
}
