import type { Value } from "../values.ts";

/** Levels of lists and objects within each other. Nothing that is data has more, and code that walks them has a limit. */
export const DEEPEST = 200;

/** Text that is not JSON. */
export class JsonMistake extends Error {
  /** Where in the text, counted in characters from 0. */
  readonly at: number;

  constructor(message: string, at: number) {
    super(message);
    this.at = at;
  }
}

/**
 * A JSON value, with whole numbers beyond 2⁵³ as `bigint`. As Python writes it, a number may also be NaN, Infinity or
 * -Infinity.
 *
 * @throws JsonMistake
 */
export function parseJson(text: string): Value {
  const special = /\d{16}|NaN|Infinity/.test(text);
  let value: Value;
  try {
    value = JSON.parse(special ? rewriteNumbers(text, (number) => plain(number)) : text) as Value;
  } catch {
    throw new JsonValidator(text).mistake();
  }
  if (!special) return value;
  const marked = JSON.parse(rewriteNumbers(text, quoted)) as Value;
  return exact(value, marked);
}

/** A number that JSON.parse reads, in place of one that it doesn't. */
function plain(number: string): string {
  return /\d/.test(number) ? number : "0";
}

/** As text where a `number` wouldn't hold it exactly, or JSON can't. */
function quoted(number: string): string {
  if (!/\d/.test(number)) return `"${number}"`;
  return /^-?\d+$/.test(number) && !Number.isSafeInteger(Number(number)) ? `"${number}"` : number;
}

const NUMBER = /-?(?:\d[\d.eE+-]*|Infinity\b)|NaN\b/y;

/** Replaces the numbers of a JSON text, and leaves what is in quotes alone. */
function rewriteNumbers(text: string, change: (number: string) => string): string {
  let result = "";
  let from = 0;
  for (let at = 0; at < text.length; ) {
    if (text[at] === '"') {
      at = endOfString(text, at);
      continue;
    }
    NUMBER.lastIndex = at;
    const number = NUMBER.exec(text)?.[0];
    if (number === undefined) {
      at++;
      continue;
    }
    result += text.slice(from, at) + change(number);
    at += number.length;
    from = at;
  }
  return result + text.slice(from);
}

/** One past the closing quote of the text that begins at `start`. */
function endOfString(text: string, start: number): number {
  for (let at = start + 1; at < text.length; at++) {
    if (text[at] === "\\") at++;
    else if (text[at] === '"') return at + 1;
  }
  return text.length;
}

/** `value`, with a number that `marked` has as text taken from there. */
function exact(value: Value, marked: Value): Value {
  if (typeof value === "number") {
    if (typeof marked !== "string") return value;
    return /\d/.test(marked) ? BigInt(marked) : Number(marked);
  }
  if (typeof value !== "object" || value === null) return value;
  if (Array.isArray(value)) return value.map((item, i) => exact(item, (marked as Value[])[i]!));
  const entries = Object.entries(value);
  const others = Object.values(marked as object) as Value[];
  return Object.fromEntries(entries.map(([key, item], i) => [key, exact(item, others[i]!)]));
}

/** Finds what is wrong with a text, in words that don't depend on the engine. */
class JsonValidator {
  readonly #text: string;
  #at = 0;

  constructor(text: string) {
    this.#text = text;
  }

  mistake(): JsonMistake {
    try {
      this.#value(0);
      this.#space();
      return this.#unexpected();
    } catch (error) {
      if (error instanceof JsonMistake) return error;
      throw error;
    }
  }

  #value(depth: number): void {
    if (depth > DEEPEST) throw tooDeep(this.#at);
    this.#space();
    const sign = this.#text[this.#at];
    if (sign === "{") this.#members("}", depth);
    else if (sign === "[") this.#members("]", depth);
    else if (sign === '"') this.#string();
    else if (!this.#take(/-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?|true|false|null|NaN|-?Infinity/y)) {
      throw this.#unexpected();
    }
  }

  #members(close: string, depth: number): void {
    this.#at++;
    this.#space();
    if (this.#is(close)) return;
    for (;;) {
      if (close === "}") {
        this.#space();
        if (this.#text[this.#at] !== '"') throw this.#unexpected();
        this.#string();
        this.#space();
        if (!this.#is(":")) throw this.#unexpected();
      }
      this.#value(depth + 1);
      this.#space();
      if (this.#is(close)) return;
      if (!this.#is(",")) throw this.#unexpected();
    }
  }

  #string(): void {
    for (this.#at++; this.#at < this.#text.length; ) {
      const sign = this.#text[this.#at]!;
      if (sign === '"') {
        this.#at++;
        return;
      }
      if (sign < " ") throw this.#unexpected();
      if (sign !== "\\") this.#at++;
      else if (!this.#take(/\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4})/y)) throw this.#unexpected();
    }
    throw this.#unexpected();
  }

  #space(): void {
    this.#take(/[ \t\r\n]+/y);
  }

  #is(sign: string): boolean {
    if (this.#text[this.#at] !== sign) return false;
    this.#at++;
    return true;
  }

  #take(pattern: RegExp): boolean {
    pattern.lastIndex = this.#at;
    const found = pattern.exec(this.#text);
    if (found !== null) this.#at += found[0].length;
    return found !== null;
  }

  #unexpected(): JsonMistake {
    return unexpected(this.#text, this.#at);
  }
}

/** What to say of text that can't stand where it is. */
export function unexpected(text: string, at: number): JsonMistake {
  if (at >= text.length) return new JsonMistake("it ends too early", at);
  const found = /^(?:"[^"]*"?|[\w.+-]+|.)/su.exec(text.slice(at, at + 60))![0];
  const shown = found.startsWith('"') && found.length > 1 ? found : `"${found === '"' ? '\\"' : found}"`;
  const visible = shown.replaceAll(/[\p{C}\p{Zl}\p{Zp}]/gu, escaped);
  return new JsonMistake(`unexpected ${visible.length > 40 ? `${visible.slice(0, 40)}…` : visible}`, at);
}

/** A character that doesn't show, as JSON writes it. */
function escaped(character: string): string {
  const short = JSON.stringify(character).slice(1, -1);
  if (short !== character) return short;
  return Array.from(
    { length: character.length },
    (_, i) => `\\u${character.charCodeAt(i).toString(16).padStart(4, "0")}`,
  ).join("");
}

export function tooDeep(at: number): JsonMistake {
  return new JsonMistake(`lists and objects lie within each other more than ${DEEPEST} deep`, at);
}
