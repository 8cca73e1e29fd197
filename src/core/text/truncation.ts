import { ConfigError } from "../errors.ts";

/**
 * How many tokens of each text stay when both must fit a budget, as Hugging Face's `longest_first`: the longer text
 * is cut at its end first; where both are too long they share the budget, and the longer one gets the odd token.
 *
 * @param lengths tokens of one text, or of both texts of a pair, special tokens not counted.
 * @param maxLength the longest row allowed, special tokens included.
 * @param specialTokens how many special tokens the row will get.
 * @throws ConfigError if the special tokens leave no room for text.
 */
export function truncatedLengths(
  lengths: readonly number[],
  maxLength: number,
  specialTokens: number,
): number[] {
  const budget = maxLength - specialTokens;
  if (budget < 1) {
    throw new ConfigError(
      `a maximum length of ${maxLength} leaves no room for text beside ${specialTokens} special tokens; raise it`,
    );
  }
  const [first, second] = lengths as [number, number?];
  if (second === undefined) return [Math.min(first, budget)];
  if (first + second <= budget) return [first, second];
  const shorter = Math.min(first, second);
  const half = Math.floor(budget / 2);
  const [kept, keptOfLonger] = shorter <= half ? [shorter, budget - shorter] : [half, budget - half];
  return first <= second ? [kept, keptOfLonger] : [keptOfLonger, kept];
}
