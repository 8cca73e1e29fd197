import type { Parameter } from "../nn/parameters.ts";
import type { Encoder } from "./encoder.ts";

/**
 * Names under which a checkpoint may hold a parameter, those that win first: as a classifier has it; without the
 * encoder's prefix, as a bare encoder is exported; each also with TensorFlow's `gamma` and `beta` for a layer norm's
 * weight and bias.
 */
function spellings({ name, role }: Parameter, encoder: Encoder): string[] {
  const prefix = `${encoder.prefix}.`;
  const bare = name.startsWith(prefix) ? [name, name.slice(prefix.length)] : [name];
  if (role !== "norm") return bare;
  return bare.flatMap((spelling) => [
    spelling,
    spelling.replace(/\.weight$/, ".gamma").replace(/\.bias$/, ".beta"),
  ]);
}

/** What wrappers put in front of every name: DataParallel, `torch.compile` (also in the middle), and training loops. */
const wrappers = /^(?:module\.|model\.)+/;
const compiled = /(^|\.)_orig_mod\./g;

const unwrapped = (key: string): string => key.replace(compiled, "$1").replace(wrappers, "");

/** Which of a checkpoint's names is read for which parameter. */
export interface NameMatch {
  /** Parameters by the name that a checkpoint holds them under. */
  parameters: ReadonlyMap<string, Parameter>;
  /** Names that nothing reads, tables of positions' numbers aside. */
  unused: string[];
}

/**
 * Finds a checkpoint's names for parameters. Where it has several for one, the one nearest to a classifier's own counts,
 * as in transformers: `bert.x` wins over `x`.
 */
export function matchNames(
  keys: Iterable<string>,
  parameters: readonly Parameter[],
  encoder: Encoder,
): NameMatch {
  const ranks = new Map<string, { parameter: Parameter; rank: number }>();
  for (const parameter of parameters) {
    for (const [rank, name] of spellings(parameter, encoder).entries()) ranks.set(name, { parameter, rank });
  }
  const chosen = new Map<Parameter, { key: string; rank: number }>();
  const unused: string[] = [];
  for (const key of keys) {
    const found = ranks.get(key) ?? ranks.get(unwrapped(key));
    if (!found) {
      if (!/\.position_ids$/.test(key)) unused.push(key);
      continue;
    }
    const rank = 2 * found.rank + (ranks.has(key) ? 0 : 1);
    const known = chosen.get(found.parameter);
    if (!known || rank < known.rank) chosen.set(found.parameter, { key, rank });
  }
  return { parameters: new Map([...chosen].map(([parameter, { key }]) => [key, parameter])), unused };
}
