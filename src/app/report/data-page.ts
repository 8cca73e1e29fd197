import { integer } from "../../core/format.ts";
import type { DatasetDescription } from "../../core/profiling/description.ts";
import type { Finding } from "../../core/training/run-record.ts";
import { version } from "../../core/version.ts";
import { classes, lengths, overview, samples, vocabularyAndDuplicates } from "./html/description.ts";
import { findingList } from "./html/headline.ts";
import { renderPage } from "./html/page.ts";
import { html, type Markup } from "./markup.ts";

/**
 * A described dataset as one HTML file: it needs no other file, no network and no script, follows the reader's light
 * or dark preference and prints.
 */
export async function renderDataPage(
  description: DatasetDescription,
  findings: readonly Finding[],
): Promise<Markup> {
  const { name, splits } = description;
  const sampled = splits.some((split) => split.samples.length > 0);
  const rows = splits.map((split) => `${split.name} ${integer(split.rows)} rows`).join(", ");
  return renderPage({
    title: name,
    lead: rows,
    sections: [
      { id: "overview", title: "Overview", content: () => overview(description) },
      {
        id: "findings",
        title: "Findings",
        content: () =>
          findings.length > 0
            ? findingList([...findings])
            : html`<p>The checks of the data found nothing to warn of.</p>`,
      },
      { id: "classes", title: "Classes", content: () => classes(description) },
      { id: "lengths", title: "Lengths", content: () => lengths(description) },
      { id: "words", title: "Words and duplicates", content: () => vocabularyAndDuplicates(description) },
      ...(sampled ? [{ id: "samples", title: "Sample rows", content: () => samples(description) }] : []),
    ],
    footer: `Written by textune ${version}.`,
  });
}
