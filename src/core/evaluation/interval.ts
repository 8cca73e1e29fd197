/** Standard normal quantile at 97.5 %. */
const Z = 1.959963984540054;

/**
 * The 95 % interval of a share of which `successes` in `trials` is a sample: how far an accuracy could be off for
 * the test split being small. (Wilson 1927, https://doi.org/10.1080/01621459.1927.10502953)
 *
 * @throws RangeError where there are no trials
 */
export function wilsonInterval(successes: number, trials: number): { low: number; high: number } {
  if (trials < 1) throw new RangeError("an interval needs at least one trial");
  const share = successes / trials;
  const spread = Z * Math.sqrt((share * (1 - share)) / trials + (Z / (2 * trials)) ** 2);
  const middle = share + Z ** 2 / (2 * trials);
  const scale = 1 + Z ** 2 / trials;
  return { low: Math.max(0, (middle - spread) / scale), high: Math.min(1, (middle + spread) / scale) };
}

/** So many successes in so many trials. */
export interface Proportion {
  successes: number;
  trials: number;
}

/**
 * The 95 % interval of the difference, first less second, of two shares that were sampled independently, such as
 * accuracies on two different splits. (Newcombe 1998, method 10,
 * https://doi.org/10.1002/(SICI)1097-0258(19980430)17:8%3C873::AID-SIM779%3E3.0.CO;2-I)
 *
 * @throws RangeError where one has no trials
 */
export function differenceInterval(first: Proportion, second: Proportion): { low: number; high: number } {
  const [p, q] = [first.successes / first.trials, second.successes / second.trials];
  const a = wilsonInterval(first.successes, first.trials);
  const b = wilsonInterval(second.successes, second.trials);
  return {
    low: p - q - Math.hypot(p - a.low, b.high - q),
    high: p - q + Math.hypot(a.high - p, q - b.low),
  };
}
