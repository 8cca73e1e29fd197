import type { Prediction, TextInput } from "../../core/classifier/predict.ts";

/** A text, and what is said of it: nothing where it, or a side of a pair, is empty. */
export interface Answer {
  input: TextInput;
  prediction: Prediction | undefined;
}

/** One answer for each text, in order. */
export async function answer(
  inputs: readonly TextInput[],
  predict: (inputs: TextInput[]) => Promise<Prediction[]>,
): Promise<Answer[]> {
  const texts = inputs.filter((input) => !isEmpty(input));
  const predictions = texts.length === 0 ? [] : await predict(texts);
  let next = 0;
  return inputs.map((input) => ({
    input,
    prediction: isEmpty(input) ? undefined : predictions[next++],
  }));
}

/** Whether a text, or a side of a pair, says nothing. */
export function isEmpty(input: TextInput): boolean {
  const texts = typeof input === "string" ? [input] : [input.text, input.pair];
  return texts.some((text) => text.trim() === "");
}
