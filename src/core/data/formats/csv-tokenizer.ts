/** How the text of a CSV file is cut into cells. Every sign is one character; undefined where there is none. */
export interface CsvDialect {
  separator: string;
  quote: string | undefined;
  /** Takes what follows it as it is. */
  escape: string | undefined;
  /** Two quotes within quotes are one. */
  doubleQuote: boolean;
  /** Spaces behind a separator are no part of the cell. */
  skipInitialSpace: boolean;
  /** Empty lines, and those of spaces and tabs alone, are no rows. */
  skipBlankLines: boolean;
  /** The rest of a line behind it is left out. */
  comment: string | undefined;
  /** In place of LF, CRLF and CR, any of which may end any line. */
  lineEnd: string | undefined;
  /** Lines at the start of the file that are left out, or which ones, counted from 0. */
  skipRows: number | ReadonlySet<number>;
}

/** The cells of one row. */
export interface CsvRecord {
  cells: string[];
  /** Line of the file on which it begins, from 1. */
  line: number;
}

/** A quote that nothing closes, or an escape that nothing follows. */
export class UnfinishedCsv extends Error {
  /** Line of the file where it stands, from 1. */
  readonly line: number;

  constructor(message: string, line: number) {
    super(message);
    this.line = line;
  }
}

type State =
  | "startRecord"
  | "blankLine"
  | "skippedLine"
  | "skippedField"
  | "skippedQuotes"
  | "skippedQuoteEnd"
  | "startField"
  | "field"
  | "escaped"
  | "quoted"
  | "escapedInQuotes"
  | "quoteInQuotes"
  | "comment"
  | "lineComment";

/**
 * Cuts CSV text into cells by the rules of pandas' `read_csv` (its C parser, which `datasets` uses): a quote is one
 * only where a cell begins, and what follows a closing quote belongs to the cell. One pass over the text, whose blocks
 * may end anywhere.
 */
export class CsvTokenizer {
  readonly #dialect: CsvDialect;
  #state: State = "startRecord";
  #cells: string[] = [];
  #field = "";
  /** Spaces at the start of a line that may turn out to be blank. */
  #blanks = "";
  /** Lines as the eye counts them, and as pandas does, for which a cell of two lines is on one. */
  #line = 1;
  #row = 0;
  #recordLine = 1;
  #quoteLine = 1;
  /** CR was the last character of a block; an LF that follows belongs to it. */
  #afterReturn = false;

  constructor(dialect: CsvDialect) {
    this.#dialect = dialect;
  }

  /** Rows that end in this block. */
  push(text: string): CsvRecord[] {
    const { separator, quote, comment, lineEnd, skipInitialSpace, skipBlankLines, doubleQuote } =
      this.#dialect;
    const escapeSign = this.#dialect.escape;
    const records: CsvRecord[] = [];
    const isEnd = (sign: string) =>
      lineEnd === undefined ? sign === "\n" || sign === "\r" : sign === lineEnd;
    const endRecord = () => {
      this.#endField();
      records.push({ cells: this.#cells, line: this.#recordLine });
      this.#cells = [];
    };
    let at = 0;
    if (this.#afterReturn && text !== "") {
      this.#afterReturn = false;
      if (text[0] === "\n") at = 1;
    }
    /** Behind a line's end, which may be two characters. */
    const passEnd = (sign: string) => {
      this.#line++;
      this.#row++;
      this.#state = "startRecord";
      if (lineEnd !== undefined || sign !== "\r") return;
      if (at + 1 === text.length) this.#afterReturn = true;
      else if (text[at + 1] === "\n") at++;
    };
    for (; at < text.length; at++) {
      const sign = text[at]!;
      switch (this.#state) {
        case "startRecord":
          this.#recordLine = this.#line;
          if (this.#isSkipped()) {
            if (isEnd(sign)) passEnd(sign);
            else this.#state = sign === quote ? "skippedQuotes" : "skippedLine";
          } else if (isEnd(sign)) {
            if (!skipBlankLines) endRecord();
            passEnd(sign);
          } else if (sign === comment) {
            this.#state = "lineComment";
          } else if (skipBlankLines && isBlank(sign) && sign !== separator) {
            this.#blanks = sign;
            this.#state = "blankLine";
          } else {
            this.#state = "startField";
            at--;
          }
          break;
        case "blankLine":
          if (isEnd(sign)) {
            passEnd(sign);
          } else if (isBlank(sign) && sign !== separator) {
            this.#blanks += sign;
          } else {
            this.#field = skipInitialSpace ? this.#blanks.replace(/^ +/, "") : this.#blanks;
            this.#state = this.#field === "" ? "startField" : "field";
            at--;
          }
          break;
        case "skippedLine":
        case "skippedField":
          if (isEnd(sign)) passEnd(sign);
          else if (sign === separator) this.#state = "skippedField";
          else if (sign === quote && this.#state === "skippedField") this.#state = "skippedQuotes";
          else this.#state = "skippedLine";
          break;
        case "skippedQuotes":
          if (sign === quote) this.#state = doubleQuote ? "skippedQuoteEnd" : "skippedLine";
          else if (sign === "\n") this.#line++;
          break;
        case "skippedQuoteEnd":
          this.#state = sign === quote ? "skippedQuotes" : "skippedLine";
          if (sign !== quote) at--;
          break;
        case "startField":
          if (skipInitialSpace && sign === " ") break;
          if (isEnd(sign)) {
            endRecord();
            passEnd(sign);
          } else if (sign === quote) {
            this.#quoteLine = this.#line;
            this.#state = "quoted";
          } else if (sign === escapeSign) {
            this.#state = "escaped";
          } else if (sign === separator) {
            this.#endField();
          } else if (sign === comment) {
            endRecord();
            this.#state = "comment";
          } else {
            this.#state = "field";
            at--;
          }
          break;
        case "field": {
          let end = at;
          for (; end < text.length; end++) {
            const next = text[end]!;
            if (next === separator || isEnd(next) || next === escapeSign || next === comment) break;
          }
          if (end > at) this.#field += text.slice(at, end);
          at = end;
          if (end === text.length) break;
          const stop = text[end]!;
          if (isEnd(stop)) {
            endRecord();
            passEnd(stop);
          } else if (stop === escapeSign) {
            this.#state = "escaped";
          } else if (stop === separator) {
            this.#endField();
            this.#state = "startField";
          } else {
            endRecord();
            this.#state = "comment";
          }
          break;
        }
        case "escaped":
          this.#field += sign;
          this.#state = "field";
          break;
        case "quoted": {
          let end = at;
          for (; end < text.length; end++) {
            const next = text[end]!;
            if (next === quote || next === escapeSign) break;
            if (next === "\n") this.#line++;
          }
          if (end > at) this.#field += text.slice(at, end);
          at = end;
          if (end === text.length) break;
          if (text[end] === escapeSign) this.#state = "escapedInQuotes";
          else this.#state = doubleQuote ? "quoteInQuotes" : "field";
          break;
        }
        case "escapedInQuotes":
          this.#field += sign;
          if (sign === "\n") this.#line++;
          this.#state = "quoted";
          break;
        case "quoteInQuotes":
          if (sign === quote) {
            this.#field += sign;
            this.#state = "quoted";
          } else {
            this.#state = "field";
            // Taken as it is, be it an escape or the start of a comment.
            if (sign === separator || isEnd(sign)) at--;
            else this.#field += sign;
          }
          break;
        case "comment":
        case "lineComment":
          if (isEnd(sign)) passEnd(sign);
          break;
      }
    }
    return records;
  }

  /** The last row, where no line's end follows it. @throws UnfinishedCsv */
  end(): CsvRecord[] {
    switch (this.#state) {
      case "quoted":
      case "escapedInQuotes":
        throw new UnfinishedCsv("a quote opened here is never closed", this.#quoteLine);
      case "escaped":
        throw new UnfinishedCsv("nothing follows the escape at the end of the file", this.#line);
      case "startField":
      case "field":
      case "quoteInQuotes":
        this.#endField();
        return [{ cells: this.#cells, line: this.#recordLine }];
      default:
        return [];
    }
  }

  #endField(): void {
    this.#cells.push(this.#field);
    this.#field = "";
  }

  #isSkipped(): boolean {
    const { skipRows } = this.#dialect;
    return typeof skipRows === "number" ? this.#row < skipRows : skipRows.has(this.#row);
  }
}

function isBlank(sign: string): boolean {
  return sign === " " || sign === "\t";
}
