import { type Answer, sameAnswer, type Targets } from "../data/targets.ts";
import { Logits } from "./logits.ts";
import type { MultiLabelLogits } from "./multi-label-logits.ts";
import type { Outputs } from "./outputs.ts";

/** A row that was predicted wrong. `row` counts from 0. */
export interface Mistake {
  row: number;
  label: Answer;
  predicted: Answer;
  /** How sure the model was, 0 to 1: the probability of the predicted class, or of what was said of `about`. */
  probability: number;
  /** Of a multi-label task the class that the model was surest and wrong of. */
  about?: number;
}

/**
 * The wrong predictions that the model was surest of, surest first (in row order where equal): where a label is
 * wrong or a class is not understood, it shows here first.
 *
 * @param count at most so many
 */
export function mostConfidentMistakes(outputs: Outputs, targets: Targets, count: number): Mistake[] {
  outputs.assertLabels(targets.values);
  const surestWrong = outputs instanceof Logits ? ofClass(outputs) : ofSet(outputs, targets);
  const mistakes: Mistake[] = [];
  for (const [row, predicted] of outputs.answers().entries()) {
    const label = targets.answer(row);
    if (!sameAnswer(label, predicted))
      mistakes.push({ row, label, predicted, ...surestWrong(row, predicted) });
  }
  return mistakes.sort((a, b) => b.probability - a.probability).slice(0, count);
}

type Surest = (row: number, predicted: Answer) => Pick<Mistake, "probability" | "about">;

function ofClass(logits: Logits): Surest {
  const probabilities = logits.probabilities();
  return (row, predicted) => ({ probability: probabilities[row * logits.classes + (predicted as number)]! });
}

function ofSet(logits: MultiLabelLogits, { values }: Targets): Surest {
  const probabilities = logits.probabilities();
  const predictions = logits.predictions();
  return (row) => {
    let surest = { about: -1, probability: -1 };
    for (let about = 0; about < logits.classes; about++) {
      const i = row * logits.classes + about;
      if (predictions[i] === values[i]) continue;
      const probability = predictions[i] === 1 ? probabilities[i]! : 1 - probabilities[i]!;
      if (probability > surest.probability) surest = { about, probability };
    }
    return surest;
  };
}
