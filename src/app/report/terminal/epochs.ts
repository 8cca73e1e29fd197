import stringWidth from "string-width";
import type { Task } from "../../../core/data/targets.ts";
import { duration, epochText, percent } from "../../../core/format.ts";
import { ownValue } from "../../../core/own-value.ts";
import type { HistoryEntry } from "../../../core/training/run-record.ts";
import { oneLine, pad, type Terminal } from "./terminal.ts";

/** The table of epochs, printed line by line while training goes on. */
export interface EpochTable {
  header: string;
  /** @param seconds that the epoch took */
  row(entry: HistoryEntry, seconds?: number): string;
}

/** What is shown of every split, widest first: the first that fits the terminal is taken. */
const layouts = [
  { losses: true, longestName: 22 },
  { losses: true, longestName: 10 },
  { losses: false, longestName: 22 },
  { losses: false, longestName: 10 },
];

/**
 * @param splits that are evaluated, by name
 * @param task Of a multi-label task, splits are shown by their micro-F1.
 */
export function epochTable(
  epochs: number,
  splits: string[],
  terminal: Terminal,
  task: Task = "singleLabel",
): EpochTable {
  const isMultiLabel = task === "multiLabel";
  const score = isMultiLabel ? "F1" : "acc";
  const { dim, bold } = terminal.colours;
  const titlesOf = ({ losses, longestName }: (typeof layouts)[number]) => [
    "epoch",
    "loss (sum)",
    "loss",
    isMultiLabel ? "train exact" : "train acc",
    ...splits.flatMap((split) => {
      const name = cutStart(oneLine(split), longestName);
      return losses ? [`${name} loss`, `${name} ${score}`] : [`${name} ${score}`];
    }),
    "time",
  ];
  // Wide enough for what comes, so that the lines need not be known in advance.
  const widthsOf = (titles: string[]) => titles.map((title) => Math.max(stringWidth(title), 8));
  const total = (widths: number[]) => widths.reduce((sum, width) => sum + width + 2, -2);
  const layout =
    layouts.find((candidate) => total(widthsOf(titlesOf(candidate))) <= terminal.width) ?? layouts.at(-1)!;
  const titles = titlesOf(layout);
  const widths = widthsOf(titles);
  const line = (cells: string[]) => cells.map((cell, i) => pad(cell, widths[i]!, "right")).join("  ");
  return {
    header: dim(line(titles)),
    row: (entry, seconds) =>
      line([
        `${epochText(entry)}/${epochs}`,
        entry.train.lossSum.toFixed(2),
        entry.train.loss.toFixed(4),
        percent(entry.train.accuracy),
        ...splits.flatMap((split) => {
          const score = ownValue(entry.evaluations, split);
          const best = score === undefined ? "" : bold(percent(score.microF1 ?? score.accuracy));
          return layout.losses ? [score?.loss.toFixed(4) ?? "", best] : [best];
        }),
        seconds === undefined ? "" : duration(seconds),
      ]).trimEnd(),
  };
}

/** Names of splits differ at their ends: `validation_matched`, `validation_mismatched`. */
function cutStart(name: string, width: number): string {
  const letters = Array.from(name);
  return letters.length <= width ? name : `…${letters.slice(1 - width).join("")}`;
}
