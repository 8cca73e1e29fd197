import { integer, percent } from "../../../core/format.ts";
import type { RunRecord } from "../../../core/training/run-record.ts";
import { rowsBySizeText } from "../answer-format.ts";
import { labelDistributionChart } from "../charts/label-distribution.ts";
import { lengthHistogramChart } from "../charts/length-histogram.ts";
import { html, type Markup } from "../markup.ts";
import { figure, table } from "./parts.ts";

/** What went in: the splits, their classes and their lengths. */
export async function dataSection({ data, labels, model }: RunRecord): Promise<Markup> {
  const distributions = data.map((split) =>
    figure(
      labelDistributionChart({
        title: `Classes of ${split.name}`,
        labels,
        counts: split.labelCounts,
        ...(split.rowsBySize && { rows: split.rows }),
      }),
    ),
  );
  const lengths = data.flatMap((split) =>
    split.tokenBins === undefined
      ? []
      : figure(
          lengthHistogramChart({
            title: `Lengths of ${split.name}`,
            unit: "tokens",
            bins: split.tokenBins,
            limit: model.maxLength,
          }),
        ),
  );
  return html`<div class="stack">
${table({
  caption: "Splits",
  columns: [
    { title: "Split" },
    { title: "Source" },
    { title: "Rows", numeric: true },
    { title: "Tokens: mean", numeric: true },
    { title: "median", numeric: true },
    { title: "longest", numeric: true },
    { title: "Rows truncated", numeric: true },
    { title: "Tokens cut off", numeric: true },
    { title: "Unknown tokens", numeric: true },
  ],
  rows: data.map((split) => [
    split.name,
    split.source,
    integer(split.rows),
    split.tokens.mean.toFixed(1),
    integer(split.tokens.median),
    integer(split.tokens.max),
    integer(split.truncatedRows),
    percent(split.truncatedTokens, 2),
    percent(split.unknownTokens, 2),
  ]),
})}
<div class="grid">${await Promise.all(distributions)}</div>
${data.map(({ name, rowsBySize }) => rowsBySize && html`<p class="note">${name}: ${rowsBySizeText(rowsBySize)}.</p>`)}
<div class="grid">${await Promise.all(lengths)}</div>
</div>
`;
}
