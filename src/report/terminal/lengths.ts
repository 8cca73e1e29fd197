import type { LengthBins } from "../../text/length-summary.ts";
import { integer, percent } from "../format.ts";
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
  const merged = Math.ceil(bins.rows.length / MOST_LINES);
  const width = bins.width * merged;
  const counts = Array.from({ length: Math.ceil(bins.rows.length / merged) }, (_, i) =>
    bins.rows.slice(i * merged, (i + 1) * merged).reduce((sum, rows) => sum + rows, 0),
  );
  const { beyond = 0 } = bins;
  const names = counts.map((_, i) => (width === 1 ? `${i}` : `${i * width}–${(i + 1) * width - 1}`));
  if (beyond > 0) {
    names.push(`${counts.length * width} and more`);
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
  const limitBin = limit === undefined ? undefined : Math.floor(limit / width);
  return counts
    .flatMap((count, i) => {
      const drawn = cyan(pad(bar(count / most, barWidth), barWidth));
      const line = `${pad(names[i]!, nameWidth, "right")}  ${drawn}  ${pad(numbers[i]!, numberWidth, "right")}`;
      const rule = `${pad("limit", nameWidth, "right")}  ${pad(`┄┄ ${limit} `, barWidth).replace(/ +$/, (spaces) => ` ${"┄".repeat(spaces.length - 1)}`)}`;
      return limitBin === i ? [line, yellow(rule)] : [line];
    })
    .join("\n");
}
