import type { SplitDescription } from "../../../core/profiling/description.ts";
import { labelDistributionChart } from "./label-distribution.ts";
import { lengthHistogramChart } from "./length-histogram.ts";
import type { Chart } from "./render.ts";

/** Classes that a chart shows, the most frequent. */
const MOST_CHARTED = 40;

/** Rows per class of a split; of very many classes the most frequent. undefined where it has none. */
export function labelChart({ name, labels, rows }: SplitDescription): Chart | undefined {
  if (!labels) return undefined;
  const { names, counts, sets } = labels;
  const order = names.map((_, i) => i);
  const cut = names.length > MOST_CHARTED;
  if (cut) order.sort((a, b) => counts[b]! - counts[a]!).splice(MOST_CHARTED);
  return labelDistributionChart({
    title: cut
      ? `The ${MOST_CHARTED} most frequent of ${names.length} classes of ${name}`
      : `Classes of ${name}`,
    labels: order.map((i) => names[i]!),
    counts: order.map((i) => counts[i]!),
    ...(sets && { rows }),
  });
}

/** Histograms of a split's words, and of its tokens where they were counted. */
export function lengthCharts({ name, texts, tokens }: SplitDescription): Chart[] {
  const words = texts.map(({ column, words }) =>
    lengthHistogramChart({
      title: texts.length > 1 ? `Words of ${column}, ${name}` : `Words of ${name}`,
      unit: "words",
      bins: words.bins,
    }),
  );
  if (!tokens) return words;
  const { bins } = tokens.lengths;
  return [
    lengthHistogramChart({ title: `Tokens of ${name}`, unit: "tokens", bins, limit: tokens.limit }),
    ...words,
  ];
}
