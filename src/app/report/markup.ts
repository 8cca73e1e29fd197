import { printable } from "../../core/printable.ts";

const entities: Record<string, string> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&quot;",
  "'": "&#39;",
};

/** Any text, made printable, and safe for the content and the quoted attributes of HTML and SVG. */
export function escapeMarkup(text: string): string {
  return printable(text).replace(/[&<>"']/g, (character) => entities[character]!);
}

/** A piece of HTML or SVG. What goes through `html` is escaped unless it is already Markup. */
export class Markup {
  readonly source: string;

  constructor(source: string) {
    this.source = source;
  }

  toString(): string {
    return this.source;
  }
}

/** What an `html` template can hold. `undefined`, `null` and `false` are nothing; arrays are joined. */
export type Content = Markup | string | number | undefined | null | false | Content[];

/**
 * A template that escapes everything put into it.
 *
 * @example
 * html`<td>${"<b>"}</td>`.source; // <td>&lt;b&gt;</td>
 */
export function html(strings: TemplateStringsArray, ...values: Content[]): Markup {
  return new Markup(
    strings.reduce((source, string, i) => source + (i === 0 ? "" : write(values[i - 1])) + string, ""),
  );
}

function write(content: Content): string {
  if (content === undefined || content === null || content === false) return "";
  if (Array.isArray(content)) return content.map(write).join("");
  return content instanceof Markup ? content.source : escapeMarkup(String(content));
}
