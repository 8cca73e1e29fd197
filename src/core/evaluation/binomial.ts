/** log k! for k = 0 … n: [n + 1]. */
export function logFactorials(n: number): Float64Array {
  const logs = new Float64Array(n + 1);
  for (let k = 2; k <= n; k++) logs[k] = logs[k - 1]! + Math.log(k);
  return logs;
}

/**
 * Probability of k successes in n trials of probability p.
 *
 * @param logFactorial of at least n, from `logFactorials`
 */
export function binomial(n: number, k: number, p: number, logFactorial: Float64Array): number {
  const successes = k === 0 ? 0 : k * Math.log(p);
  const failures = k === n ? 0 : (n - k) * Math.log1p(-p);
  return Math.exp(logFactorial[n]! - logFactorial[k]! - logFactorial[n - k]! + successes + failures);
}

/** The numbers of successes that n trials can give in practice, first and last; the rest weighs under 1e-15. */
export function likelySuccesses(n: number, p: number): [first: number, last: number] {
  const reach = 10 * Math.sqrt(n * p * (1 - p)) + 10;
  return [Math.max(0, Math.floor(n * p - reach)), Math.min(n, Math.ceil(n * p + reach))];
}
