/** How two spellings of what is probably one class may differ, in the order in which the differences are taken away. */
const steps: readonly { difference: string; plain: (label: string) => string }[] = [
  {
    difference: "Unicode form",
    // Characters without a width of their own (zero-width spaces, joiners, direction marks) say nothing in a name.
    plain: (label) => label.normalize("NFKC").replace(/\p{Cf}/gu, ""),
  },
  { difference: "spaces", plain: (label) => label.replace(/\s+/gu, " ").trim() },
  { difference: "case", plain: (label) => label.toLowerCase().replaceAll("ς", "σ") },
  {
    difference: "how they are written down (quotes, True for true, None for null, 1.0 for 1)",
    plain: (label) =>
      label
        .replace(/^(["'])(.+)\1$/u, "$2")
        .replace(/^(null|nan|undefined|n\/a|<na>)$/u, "none")
        .replace(/^([+-]?\d+)\.0*$/u, "$1"),
  },
];

/** A class name without what people don't tell classes apart by. */
export const plainSpelling = (label: string): string => steps.reduce((text, { plain }) => plain(text), label);

/** Names that are probably one class, spelled differently. */
export interface SimilarNames {
  names: string[];
  /** What they differ in: `case`, `spaces`, … */
  differences: string[];
}

/** Groups of names that differ only in how they are spelled. */
export function similarNames(names: readonly string[]): SimilarNames[] {
  const groups = new Map<string, string[]>();
  for (const name of names) {
    const plain = plainSpelling(name);
    groups.set(plain, [...(groups.get(plain) ?? []), name]);
  }
  return [...groups.values()].flatMap((group) =>
    group.length > 1 ? [{ names: group, differences: differencesOf(group) }] : [],
  );
}

/**
 * The kinds of difference without which names would not be told from each other: each by itself, or, where two kinds
 * take the same difference away (a no-break space is a matter of both form and spaces), the first.
 */
function differencesOf(names: readonly string[]): string[] {
  const after = (applied: typeof steps) =>
    new Set(names.map((name) => applied.reduce((text, { plain }) => plain(text), name))).size;
  const needed = steps.filter((left) => after(steps.filter((step) => step !== left)) > 1);
  const first = steps.findIndex((_, i) => after(steps.slice(0, i + 1)) === 1);
  return (needed.length > 0 ? needed : [steps[first]!]).map(({ difference }) => difference);
}

const item = String.raw`(?:'[^']*'|"[^"]*"|[+-]?\d+(?:\.\d*)?|true|false|none|null)`;
const items = new RegExp(String.raw`^${item}(?:(?:\s*,\s*|\s+)${item})*\s*,?$`, "iu");

/**
 * Whether a text is a list as Python or JSON writes it: `['joy', 'fear']`, `["joy"]`, `[joy, fear]`, `{'joy'}`,
 * `('a', 'b')`, `[]`; numpy leaves the commas out: `[0 3]`.
 */
export function looksLikeList(text: string): boolean {
  const written = text.trim();
  const inside = written.slice(1, -1).trim();
  switch (`${written.at(0)}${written.at(-1)}`) {
    case "[]":
      return inside === "" || items.test(inside) || (inside.includes(",") && !/[[\]]/u.test(inside));
    case "{}":
    case "()":
      return items.test(inside) && /['",]/u.test(inside);
    default:
      return false;
  }
}
