import { type Chart, renderSvg } from "../charts/render.ts";
import { withCssVariables } from "../charts/theme.ts";
import { type Content, escapeMarkup, failedPart, html, Markup } from "../markup.ts";

/** How much larger than drawn a chart may become where the page has room. */
const LARGEST_SCALE = 1.2;
/** Below this the page scrolls the chart sideways: its smallest text, of 11 px, is then of 10. */
const SMALLEST_SCALE = 10 / 11;

/**
 * A chart inside the page: it follows the page's colours and fonts, and grows and shrinks with it. Where it can't be
 * drawn, a line says so.
 */
export async function figure(chart: Chart): Promise<Markup> {
  try {
    return await drawn(chart);
  } catch (error) {
    return html`<figure>${failedPart("A chart", error)}<p>${chart.description}</p></figure>`;
  }
}

async function drawn(chart: Chart): Promise<Markup> {
  const svg = withCssVariables(await renderSvg(chart));
  const width = Number(/ width="([\d.]+)"/.exec(svg)?.[1]);
  const limits = `min-width:${Math.round(width * SMALLEST_SCALE)}px;max-width:${Math.round(width * LARGEST_SCALE)}px`;
  const inline = svg
    // Namespaces are implied in HTML; the title would pop up under the mouse.
    .replace(/ xmlns(:xlink)?="[^"]*"/g, "")
    .replace(/<title>.*?<\/title>/s, "")
    .replace(
      "<svg ",
      () => `<svg role="img" aria-label="${escapeMarkup(chart.description)}" style="${limits}" `,
    );
  return html`<figure>${new Markup(inline)}</figure>`;
}

export interface Column {
  title: Content;
  /** Right-aligned. */
  numeric?: boolean;
}

export interface Table {
  /** What the table shows; its caption. */
  caption: string;
  columns: Column[];
  /** The first cell of a row is its header. */
  rows: Content[][];
  /** Further rows, each group under a title. */
  groups?: { title: string; rows: Content[][] }[];
  /** Rows that sum up. */
  totals?: Content[][];
}

/** A table that scrolls sideways where it is wider than the page. */
export function table({ caption, columns, rows, groups = [], totals = [] }: Table): Markup {
  const attribute = (i: number) => columns[i]?.numeric === true && new Markup(' class="n"');
  const line = (cells: Content[]) =>
    html`<tr>${cells.map((cell, i) =>
      i === 0
        ? html`<th scope="row"${attribute(i)}><span>${cell}</span></th>`
        : html`<td${attribute(i)}>${cell}</td>`,
    )}</tr>
`;
  return html`<div class="scroll" tabindex="0" role="region" aria-label="${caption}">
<table>
<caption>${caption}</caption>
<thead><tr>${columns.map((column, i) => html`<th scope="col"${attribute(i)}>${column.title}</th>`)}</tr></thead>
<tbody>
${rows.map(line)}</tbody>
${groups.map(
  (group) => html`<tbody>
<tr><th scope="rowgroup" colspan="${columns.length}">${group.title}</th></tr>
${group.rows.map(line)}</tbody>
`,
)}${
  totals.length > 0 &&
  html`<tfoot>
${totals.map(line)}</tfoot>
`
}</table>
</div>
`;
}

/** Names and values, one pair a line; a pair without a value is left out. */
export function facts(title: string, pairs: [name: string, value: Content][]): Markup {
  return html`<div class="scroll">
<table class="facts">
<caption>${title}</caption>
<tbody>
${pairs
  .filter(([, value]) => value !== undefined && value !== false)
  .map(
    ([name, value]) => html`<tr><th scope="row">${name}</th><td>${value}</td></tr>
`,
  )}</tbody>
</table>
</div>
`;
}
