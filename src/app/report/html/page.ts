import { type Content, failedPart, html, Markup } from "../markup.ts";
import { stylesheet } from "./style.ts";

export interface Section {
  /** Anchor of the section, unique on the page. */
  id: string;
  title: string;
  /** Makes what stands in it. Where that fails, a line says so, and the other sections are made all the same. */
  content: () => Content | Promise<Content>;
}

export interface Page {
  title: string;
  /** One line under the title. */
  lead: string;
  sections: Section[];
  footer: string;
}

/** A whole HTML document: it requests nothing and runs no script. */
export async function renderPage({ title, lead, sections, footer }: Page): Promise<Markup> {
  const made: { section: Section; content: Content }[] = [];
  for (const section of sections) made.push({ section, content: await contentOf(section) });
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
${made.map(
  ({ section, content }) => html`<section id="${section.id}" aria-labelledby="${section.id}-title">
<h2 id="${section.id}-title">${section.title}</h2>
${content}
</section>
`,
)}</main>
<footer>${footer}</footer>
</div>
</body>
</html>
`;
}

async function contentOf({ title, content }: Section): Promise<Content> {
  try {
    return await content();
  } catch (error) {
    return failedPart(title, error);
  }
}
