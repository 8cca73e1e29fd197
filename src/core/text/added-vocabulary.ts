import type { Normalizer } from "./normalizers.ts";
import type { TokenizerJson } from "./vocabulary-files.ts";

/** A stretch of a text: normalized text that no added token is in, or the id of an added token. */
export type Section = { text: string; isFirst: boolean } | { id: number };

type AddedToken = NonNullable<TokenizerJson["added_tokens"]>[number] & {
  normalized?: boolean;
  single_word?: boolean;
  lstrip?: boolean;
  rstrip?: boolean;
};

/** The tokens of `tokenizer.json`'s `added_tokens`, which are found in a text before it is split into words. */
export class AddedVocabulary {
  readonly tokens: readonly AddedToken[];
  readonly #special: ReadonlySet<string>;
  readonly #normalize: Normalizer;
  readonly #raw: Pattern | undefined;
  readonly #normalized: Pattern | undefined;

  constructor(tokens: readonly AddedToken[], normalize: Normalizer) {
    this.tokens = tokens;
    this.#special = new Set(tokens.filter((token) => token.special).map((token) => token.content));
    this.#normalize = normalize;
    const specialFirst = [
      ...tokens.filter(({ special }) => special),
      ...tokens.filter(({ special }) => !special),
    ];
    this.#raw = pattern(
      specialFirst.filter((token) => !token.normalized).map((token) => [token.content, token]),
    );
    this.#normalized = pattern(
      specialFirst.filter((token) => token.normalized).map((token) => [normalize(token.content), token]),
    );
  }

  isSpecial(token: string): boolean {
    return this.#special.has(token);
  }

  /** Added tokens, and the text between them, normalized; empty stretches left out. */
  split(text: string): Section[] {
    const sections: Section[] = [];
    for (const [isFirst, part] of parts(text, this.#raw)) {
      if (typeof part === "number") sections.push({ id: part });
      else {
        for (const [startsPart, inner] of parts(this.#normalize(part), this.#normalized)) {
          if (typeof inner === "number") sections.push({ id: inner });
          else {
            const keepsStart = isFirst && startsPart && (this.#normalize.keepsStart?.(part) ?? true);
            sections.push({ text: inner, isFirst: keepsStart });
          }
        }
      }
    }
    return sections;
  }
}

interface Pattern {
  readonly expression: RegExp;
  readonly tokens: ReadonlyMap<string, AddedToken>;
}

/**
 * Of tokens that begin at the same place the longest is found; of the same normal form, the first
 * (the Rust library: either of them, at random).
 */
function pattern(tokens: (readonly [string, AddedToken])[]): Pattern | undefined {
  const found = new Map<string, AddedToken>();
  for (const [content, token] of tokens) {
    if (content !== "" && !found.has(content)) found.set(content, token);
  }
  if (found.size === 0) return undefined;
  const longestFirst = [...found.keys()].sort((a, b) => b.length - a.length);
  const escaped = longestFirst.map((content) => content.replace(/[\\^$.*+?()[\]{}|]/g, "\\$&"));
  return { expression: new RegExp(escaped.join("|"), "gu"), tokens: found };
}

const ENDS_WITH_WORD = /[\p{Alphabetic}\p{M}\p{Nd}\p{Pc}\p{Join_Control}]$/u;
const STARTS_WITH_WORD = /^[\p{Alphabetic}\p{M}\p{Nd}\p{Pc}\p{Join_Control}]/u;
const WHITE_SPACE = /^\p{White_Space}$/u;

function* parts(text: string, pattern: Pattern | undefined): Generator<[boolean, string | number]> {
  let start = 0;
  for (const match of pattern ? text.matchAll(pattern.expression) : []) {
    const token = pattern!.tokens.get(match[0])!;
    let first = match.index;
    let end = first + match[0].length;
    if (
      token.single_word &&
      (ENDS_WITH_WORD.test(text.slice(Math.max(0, first - 2), first)) ||
        STARTS_WITH_WORD.test(text.slice(end, end + 2)))
    ) {
      continue;
    }
    if (token.lstrip) {
      while (first > start && WHITE_SPACE.test(text[first - 1]!)) first--;
      first = Math.max(first, start);
    }
    if (token.rstrip) while (end < text.length && WHITE_SPACE.test(text[end]!)) end++;
    if (start < first) yield [start === 0, text.slice(start, first)];
    // A token of white space that the one before has taken already is none, if it would take it as well.
    if (first >= end) continue;
    yield [false, token.id];
    start = end;
  }
  if (start < text.length) yield [start === 0, text.slice(start)];
}
