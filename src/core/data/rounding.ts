/** The nearest whole number, halves to the even one, as Python's `round`; never negative zero. */
export function roundHalfToEven(value: number): number {
  const below = Math.floor(value);
  if (value - below === 0.5) return below % 2 === 0 ? below : below + 1;
  return Math.round(value) || 0;
}
