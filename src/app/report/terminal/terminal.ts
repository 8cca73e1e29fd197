import pc from "picocolors";
import stringWidth from "string-width";
import { printable, printableLine } from "../../../core/printable.ts";
import { distinctNames } from "../distinct-names.ts";

/** Where text is printed: how wide it is, and its colours, which do nothing where they aren't wanted. */
export interface Terminal {
  /** Columns. */
  width: number;
  colours: ReturnType<typeof pc.createColors>;
}

/**
 * What a stream can show. Colours are used on a terminal only, and never where `NO_COLOR` is set
 * (https://no-color.org); `FORCE_COLOR` uses them anywhere. A pipe or file counts as 80 columns wide.
 */
export function terminalOf(
  stream: { isTTY?: boolean; columns?: number },
  env: Record<string, string | undefined> = process.env,
): Terminal {
  const forced = (env.FORCE_COLOR ?? "") !== "" && env.FORCE_COLOR !== "0";
  const capable = stream.isTTY === true && env.TERM !== "dumb";
  const coloured = (env.NO_COLOR ?? "") === "" && (forced || capable);
  return { width: stream.columns || 80, colours: pc.createColors(coloured) };
}

/** Text on one line, with nothing in it that the terminal would obey. */
export function oneLine(text: string): string {
  return printableLine(text);
}

const ESC = String.fromCharCode(27);
/** The colours of our own texts. */
const colour = new RegExp(`(${ESC}\\[[\\d;]*m)`);

/** Text of several lines, printable but for its colours. */
export const printableText = (text: string): string =>
  text
    .split(colour)
    .map((part, i) => (i % 2 === 1 ? part : printable(part)))
    .join("");

const segmenter = new Intl.Segmenter(undefined, { granularity: "grapheme" });

/** The text cut to `width` columns, with an ellipsis where something was cut. */
export function cut(text: string, width: number): string {
  if (stringWidth(text) <= width) return text;
  let kept = "";
  let used = 0;
  for (const { segment } of segmenter.segment(text)) {
    used += stringWidth(segment);
    if (used > width - 1) break;
    kept += segment;
  }
  return `${kept}…`;
}

/** The text cut to `width` columns in its middle: what tells names apart is as often at their ends. */
export function cutMiddle(text: string, width: number): string {
  if (stringWidth(text) <= width) return text;
  const end = Array.from(text)
    .slice(-Math.floor((width - 1) / 2))
    .join("");
  return `${cut(text, width - stringWidth(end))}${end}`;
}

/** The text filled up with spaces to `width` columns. Colour codes count nothing. */
export function pad(text: string, width: number, align: "left" | "right" = "left"): string {
  const space = " ".repeat(Math.max(0, width - stringWidth(text)));
  return align === "left" ? text + space : space + text;
}

/** A word, a path perhaps, in pieces of at most `width` columns, parted behind its separators where it can be. */
function pieces(word: string, width: number): string[] {
  const parts: string[] = [];
  let rest = word;
  while (stringWidth(rest) > width) {
    let kept = "";
    for (const { segment } of segmenter.segment(rest)) {
      if (stringWidth(kept + segment) > width) break;
      kept += segment;
    }
    const separator = Math.max(...["/", "\\", "-", "_", "."].map((sign) => kept.lastIndexOf(sign))) + 1;
    const end = separator > kept.length / 2 ? separator : kept.length;
    parts.push(rest.slice(0, end));
    rest = rest.slice(end);
  }
  return [...parts, rest];
}

/** Names of at most `width` columns, no two of them alike. */
export const cutNames = (names: readonly string[], width: number): string[] =>
  distinctNames(names.map(oneLine), {
    end: (name) => cut(name, width),
    middle: (name) => cutMiddle(name, width),
  });

/** The text on one or more lines of at most the terminal's width, each behind `indent`. */
export function wrap(text: string, terminal: Terminal, indent = ""): string {
  const lines: string[] = [];
  let line = "";
  const room = Math.max(8, terminal.width - stringWidth(indent));
  for (const word of oneLine(text)
    .split(" ")
    .flatMap((word) => pieces(word, room))) {
    const longer = line === "" ? word : `${line} ${word}`;
    if (line !== "" && stringWidth(indent + longer) > terminal.width) {
      lines.push(indent + line);
      line = word;
    } else line = longer;
  }
  return [...lines, indent + line].join("\n");
}
