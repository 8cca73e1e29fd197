import { looksLikeList, type SimilarNames, similarNames } from "../data/label-spelling.ts";
import { counted, integer } from "../format.ts";
import { printable } from "../printable.ts";
import type { Finding } from "../training/run-record.ts";
import type { SplitFacts } from "./split-facts.ts";

/** Groups, and names of a group, in a message. */
const MOST_GROUPS = 3;
const MOST_NAMES = 4;

/** Classes that differ only in case, spaces, Unicode form or how a program wrote them down. */
export function similarLabels(splits: readonly SplitFacts[]): Finding | undefined {
  const rows = rowsOfClasses(splits);
  const groups = similarNames([...rows.keys()]);
  if (groups.length === 0) return undefined;
  const shown = groups.slice(0, MOST_GROUPS).map((group) => describeGroup(group, rows));
  const rest = groups.length - shown.length;
  return {
    code: "similar-labels",
    severity: "warning",
    found: `Classes that are probably one and the same: ${shown.join("; ")}${rest > 0 ? `; and ${integer(rest)} more groups` : ""}.`,
    why: "Each spelling is learnt and scored as a class of its own, so the rows of one count as mistakes of the other.",
    advice:
      "Write them alike in the file, or with dataset.map before training; leave them if they are different classes.",
  };
}

function describeGroup({ names, differences }: SimilarNames, rows: ReadonlyMap<string, number>): string {
  const shown = names.slice(0, MOST_NAMES).map((name) => {
    const codes = differences.includes("Unicode form") ? ` = ${codePoints(name)}` : "";
    return `“${shownName(name)}”${codes} (${counted(rows.get(name)!, "row")})`;
  });
  const rest = names.length - shown.length;
  const list = rest > 0 ? `${shown.join(", ")} and ${rest} more` : shown.join(", ");
  return `${list} differ in ${differences.join(" and ")}`;
}

/** With the spaces at either end, which is what a reader is to see. */
const shownName = (name: string): string => printable(name).replaceAll("\n", "\\n").replaceAll("\t", "\\t");

/** What is not ASCII of a name, by which forms of one character are told apart. */
function codePoints(name: string): string {
  const codes = [...name]
    .filter((sign) => sign > "\u007f")
    .map((sign) => `U+${sign.codePointAt(0)!.toString(16).toUpperCase().padStart(4, "0")}`);
  return codes.length === 0 ? "plain letters" : codes.slice(0, MOST_NAMES).join(" ");
}

/** Text cells that hold a list as a program writes it were taken for one class each. */
export function listLikeLabels(splits: readonly SplitFacts[]): Finding | undefined {
  const lists = [...rowsOfClasses(splits)].filter(([name]) => looksLikeList(name));
  const [first] = lists;
  if (first === undefined) return undefined;
  const rows = lists.reduce((sum, [, count]) => sum + count, 0);
  return {
    code: "list-like-labels",
    severity: "warning",
    found: `Lists that are written as text were taken for a class each, such as “${shownName(first[0])}”: ${integer(lists.length)} of the classes, in ${counted(rows, "row")}.`,
    why: "Every combination is learnt as a class of its own, from the few rows that have just that one.",
    advice:
      "If cells hold several classes, save the rows as JSON Lines or Parquet with lists, or write joy|fear and give labelSeparator.",
  };
}

/** Rows of every class that there are any of, all splits together. */
function rowsOfClasses(splits: readonly SplitFacts[]): Map<string, number> {
  const rows = new Map<string, number>();
  for (const { labels } of splits) {
    for (const [i, name] of labels?.names.entries() ?? []) {
      const count = labels!.counts[i]!;
      if (count > 0) rows.set(name, (rows.get(name) ?? 0) + count);
    }
  }
  return rows;
}
