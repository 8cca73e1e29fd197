import type { CharacterSet } from "./characters.ts";
import type { Match } from "./pattern/pattern.ts";

/** What becomes of the stretches that a pre-tokenizer splits at, by the names of `tokenizer.json`. */
export const BEHAVIORS = [
  "Removed",
  "Isolated",
  "MergedWithPrevious",
  "MergedWithNext",
  "Contiguous",
] as const;
export type Behavior = (typeof BEHAVIORS)[number];

/** A stretch of a text, and whether it is what is split at. */
interface Piece {
  start: number;
  end: number;
  isMatch: boolean;
}

/** Splits a text at matches, an empty word first where its beginning is dropped; with `inverts`, at what lies between them. */
export function splitAtMatches(
  text: string,
  matches: readonly Match[],
  behavior: Behavior,
  inverts = false,
): string[] {
  const pieces: Piece[] = [];
  let last = 0;
  for (const [start, end] of matches) {
    if (last < start) pieces.push({ start: last, end: start, isMatch: inverts });
    pieces.push({ start, end, isMatch: !inverts });
    last = end;
  }
  if (last < text.length) pieces.push({ start: last, end: text.length, isMatch: inverts });
  const words = behave(pieces, behavior).filter(({ start, end }) => start < end);
  if (words.length > 0 && words[0]!.start > 0) words.unshift({ start: 0, end: 0, isMatch: true });
  return words.map(({ start, end }) => text.slice(start, end));
}

/** Splits a text at each character of a set. */
export function splitAtCharacters(text: string, set: CharacterSet, behavior: Behavior): string[] {
  const matches: Match[] = [];
  for (let i = 0; i < text.length; ) {
    const code = text.codePointAt(i)!;
    const next = i + (code > 0xffff ? 2 : 1);
    if (set(code)) matches.push([i, next]);
    i = next;
  }
  return matches.length === 0 ? [text] : splitAtMatches(text, matches, behavior);
}

function behave(pieces: Piece[], behavior: Behavior): Piece[] {
  switch (behavior) {
    case "Removed":
      return pieces.filter((piece) => !piece.isMatch);
    case "Isolated":
      return pieces;
    case "Contiguous":
      return merge(pieces, (piece, before) => piece.isMatch === before);
    case "MergedWithPrevious":
      return merge(pieces, (piece, before) => piece.isMatch && !before);
    case "MergedWithNext":
      // The same from the other end.
      return merge(pieces.reverse(), (piece, after) => piece.isMatch && !after).reverse();
  }
}

/** Joins a piece to the one before it where `joins` says so. */
function merge(pieces: readonly Piece[], joins: (piece: Piece, lastIsMatch: boolean) => boolean): Piece[] {
  const merged: Piece[] = [];
  let lastIsMatch = false;
  for (const piece of pieces) {
    const last = merged.at(-1);
    if (last && joins(piece, lastIsMatch)) {
      last.start = Math.min(last.start, piece.start);
      last.end = Math.max(last.end, piece.end);
    } else merged.push({ ...piece });
    lastIsMatch = piece.isMatch;
  }
  return merged;
}
