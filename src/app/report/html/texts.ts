import { integer } from "../../../core/format.ts";
import { html, type Markup } from "../markup.ts";

/** Letters of a text that are shown without opening it, and at most. */
const SHORT_TEXT = 320;
const LONGEST_TEXT = 5000;

/** The text of a row, or both texts of a pair. */
export const rowTexts = (texts: string[]): Markup[] =>
  texts.map((text, i) => clamped(text, texts.length > 1 ? i + 1 : undefined));

/** A text, whole where it is short; else its beginning, which opens to the rest. */
function clamped(text: string, side: number | undefined): Markup {
  const letters = Array.from(text);
  const mark = side !== undefined && html`<span class="side">Text ${side}:</span> `;
  if (letters.length <= SHORT_TEXT) return html`<p dir="auto">${mark}${text === "" ? "(empty)" : text}</p>`;
  const rest = letters.slice(SHORT_TEXT, LONGEST_TEXT).join("");
  return html`<details dir="auto"><summary>${mark}${letters.slice(0, SHORT_TEXT).join("")}…</summary>
<p>…${rest}${letters.length > LONGEST_TEXT && ` … (${integer(letters.length)} characters)`}</p></details>`;
}
