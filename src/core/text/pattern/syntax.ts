import type { CharacterSet } from "../characters.ts";

/** A parsed regular expression. */
export type Node =
  | { type: "set"; has: CharacterSet }
  | { type: "sequence"; parts: Node[] }
  | { type: "choice"; options: Node[] }
  | { type: "repeat"; body: Node; min: number; max: number; kind: RepeatKind }
  /** Matches as it would alone, and never tries another way. */
  | { type: "atomic"; body: Node }
  | { type: "look"; body: Node; isBehind: boolean; isNegative: boolean }
  | { type: "assert"; place: Place };

export type RepeatKind = "greedy" | "lazy" | "possessive";

/** A place between two characters. */
export type Place =
  | "line start"
  | "line end"
  | "text start"
  | "text end"
  | "last line end"
  | "word boundary"
  | "no word boundary";

/** How many characters every match of a node has; undefined where they differ. */
export function fixedLength(node: Node): number | undefined {
  switch (node.type) {
    case "set":
      return 1;
    case "assert":
    case "look":
      return 0;
    case "atomic":
      return fixedLength(node.body);
    case "repeat": {
      const length = fixedLength(node.body);
      return node.min === node.max && length !== undefined ? length * node.min : undefined;
    }
    case "sequence": {
      let total = 0;
      for (const part of node.parts) {
        const length = fixedLength(part);
        if (length === undefined) return undefined;
        total += length;
      }
      return total;
    }
    case "choice": {
      const [first, ...others] = node.options.map(fixedLength);
      return others.every((length) => length === first) ? first : undefined;
    }
  }
}
