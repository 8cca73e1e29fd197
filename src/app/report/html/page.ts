import { html, Markup } from "../markup.ts";
import { stylesheet } from "./style.ts";

export interface Section {
  /** Anchor of the section, unique on the page. */
  id: string;
  title: string;
  content: Markup;
}

export interface Page {
  title: string;
  /** One line under the title. */
  lead: string;
  sections: Section[];
  footer: string;
}

/** A whole HTML document in one string: it requests nothing and runs no script. */
export function renderPage({ title, lead, sections, footer }: Page): string {
  return html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${title}</title>
<style>
${new Markup(stylesheet)}
</style>
</head>
<body>
<div class="page">
<header>
<h1>${title}</h1>
<p class="lead">${lead}</p>
<nav aria-label="Sections"><ul>${sections.map((section) => html`<li><a href="#${section.id}">${section.title}</a></li>`)}</ul></nav>
</header>
<main>
${sections.map(
  (section) => html`<section id="${section.id}" aria-labelledby="${section.id}-title">
<h2 id="${section.id}-title">${section.title}</h2>
${section.content}
</section>
`,
)}</main>
<footer>${footer}</footer>
</div>
</body>
</html>
`.source;
}
