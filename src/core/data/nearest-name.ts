/** Levenshtein distance, case ignored. */
function editDistance(a: string, b: string): number {
  const from = a.toLowerCase();
  const to = b.toLowerCase();
  let previous = Array.from({ length: to.length + 1 }, (_, j) => j);
  for (let i = 1; i <= from.length; i++) {
    const current = [i];
    for (let j = 1; j <= to.length; j++) {
      const substitution = previous[j - 1]! + (from[i - 1] === to[j - 1] ? 0 : 1);
      current.push(Math.min(substitution, previous[j]! + 1, current[j - 1]! + 1));
    }
    previous = current;
  }
  return previous[to.length]!;
}

/** The candidate that `name` was probably meant to be, or undefined where none is close. */
export function nearestName(name: string, candidates: readonly string[]): string | undefined {
  const tolerated = name.length <= 3 ? 1 : Math.max(2, Math.floor(name.length / 3));
  let best: string | undefined;
  let bestDistance = tolerated + 1;
  for (const candidate of candidates) {
    const distance = editDistance(name, candidate);
    if (distance < bestDistance) {
      best = candidate;
      bestDistance = distance;
    }
  }
  return best;
}

/** A tail for "unknown X" messages: `; did you mean "label"? (columns: text, label)`. */
export function suggestName(name: string, candidates: readonly string[], what: string): string {
  const nearest = nearestName(name, candidates);
  const guess = nearest === undefined ? "" : `; did you mean "${nearest}"?`;
  return `${guess} (${what}: ${listNames(candidates)})`;
}

/** Names for a one-line message: long ones shortened, many cut off. */
export function listNames(names: readonly string[]): string {
  const shown = names.slice(0, 20).map((name) => {
    const flat = name.replaceAll(/\s+/g, " ");
    return flat.length > 40 ? `${flat.slice(0, 39)}…` : flat;
  });
  const rest = names.length - shown.length;
  return shown.join(", ") + (rest > 0 ? ` and ${rest} more` : "");
}
