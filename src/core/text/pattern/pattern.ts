import { ModelError } from "../../errors.ts";
import { isPatternWord, nextIndex } from "../characters.ts";
import { parsePattern } from "./parser.ts";
import { compile, type Program } from "./program.ts";

/** A match, in UTF-16 units; the end is not part of it. */
export type Match = readonly [start: number, end: number];

/** A pattern of `tokenizer.json`: text to look for as it is, or a regular expression. */
export interface Pattern {
  /** Matches from left to right that don't overlap. */
  matches(text: string): Match[];
}

/**
 * Reads `{"String": …}` or `{"Regex": …}`.
 *
 * @param where for the error's message: whose pattern it is.
 * @throws ModelError if it is damaged, or uses what textune doesn't support.
 */
export function readPattern(json: unknown, where: string): Pattern {
  const { String: text, Regex: source } = (json ?? {}) as Record<string, unknown>;
  if (typeof text === "string") return text === "" ? new RegularExpression("") : new PlainText(text);
  if (typeof source !== "string") {
    throw new ModelError(`${where} is damaged: its pattern must be {"String": …} or {"Regex": …}`);
  }
  return new RegularExpression(source, where);
}

class PlainText implements Pattern {
  readonly #text: string;

  constructor(text: string) {
    this.#text = text;
  }

  matches(text: string): Match[] {
    const found: Match[] = [];
    const { length } = this.#text;
    for (let at = text.indexOf(this.#text); at !== -1; at = text.indexOf(this.#text, at + length)) {
      found.push([at, at + length]);
    }
    return found;
  }
}

/** More would take hundreds of megabytes to note down what was tried. */
const MAX_TRIED = 2 ** 31;

/**
 * A regular expression in Oniguruma's syntax, as `tokenizer.json` has them. It finds what a search that tries one way
 * after the other finds, in time proportional to the text: what failed at a place once is not tried there again, so
 * no expression can make it hang. JavaScript's own would differ (white space, `$`, `\h`, characters newer than
 * Oniguruma's Unicode), and can take exponential time.
 */
export class RegularExpression implements Pattern {
  readonly #program: Program;
  readonly #where: string;

  /** @throws ModelError if it is damaged, or uses what textune doesn't support. */
  constructor(source: string, where = "a regular expression") {
    this.#where = where;
    try {
      this.#program = compile(parsePattern(source));
    } catch (cause) {
      if (cause instanceof ModelError) throw new ModelError(`${where}: ${cause.message}`, { cause });
      throw cause;
    }
  }

  matches(text: string): Match[] {
    if (text.length * this.#program.choices > MAX_TRIED) {
      throw new ModelError(
        `${this.#where}: its regular expression is too large for a text of ${text.length} characters`,
      );
    }
    const search = new Search(this.#program, text);
    const found: Match[] = [];
    let lastEnd = -1;
    for (let start = 0; start <= text.length; ) {
      const end = search.run(0, start);
      // An empty match right after another doesn't count.
      if (end === -1 || (end === start && lastEnd === start)) {
        start = start < text.length ? nextIndex(text, start) : start + 1;
        continue;
      }
      found.push([start, end]);
      lastEnd = end;
      start = end;
    }
    return found;
  }
}

/** What one text's search has found out. */
class Search {
  readonly #program: Program;
  readonly #text: string;
  /** A bit for each choice at each place: whether what comes after it failed, or is being tried. */
  readonly #tried: Uint8Array;
  /** Where the part of the program that a choice is in ends, for parts that are looked at again. */
  readonly #ends = new Map<number, number>();

  constructor(program: Program, text: string) {
    this.#program = program;
    this.#text = text;
    this.#tried = new Uint8Array(((text.length + 1) * program.choices + 7) >> 3);
  }

  /** Runs from an instruction at a place. Returns where the match ends; −1 where there is none. */
  run(first: number, start: number): number {
    const { instructions, choices } = this.#program;
    const text = this.#text;
    // Three numbers for each way that is still to be tried: its instruction, place, and how much was noted before.
    const pending: number[] = [];
    const noted: number[] = [];
    let pc = first;
    let at = start;
    for (;;) {
      const instruction = instructions[pc]!;
      let fails = false;
      switch (instruction.type) {
        case "set": {
          const code = text.codePointAt(at);
          if (code !== undefined && instruction.has(code)) {
            at += code > 0xffff ? 2 : 1;
            pc++;
          } else fails = true;
          break;
        }
        case "choice": {
          const key = at * choices + instruction.number;
          const bit = 1 << (key & 7);
          if (this.#tried[key >> 3]! & bit) {
            fails = true;
            break;
          }
          const end = first === 0 ? undefined : this.#ends.get(key);
          if (end !== undefined) {
            this.#succeed(noted, end, first);
            return end;
          }
          this.#tried[key >> 3]! |= bit;
          noted.push(key);
          pending.push(instruction.second, at, noted.length);
          pc = instruction.first;
          break;
        }
        case "jump":
          pc = instruction.to;
          break;
        case "assert":
          if (this.#isAt(instruction.place, at)) pc++;
          else fails = true;
          break;
        case "look": {
          const from = this.#back(at, instruction.back);
          const isFound = from !== -1 && this.run(instruction.body, from) !== -1;
          if (isFound === instruction.isNegative) fails = true;
          else pc = instruction.next;
          break;
        }
        case "atomic": {
          const end = this.run(instruction.body, at);
          if (end === -1) fails = true;
          else {
            at = end;
            pc = instruction.next;
          }
          break;
        }
        case "match":
          this.#succeed(noted, at, first);
          return at;
      }
      if (!fails) continue;
      if (pending.length === 0) return -1;
      noted.length = pending.pop()!;
      at = pending.pop()!;
      pc = pending.pop()!;
    }
  }

  /** The choices that led to a match did not fail; in a part that may be run again, they lead there again. */
  #succeed(noted: readonly number[], end: number, first: number): void {
    for (const key of noted) {
      this.#tried[key >> 3]! &= ~(1 << (key & 7));
      if (first !== 0) this.#ends.set(key, end);
    }
  }

  /** The place some characters before another; −1 where the text begins later. */
  #back(at: number, characters: number): number {
    let place = at;
    for (let i = 0; i < characters; i++) {
      if (place === 0) return -1;
      place -= place > 1 && this.#text.codePointAt(place - 2)! > 0xffff ? 2 : 1;
    }
    return place;
  }

  #isAt(place: string, at: number): boolean {
    const text = this.#text;
    switch (place) {
      case "text start":
        return at === 0;
      case "text end":
        return at === text.length;
      case "line start":
        return at === 0 || (text[at - 1] === "\n" && at < text.length);
      case "line end":
        return at === text.length || text[at] === "\n";
      case "last line end":
        return at === text.length || (text[at] === "\n" && at === text.length - 1);
      default: {
        const before = at > 0 && isPatternWord(text.codePointAt(this.#back(at, 1))!);
        const after = at < text.length && isPatternWord(text.codePointAt(at)!);
        return (before !== after) === (place === "word boundary");
      }
    }
  }
}
