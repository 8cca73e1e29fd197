import { integer, percent } from "../../../core/format.ts";
import type { DatasetDescription } from "../../../core/profiling/description.ts";
import type { LabelSets } from "../../../core/profiling/label-counts.ts";
import { labelChart, lengthCharts } from "../charts/description.ts";
import { duplicateLine, lengthTables, overlapLine, vocabularyLines } from "../description-tables.ts";
import { html, type Markup } from "../markup.ts";
import { figure, table } from "./parts.ts";
import { rowTexts } from "./texts.ts";

/** Classes that samples are shown of. */
const MOST_SAMPLED = 30;

/** Every split in a line, and what its columns hold. */
export function overview({ splits }: DatasetDescription): Markup {
  const columns = splits.flatMap((split) => split.columns.map((column) => ({ split, column })));
  return html`<div class="stack">
${table({
  caption: "Splits",
  columns: [
    { title: "Split" },
    { title: "Source" },
    { title: "Rows", numeric: true },
    { title: "Classes", numeric: true },
    { title: "Words: median", numeric: true },
    { title: "Tokens: median", numeric: true },
    { title: "Repeated texts", numeric: true },
  ],
  rows: splits.map(({ name, source, rows, labels, texts, tokens, duplicates }) => [
    name,
    source,
    integer(rows),
    labels ? integer(labels.names.length) : "",
    texts.map(({ words }) => integer(words.summary.median)).join(" / "),
    tokens ? integer(tokens.lengths.summary.median) : "",
    integer(duplicates.exact),
  ]),
})}
${table({
  caption: "Columns",
  columns: [
    { title: "Column" },
    { title: "Split" },
    { title: "Type" },
    { title: "Read as" },
    { title: "Empty", numeric: true },
  ],
  rows: columns.map(({ split, column }) => [
    column.name,
    split.name,
    column.type,
    split.textColumns.includes(column.name)
      ? "text"
      : split.labelColumns?.includes(column.name)
        ? "class"
        : "",
    integer(column.missing),
  ]),
})}
</div>
`;
}

/** Rows per class of every split. */
export async function classes({ splits }: DatasetDescription): Promise<Markup> {
  const labelled = splits.filter(({ labels }) => labels !== undefined);
  const names = [...new Set(labelled.flatMap(({ labels }) => labels!.names))];
  if (labelled.length === 0) {
    const problem = splits.find(({ labelProblem }) => labelProblem !== undefined);
    return problem
      ? html`<p>The column “${problem.labelColumns?.join(", ")}” holds no classes: ${problem.labelProblem}.</p>`
      : html`<p>No column of classes.</p>`;
  }
  const charts = await Promise.all(labelled.map((split) => figure(labelChart(split)!)));
  return html`<div class="stack">
<div class="grid">${charts}</div>
${table({
  caption: "Rows per class",
  columns: [
    { title: "Class" },
    ...labelled.flatMap(({ name }) => [
      { title: name, numeric: true },
      { title: "share", numeric: true },
    ]),
  ],
  rows: [
    ...names.map((label) => [
      label,
      ...labelled.flatMap((split) => {
        const count = split.labels!.counts[split.labels!.names.indexOf(label)] ?? 0;
        return [integer(count), percent(count / split.rows)];
      }),
    ]),
    ...(labelled.some(({ labels }) => labels!.missing > 0)
      ? [
          [
            "(none)",
            ...labelled.flatMap(({ labels, rows }) => [
              integer(labels!.missing),
              percent(labels!.missing / rows),
            ]),
          ],
        ]
      : []),
  ],
})}
${labelled.map((split) => split.labels!.sets && classSets(split.name, split.rows, split.labels!.sets))}
</div>
`;
}

/** How many classes rows have, and which stand together. */
function classSets(split: string, rows: number, { rowsBySize, together }: LabelSets): Markup {
  return html`<div class="grid">
${table({
  caption: `Classes of a row, ${split}`,
  columns: [{ title: "Classes" }, { title: "Rows", numeric: true }, { title: "Share", numeric: true }],
  rows: rowsBySize.map((count, size) => [integer(size), integer(count), percent(count / rows)]),
})}
${
  together.length > 0 &&
  table({
    caption: `Most often together, ${split}`,
    columns: [{ title: "Classes" }, { title: "Rows", numeric: true }, { title: "Share", numeric: true }],
    rows: together.map(({ labels, rows: count }) => [
      labels.join(" + "),
      integer(count),
      percent(count / rows),
    ]),
  })
}
</div>
`;
}

/** How long the texts are, in every unit, and what a model's limit cuts off. */
export async function lengths({ splits }: DatasetDescription): Promise<Markup> {
  const charts = await Promise.all(splits.flatMap((split) => lengthCharts(split).map(figure)));
  const tables = splits.flatMap((split) =>
    lengthTables(split).map(({ of, units, rows }) =>
      table({
        caption: `Lengths of ${split.name}${of === undefined ? "" : `, ${of}`}`,
        columns: [{ title: "" }, ...units.map((title) => ({ title, numeric: true }))],
        rows,
      }),
    ),
  );
  return html`<div class="stack">
<div class="grid">${charts}</div>
<div class="grid">${tables}</div>
</div>
`;
}

/** Words, tokens, repeated texts, and what the splits share. */
export function vocabularyAndDuplicates({ splits, comparisons }: DatasetDescription): Markup {
  const conflicts = splits.flatMap(({ name, duplicates }) =>
    duplicates.conflicts.map(({ rows, text }) => [rows.join(" and "), name, excerpt(text)]),
  );
  const shared = comparisons.flatMap(({ overlap }) =>
    overlap.examples.map(({ kind, row, like, text }) => [
      integer(row),
      overlap.split,
      `${integer(like)} of ${overlap.in}`,
      { exact: "word for word", normalized: "but for case and punctuation", near: "few words changed" }[kind],
      excerpt(text),
    ]),
  );
  return html`<div class="stack">
<div class="grid">${splits.map(
    (split) => html`<article class="card"><h3>${split.name}</h3>
${[...vocabularyLines(split), duplicateLine(split)].map((line) => html`<p>${line}</p>`)}</article>
`,
  )}</div>
${
  comparisons.length > 0 &&
  html`<article class="card"><h3>Between the splits</h3>
${comparisons.map((comparison) => html`<p>${overlapLine(comparison)}</p>`)}</article>
`
}
${
  shared.length > 0 &&
  table({
    caption: "Rows of an evaluation split that training has too, for example",
    columns: [
      { title: "Row", numeric: true },
      { title: "of" },
      { title: "is like row" },
      { title: "how" },
      { title: "Text" },
    ],
    rows: shared,
  })
}
${
  conflicts.length > 0 &&
  table({
    caption: "Same text, different labels, for example",
    columns: [{ title: "Rows" }, { title: "of" }, { title: "Text" }],
    rows: conflicts,
  })
}
</div>
`;
}

/** Rows to read, of every class. */
export function samples({ splits }: DatasetDescription): Markup {
  return html`<div class="stack">${splits.map(
    (split) => html`<div class="card list">
<h3>${split.name}</h3>
<p class="note">Rows drawn at random from every class.</p>
<ol class="mistakes">
${split.samples.slice(0, MOST_SAMPLED).flatMap(({ label, rows }) =>
  rows.map(
    ({ row, texts }) => html`<li>
<div class="verdict"><b>${label ?? (split.labels?.sets ? "no class" : "no label")}</b><span>row ${integer(row)}</span></div>
${rowTexts(texts)}
</li>
`,
  ),
)}</ol>
</div>
`,
  )}</div>`;
}

function excerpt(text: string): string {
  return text.length > 120 ? `${text.slice(0, 119)}…` : text;
}
