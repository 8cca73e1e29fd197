import { ModelError } from "../../errors.ts";
import type { CharacterSet } from "../characters.ts";
import { isLineFeed, namedSet, not, remembered, shorthand } from "./sets.ts";
import { fixedLength, type Node, type Place, type RepeatKind } from "./syntax.ts";

const ESCAPED_CONTROLS: Record<string, number> = { a: 7, b: 8, e: 27, f: 12, n: 10, r: 13, t: 9, v: 11 };
const PLACES: Record<string, Place> = {
  A: "text start",
  Z: "last line end",
  z: "text end",
  b: "word boundary",
  B: "no word boundary",
};

/** Groups in groups; deeper ones are no pattern of a tokenizer. */
const MAX_DEPTH = 50;

interface Options {
  ignoreCase: boolean;
  /** The dot is a line feed, too. */
  dotAll: boolean;
}

/**
 * Parses the part of Oniguruma's syntax (Ruby's) that tokenizers use.
 *
 * @throws ModelError if the expression is damaged, or uses what textune doesn't support; the message names it.
 */
export function parsePattern(source: string): Node {
  return new Parser(source).parse();
}

class Parser {
  readonly #source: string;
  #at = 0;
  #depth = 0;

  constructor(source: string) {
    this.#source = source;
  }

  parse(): Node {
    const node = this.#choice({ ignoreCase: false, dotAll: false });
    if (this.#at < this.#source.length) throw this.#refused("a ) without its (");
    return node;
  }

  #refused(what: string): ModelError {
    const source = this.#source.length > 80 ? `${this.#source.slice(0, 80)}…` : this.#source;
    return new ModelError(`the regular expression ${JSON.stringify(source)} has ${what}`);
  }

  #has(text: string): boolean {
    return this.#source.startsWith(text, this.#at);
  }

  #take(text: string): boolean {
    const has = this.#has(text);
    if (has) this.#at += text.length;
    return has;
  }

  #character(): string {
    const code = this.#source.codePointAt(this.#at);
    if (code === undefined) throw this.#refused("no end");
    const character = String.fromCodePoint(code);
    this.#at += character.length;
    return character;
  }

  #choice(options: Options): Node {
    if (++this.#depth > MAX_DEPTH) throw this.#refused("groups that are nested too deeply");
    const parts = [this.#sequence(options)];
    while (this.#take("|")) parts.push(this.#sequence(options));
    this.#depth--;
    return parts.length === 1 ? parts[0]! : { type: "choice", options: parts };
  }

  #sequence(options: Options): Node {
    const parts: Node[] = [];
    const letters: string[] = [];
    while (this.#at < this.#source.length && !this.#has("|") && !this.#has(")")) {
      const start = this.#at;
      const atom = this.#atom(options);
      if (atom) parts.push(this.#repeated(atom));
      if (options.ignoreCase) {
        const text = this.#source.slice(start, this.#at);
        letters.push(/^[[(]/.test(text) ? " " : text);
      }
    }
    // With case ignored they would match one letter, such as ß.
    if (/ss|st|ff|fi|fl/i.test(letters.join("")))
      throw this.#refused("ss, st, ff, fi or fl where case is ignored, which is not supported");
    return { type: "sequence", parts };
  }

  #atom(options: Options): Node | undefined {
    const character = this.#character();
    switch (character) {
      case "(":
        return this.#group(options);
      case "[":
        return { type: "set", has: remembered(this.#class(options)) };
      case ".":
        return { type: "set", has: options.dotAll ? () => true : not(isLineFeed) };
      case "^":
        return { type: "assert", place: "line start" };
      case "$":
        return { type: "assert", place: "line end" };
      case "*":
      case "+":
      case "?":
        throw this.#refused(`a ${character} with nothing before it`);
      case "\\":
        return this.#escape(options);
      default:
        return this.#literal(character.codePointAt(0)!, options);
    }
  }

  #literal(code: number, options: Options): Node {
    const codes = this.#cases(code, options);
    return { type: "set", has: (other) => codes.includes(other) };
  }

  /** The character, and where case is ignored its other forms. */
  #cases(code: number, { ignoreCase }: Options): number[] {
    if (!ignoreCase) return [code];
    const character = String.fromCodePoint(code);
    const lower = character.toLowerCase();
    const upper = character.toUpperCase();
    if (code > 0x7f && (lower !== upper || /[\p{M}\u02bc\u02be]/u.test(character))) {
      throw this.#refused(`${JSON.stringify(character)} where case is ignored, which is not supported`);
    }
    const cases = [lower.codePointAt(0)!, upper.codePointAt(0)!];
    // The long s and the sign for kelvin.
    if (lower === "s") cases.push(0x17f);
    if (lower === "k") cases.push(0x212a);
    return cases;
  }

  #group(options: Options): Node | undefined {
    const body = (inner: Options = options): Node => {
      const node = this.#choice(inner);
      if (!this.#take(")")) throw this.#refused("a ( without its )");
      return node;
    };
    if (!this.#take("?")) return body();
    if (this.#take(":")) return body();
    if (this.#take(">")) return { type: "atomic", body: body() };
    if (this.#take("=")) return { type: "look", body: body(), isBehind: false, isNegative: false };
    if (this.#take("!")) return { type: "look", body: body(), isBehind: false, isNegative: true };
    if (this.#take("<=")) return this.#lookBehind(body(), false);
    if (this.#take("<!")) return this.#lookBehind(body(), true);
    const flags = /^([im]*)(?:-([im]*))?(:|\))/.exec(this.#source.slice(this.#at, this.#at + 8));
    if (!flags) {
      const name = this.#source.slice(this.#at - 2, this.#at + 2);
      throw this.#refused(`a group of the form ${name}, which is not supported`);
    }
    this.#at += flags[0].length;
    const [, on, off = "", end] = flags;
    const inner: Options = {
      ignoreCase: (options.ignoreCase || on!.includes("i")) && !off.includes("i"),
      dotAll: (options.dotAll || on!.includes("m")) && !off.includes("m"),
    };
    // Flags alone hold for the rest of the group, further alternatives included.
    return end === ":" ? body(inner) : this.#choice(inner);
  }

  #lookBehind(body: Node, isNegative: boolean): Node {
    const options = body.type === "choice" ? body.options : [body];
    if (options.some((option) => fixedLength(option) === undefined)) {
      throw this.#refused("a look-behind of varying length, which is not supported");
    }
    return { type: "look", body, isBehind: true, isNegative };
  }

  #repeated(atom: Node): Node {
    let node = atom;
    for (;;) {
      const bounds = this.#bounds();
      if (!bounds) return node;
      const [min, max, isCounted] = bounds;
      if (atom.type === "assert" || atom.type === "look") {
        throw this.#refused("a place that is repeated, which is not supported");
      }
      let kind: RepeatKind = "greedy";
      if (isCounted && min === max && this.#has("?")) {
        throw this.#refused("{n}?, which is not supported");
      }
      if (this.#take("?")) kind = "lazy";
      // Ruby's {n,m}+ repeats the repetition.
      else if (!isCounted && this.#take("+")) kind = "possessive";
      node = { type: "repeat", body: node, min, max, kind };
    }
  }

  /** The least and the greatest number of repetitions, and whether they are given as numbers. */
  #bounds(): [number, number, boolean] | undefined {
    if (this.#take("*")) return [0, Number.POSITIVE_INFINITY, false];
    if (this.#take("+")) return [1, Number.POSITIVE_INFINITY, false];
    if (this.#take("?")) return [0, 1, false];
    const counted = /^\{(\d*)(,?)(\d*)\}/.exec(this.#source.slice(this.#at, this.#at + 24));
    if (!counted || (counted[1] === "" && counted[3] === "")) return undefined;
    this.#at += counted[0].length;
    const min = Number(counted[1] || 0);
    const max = counted[2] === "" ? min : counted[3] === "" ? Number.POSITIVE_INFINITY : Number(counted[3]);
    if (max < min) throw this.#refused(`${counted[0]}, which is not supported`);
    return [min, max, true];
  }

  #escape(options: Options): Node {
    const letter = this.#character();
    if (Object.hasOwn(PLACES, letter)) return { type: "assert", place: PLACES[letter]! };
    const set = this.#escapedSet(letter, options, false);
    if (set) return { type: "set", has: set };
    return this.#literal(this.#escapedCode(letter), options);
  }

  /** `\w`, `\p{L}` and their like. */
  #escapedSet(letter: string, options: Options, isInClass: boolean): CharacterSet | undefined {
    const set = shorthand(letter, isInClass);
    if (set) return set;
    if (letter !== "p" && letter !== "P") return undefined;
    const name = /^\{(\^?)([^}]{1,60})\}/.exec(this.#source.slice(this.#at, this.#at + 64));
    if (!name) throw this.#refused("a \\p without a {name}");
    if (options.ignoreCase)
      throw this.#refused(`\\p${name[0]} where case is ignored, which is not supported`);
    this.#at += name[0].length;
    let property: CharacterSet;
    try {
      property = namedSet(name[2]!);
    } catch {
      throw this.#refused(`the property \\p{${name[2]}}, which is not supported`);
    }
    return (letter === "P") !== (name[1] === "^") ? not(property) : property;
  }

  #escapedCode(letter: string): number {
    if (letter === "x" || letter === "u") {
      const rest = this.#source.slice(this.#at, this.#at + 10);
      const hex = letter === "x" ? /^(?:\{([0-9a-f]{1,6})\}|([0-9a-f]{1,2}))/i : /^([0-9a-f]{4})/i;
      const digits = hex.exec(rest);
      const code = digits ? Number.parseInt(digits[1] ?? digits[2]!, 16) : Number.NaN;
      // \x80 and higher would be a byte, not a character.
      if (!(code <= 0x10ffff) || (digits![2] !== undefined && code > 0x7f)) {
        throw this.#refused(`\\${letter}${rest.slice(0, 4)}, which is not supported`);
      }
      this.#at += digits![0].length;
      return code;
    }
    if (Object.hasOwn(ESCAPED_CONTROLS, letter)) return ESCAPED_CONTROLS[letter]!;
    if (/[0-9A-Za-z]/.test(letter)) throw this.#refused(`\\${letter}, which is not supported`);
    return letter.codePointAt(0)!;
  }

  /** What stands in square brackets, of which the first is taken. */
  #class(options: Options): CharacterSet {
    if (++this.#depth > MAX_DEPTH) throw this.#refused("sets that are nested too deeply");
    const isNegative = this.#take("^");
    const intersected: CharacterSet[] = [];
    let sets: CharacterSet[] = [];
    const union =
      (parts: readonly CharacterSet[]): CharacterSet =>
      (code) =>
        parts.some((has) => has(code));
    for (let isFirst = true; isFirst || !this.#has("]"); isFirst = false) {
      if (isFirst && this.#has("]") && !this.#source.includes("]", this.#at + 1)) {
        throw this.#refused("an empty set");
      }
      if (this.#take("&&")) {
        intersected.push(union(sets));
        sets = [];
      } else sets.push(this.#classItem(options));
      if (this.#at >= this.#source.length) throw this.#refused("a [ without its ]");
    }
    this.#at++;
    this.#depth--;
    intersected.push(union(sets));
    const all: CharacterSet = (code) => intersected.every((has) => has(code));
    return isNegative ? not(all) : all;
  }

  #classItem(options: Options): CharacterSet {
    if (this.#has("[:")) throw this.#refused("a set of the form [:name:], which is not supported");
    if (this.#take("[")) return this.#class(options);
    const first = this.#classCode(options);
    if (typeof first === "function") return first;
    const isRange =
      this.#has("-") && !this.#source.startsWith("-]", this.#at) && !this.#source.startsWith("-[", this.#at);
    if (!isRange) {
      const codes = this.#cases(first, options);
      return (code) => codes.includes(code);
    }
    this.#at++;
    const last = this.#classCode(options);
    if (typeof last === "function" || last < first)
      throw this.#refused("a range of characters that has no end");
    if (!options.ignoreCase) return (code) => code >= first && code <= last;
    if (last > 0x7f)
      throw this.#refused("a range beyond ASCII where case is ignored, which is not supported");
    const codes = new Set<number>();
    for (let code = first; code <= last; code++) for (const one of this.#cases(code, options)) codes.add(one);
    return (code) => codes.has(code);
  }

  #classCode(options: Options): number | CharacterSet {
    const character = this.#character();
    if (character !== "\\") return character.codePointAt(0)!;
    const letter = this.#character();
    return this.#escapedSet(letter, options, true) ?? this.#escapedCode(letter);
  }
}
