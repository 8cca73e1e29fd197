import stringWidth from "string-width";
import { integer, percent } from "../../../core/format.ts";
import { cutNames, pad, type Terminal } from "./terminal.ts";

const eighths = ["", "▏", "▎", "▍", "▌", "▋", "▊", "▉"];

/** A bar of `share` (0 to 1) of `width` columns, exact to an eighth of a column. */
export function bar(share: number, width: number): string {
  const steps = Math.round(Math.min(1, Math.max(0, share)) * width * 8);
  return "█".repeat(Math.floor(steps / 8)) + eighths[steps % 8]!;
}

const LONGEST_BAR = 40;

/**
 * Rows per class: name, bar, count and share.
 *
 * @param total rows that the shares are of. @default those of the classes shown
 */
export function labelBars(
  labels: string[],
  counts: number[],
  terminal: Terminal,
  total = counts.reduce((sum, count) => sum + count, 0),
): string {
  const most = Math.max(1, ...counts);
  const numbers = counts.map((count) => `${integer(count)}  ${percent(total === 0 ? 0 : count / total)}`);
  const numberWidth = Math.max(...numbers.map((text) => text.length));
  const names = cutNames(labels, Math.max(8, Math.floor(terminal.width / 3)));
  const nameWidth = Math.max(...names.map((name) => stringWidth(name)));
  const barWidth = Math.max(4, Math.min(LONGEST_BAR, terminal.width - nameWidth - numberWidth - 4));
  return names
    .map((name, i) => {
      const drawn = terminal.colours.cyan(pad(bar(counts[i]! / most, barWidth), barWidth));
      return `${pad(name, nameWidth)}  ${drawn}  ${pad(numbers[i]!, numberWidth, "right")}`;
    })
    .join("\n");
}
