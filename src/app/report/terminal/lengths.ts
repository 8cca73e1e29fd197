import { integer, percent } from "../../../core/format.ts";
import type { LengthBins } from "../../../core/text/length-summary.ts";
import { bar } from "./bars.ts";
import { pad, type Terminal } from "./terminal.ts";

const MOST_LINES = 16;
const LONGEST_BAR = 40;

/** A histogram of lengths as bars, a line a bin, with a rule where the model's limit lies. */
export function lengthBars(
  bins: LengthBins,
  { limit }: { limit?: number | undefined },
  terminal: Terminal,
): string {
  const { cyan, yellow } = terminal.colours;
  const shortest = bins.rows.findIndex((rows) => rows > 0);
  const merged = Math.ceil((bins.rows.length - shortest) / MOST_LINES);
  const width = bins.width * merged;
  // Whole multiples of the width, so that lines of different splits can be compared.
  const first = Math.floor(shortest / merged);
  const counts = Array.from({ length: Math.ceil(bins.rows.length / merged) - first }, (_, i) =>
    bins.rows.slice((first + i) * merged, (first + i + 1) * merged).reduce((sum, rows) => sum + rows, 0),
  );
  const { beyond = 0 } = bins;
  const from = (line: number) => (first + line) * width;
  const names = counts.map((_, i) => (width === 1 ? `${from(i)}` : `${from(i)}–${from(i + 1) - 1}`));
  if (beyond > 0) {
    names.push(`${from(counts.length)} and more`);
    counts.push(beyond);
  }
  const total = Math.max(
    1,
    counts.reduce((sum, rows) => sum + rows, 0),
  );
  const numbers = counts.map((count) => `${integer(count)}  ${pad(percent(count / total), 6, "right")}`);
  const nameWidth = Math.max(...names.map((name) => name.length));
  const numberWidth = Math.max(...numbers.map((text) => text.length));
  const barWidth = Math.max(4, Math.min(LONGEST_BAR, terminal.width - nameWidth - numberWidth - 4));
  const most = Math.max(1, ...counts);
  const limitBin = limit === undefined ? undefined : Math.floor(limit / width) - first;
  return counts
    .flatMap((count, i) => {
      const drawn = cyan(pad(bar(count / most, barWidth), barWidth));
      const line = `${pad(names[i]!, nameWidth, "right")}  ${drawn}  ${pad(numbers[i]!, numberWidth, "right")}`;
      const rule = `${pad("limit", nameWidth, "right")}  ${pad(`┄┄ ${limit} `, barWidth).replace(/ +$/, (spaces) => ` ${"┄".repeat(spaces.length - 1)}`)}`;
      return limitBin === i ? [line, yellow(rule)] : [line];
    })
    .join("\n");
}
