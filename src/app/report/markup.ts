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
  /** What could not be made in it, and why; a line in `source` stands for each. */
  readonly failures: readonly string[];

  constructor(source: string, failures: readonly string[] = []) {
    this.source = source;
    this.failures = failures;
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
    values.flatMap(failuresIn),
  );
}

function failuresIn(content: Content): readonly string[] {
  if (Array.isArray(content)) return content.flatMap(failuresIn);
  return content instanceof Markup ? content.failures : [];
}

/** A line in the place of a part that could not be made, so that the rest of the page can be. */
export function failedPart(what: string, error: unknown): Markup {
  const reason = error instanceof Error ? error.message : String(error);
  const line = html`<p class="failed">${what} could not be made: ${reason}</p>`;
  return new Markup(line.source, [`${what} (${reason})`]);
}

function write(content: Content): string {
  if (content === undefined || content === null || content === false) return "";
  if (Array.isArray(content)) return content.map(write).join("");
  return content instanceof Markup ? content.source : escapeMarkup(String(content));
}
