/**
 * p-values of several tests made at once, raised so that the chance of any false alarm among them stays what it is
 * for one. (Holm 1979, https://www.jstor.org/stable/4615733)
 *
 * @returns the adjusted p-values, in the order given
 */
export function holm(pValues: readonly number[]): number[] {
  const order = pValues.map((_, i) => i).sort((a, b) => pValues[a]! - pValues[b]!);
  const adjusted = new Array<number>(pValues.length);
  let least = 0;
  for (const [rank, i] of order.entries()) {
    least = Math.max(least, Math.min(1, pValues[i]! * (pValues.length - rank)));
    adjusted[i] = least;
  }
  return adjusted;
}
