import { DEEPEST, JsonMistake, tooDeep, unexpected } from "./json-value.ts";

/** The text of one row, which is still to be parsed. */
export interface JsonItem {
  text: string;
  /** Line of the file on which it begins, from 1. */
  line: number;
  /** Whether it is an element of an array; else it stands by itself. */
  inArray: boolean;
}

/** A mistake between rows. */
export class JsonLayoutMistake extends JsonMistake {
  /** Line of the file, from 1. */
  readonly line: number;

  constructor({ message, at }: JsonMistake, line: number) {
    super(message, at);
    this.line = line;
  }
}

type State =
  | "top"
  | "items"
  | "nextItem"
  | "afterItem"
  | "member"
  | "nextMember"
  | "colon"
  | "memberValue"
  | "afterMember";

/**
 * Cuts a JSON document into the texts of its rows, so that it is never held in memory as a whole: the elements of an
 * array, or of the array that an object holds as `field`; objects one after another; or one object.
 */
export class JsonScanner {
  readonly #field: string | undefined;
  #state: State = "top";
  #line = 1;
  /** Text of the value being read; undefined between values. */
  #value: string | undefined;
  #valueLine = 1;
  #depth = 0;
  #inString = false;
  #escaped = false;
  /** Text so far of an object that may turn out to hold the rows as its field. */
  #object: string | undefined;
  #objectLine = 1;
  #key = "";
  #wrapped = false;
  /** What the document was found to be. */
  #kind: "array" | "objects" | undefined;

  /** @param field of an object, whose array has the rows; undefined where every object is a row */
  constructor(field: string | undefined) {
    this.#field = field;
  }

  /** Whether the rows were found in the field of an object. */
  get wrapped(): boolean {
    return this.#wrapped;
  }

  /** Rows that end in this block. @throws JsonMistake with the line */
  push(block: string): JsonItem[] {
    const items: JsonItem[] = [];
    for (let at = 0; at < block.length; ) {
      at = this.#value === undefined ? this.#between(block, at) : this.#within(block, at, items);
    }
    return items;
  }

  /** Ends the document. @throws JsonMistake with the line */
  end(): JsonItem[] {
    const items: JsonItem[] = [];
    if (this.#value !== undefined && this.#depth === 0 && !this.#inString) this.#endValue(items);
    if (this.#value !== undefined) return [{ text: this.#value, line: this.#valueLine, inArray: false }];
    if (this.#state !== "top") throw new JsonLayoutMistake(unexpected("", 0), this.#line);
    return items;
  }

  /** Handles one character between values. */
  #between(block: string, at: number): number {
    const sign = block[at]!;
    const next = this.#step(block, at, sign);
    if (next > at) this.#keep(sign);
    return next;
  }

  /** Where to go on: at the same character where a value begins with it, or an object ends that is a row itself. */
  #step(block: string, at: number, sign: string): number {
    if (sign === "\n") this.#line++;
    if (sign === " " || sign === "\t" || sign === "\r" || sign === "\n") return at + 1;
    const fail = () => new JsonLayoutMistake(unexpected(block, at), this.#line);
    const startsValue = !/[,:\]}]/.test(sign);
    switch (this.#state) {
      case "top":
        if (this.#kind === "array" || !startsValue) throw fail();
        if (sign === "[" && this.#kind === undefined) {
          this.#kind = "array";
          this.#state = "items";
          return at + 1;
        }
        if (sign === "[") throw fail();
        if (sign === "{" && this.#field !== undefined && this.#kind === undefined) {
          this.#object = "";
          this.#objectLine = this.#line;
          this.#state = "member";
          return at + 1;
        }
        this.#kind = "objects";
        return this.#begin(at);
      case "items":
      case "nextItem":
        if (startsValue) return this.#begin(at);
        if (sign !== "]" || this.#state === "nextItem") throw fail();
        this.#endArray();
        return at + 1;
      case "afterItem":
        if (sign === ",") this.#state = "nextItem";
        else if (sign === "]") this.#endArray();
        else throw fail();
        return at + 1;
      case "member":
      case "nextMember":
        if (sign === '"') return this.#begin(at);
        if (sign !== "}" || this.#state === "nextMember") throw fail();
        return this.#endObject(at);
      case "colon":
        if (sign !== ":") throw fail();
        this.#state = "memberValue";
        return at + 1;
      case "memberValue":
        if (!startsValue) throw fail();
        if (sign === "[" && this.#key === this.#field && this.#kind === undefined) {
          this.#kind = "array";
          this.#object = undefined;
          this.#wrapped = true;
          this.#state = "items";
          return at + 1;
        }
        return this.#begin(at);
      default:
        if (sign === ",") this.#state = "nextMember";
        else if (sign === "}") return this.#endObject(at);
        else throw fail();
        return at + 1;
    }
  }

  /** Goes on with a value, to its end or the block's. */
  #within(block: string, start: number, items: JsonItem[]): number {
    let at = start;
    for (; at < block.length; at++) {
      const sign = block[at]!;
      if (sign === "\n") this.#line++;
      if (this.#inString) {
        if (this.#escaped) this.#escaped = false;
        else if (sign === "\\") this.#escaped = true;
        else if (sign === '"') {
          this.#inString = false;
          if (this.#depth === 0) {
            at++;
            break;
          }
        }
      } else if (sign === '"') {
        this.#inString = true;
      } else if (sign === "{" || sign === "[") {
        if (++this.#depth > DEEPEST) throw new JsonLayoutMistake(tooDeep(at), this.#line);
      } else if (sign === "}" || sign === "]") {
        if (this.#depth === 0) break;
        if (--this.#depth === 0) {
          at++;
          break;
        }
      } else if (this.#depth === 0 && /[ \t\r\n,:]/.test(sign)) {
        if (sign === "\n") this.#line--;
        break;
      }
    }
    const piece = block.slice(start, at);
    this.#value += piece;
    this.#keep(piece);
    const isWhole = this.#depth === 0 && !this.#inString && (at < block.length || /["\]}]$/.test(piece));
    if (isWhole) this.#endValue(items);
    return at;
  }

  /** Starts a value at the character, which is then read again as part of it. */
  #begin(at: number): number {
    this.#value = "";
    this.#valueLine = this.#line;
    return at;
  }

  #endValue(items: JsonItem[]): void {
    const inArray = this.#state === "items" || this.#state === "nextItem";
    const item = { text: this.#value!, line: this.#valueLine, inArray };
    this.#value = undefined;
    switch (this.#state) {
      case "top":
        items.push(item);
        break;
      case "items":
      case "nextItem":
        items.push(item);
        this.#state = "afterItem";
        break;
      case "member":
      case "nextMember":
        this.#key = keyOf(item.text);
        this.#state = "colon";
        break;
      default:
        this.#state = "afterMember";
    }
  }

  #endArray(): void {
    this.#state = this.#wrapped ? "afterMember" : "top";
  }

  #endObject(at: number): number {
    this.#state = "top";
    if (this.#object === undefined) return at + 1;
    // No field of it held the rows: it is a row itself, and is read as one value that ends here.
    this.#value = this.#object;
    this.#valueLine = this.#objectLine;
    this.#object = undefined;
    this.#kind = "objects";
    this.#depth = 1;
    return at;
  }

  #keep(text: string): void {
    if (this.#object !== undefined) this.#object += text;
  }
}

function keyOf(text: string): string {
  try {
    return String(JSON.parse(text));
  } catch {
    return "";
  }
}
