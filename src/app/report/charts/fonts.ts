import { createRequire } from "node:module";
import { Resvg, type ResvgRenderOptions } from "@resvg/resvg-js";
import stringWidth from "string-width";
import { printableLine } from "../../../core/printable.ts";
import { distinctNames } from "../distinct-names.ts";
import { escapeMarkup } from "../markup.ts";

const resolve = createRequire(import.meta.url).resolve;

/** First choice of every chart. It comes with the package, so pictures are the same on a machine without fonts. */
export const FONT_FAMILY = "DejaVu Sans, Verdana, Segoe UI, Helvetica, Arial, sans-serif";

const files = ["DejaVuSans.ttf", "DejaVuSans-Bold.ttf"].map((file) =>
  resolve(`dejavu-fonts-ttf/ttf/${file}`),
);

/** Letters that DejaVu Sans doesn't have: for them alone the machine's own fonts are looked at. */
const beyondDejaVu =
  /[\p{sc=Han}\p{sc=Hiragana}\p{sc=Katakana}\p{sc=Hangul}\p{sc=Devanagari}\p{sc=Thai}\p{sc=Bengali}\p{sc=Tamil}]/u;

export function fontOptions(svg: string): ResvgRenderOptions["font"] {
  return {
    fontFiles: files,
    loadSystemFonts: beyondDejaVu.test(svg),
    defaultFontFamily: "DejaVu Sans",
    sansSerifFamily: "DejaVu Sans",
  };
}

const widths = new Map<string, number>();

/**
 * Width in pixels of a line of text as drawn in the charts' font, measured by drawing it. A browser without
 * DejaVu Sans takes a narrower font, so a text that fits here fits there.
 */
export function textWidth(text: string, size: number, bold = false): number {
  const key = `${size} ${bold} ${text}`;
  const known = widths.get(key);
  if (known !== undefined) return known;
  const svg = `<svg xmlns="http://www.w3.org/2000/svg"><text y="${size}" font-family="DejaVu Sans" font-size="${size}" font-weight="${bold ? 700 : 400}">${escapeMarkup(text)}</text></svg>`;
  const drawn = new Resvg(svg, { font: fontOptions("") }).getBBox()?.width ?? 0;
  // Letters that the font lacks draw nothing; half the size per terminal column is their usual width.
  const width = Math.ceil(Math.max(drawn, (stringWidth(text) * size) / 2));
  widths.set(key, width);
  return width;
}

/** The text, cut at its end with an ellipsis where it is wider than `limit` pixels. */
export function fitText(given: string, size: number, limit: number): string {
  const text = printableLine(given);
  if (textWidth(text, size) <= limit) return text;
  const letters = Array.from(text);
  const cut = (keep: number) => `${letters.slice(0, keep).join("").trimEnd()}…`;
  return cut(mostLetters(1, letters.length - 1, (keep) => textWidth(cut(keep), size) <= limit));
}

/** The text, cut in its middle where it is wider than `limit` pixels. */
function fitMiddle(given: string, size: number, limit: number): string {
  const text = printableLine(given);
  if (textWidth(text, size) <= limit) return text;
  const letters = Array.from(text);
  const cut = (keep: number) =>
    `${letters
      .slice(0, Math.floor(keep / 2))
      .join("")
      .trimEnd()}…${letters
      .slice(letters.length - Math.ceil(keep / 2))
      .join("")
      .trimStart()}`;
  return cut(mostLetters(2, letters.length - 1, (keep) => textWidth(cut(keep), size) <= limit));
}

/** The most letters that fit, `least` where none do; found by halving, since every measure is a drawing. */
function mostLetters(least: number, most: number, fits: (keep: number) => boolean): number {
  let [low, high] = [least, Math.max(least, most)];
  while (low < high) {
    const middle = Math.ceil((low + high) / 2);
    if (fits(middle)) low = middle;
    else high = middle - 1;
  }
  return low;
}

/** Names that fit into `limit` pixels, no two of them alike. */
export const fitNames = (names: readonly string[], size: number, limit: number): string[] =>
  distinctNames(names, {
    end: (name) => fitText(name, size, limit),
    middle: (name) => fitMiddle(name, size, limit),
  });
