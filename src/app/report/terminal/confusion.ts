import stringWidth from "string-width";
import { frequentConfusions } from "../../../core/evaluation/confusions.ts";
import type { ClassificationReport } from "../../../core/evaluation/metrics.ts";
import { integer } from "../../../core/format.ts";
import { formatTable } from "./table.ts";
import { cutNames, pad, type Terminal } from "./terminal.ts";

type Confusion = Pick<ClassificationReport, "labels" | "confusion" | "perClass">;

const CORNER = "true ↓  as →";
const LONGEST_NAME = 16;
const GAP = "  ";
const MOST_CONFUSIONS = 10;

/**
 * True classes down, predicted classes across: by name where the terminal has room, else by number, else only the
 * most frequent confusions as a list.
 */
export function confusionTable(report: Confusion, terminal: Terminal): string {
  const names = cutNames(report.labels, LONGEST_NAME);
  const numbers = names.map((_, c) => String(c + 1));
  const numbered = names.map((name, c) => `${pad(numbers[c]!, 2, "right")}  ${name}`);
  return (
    matrix(report, names, names, terminal) ??
    matrix(report, numbered, numbers, terminal) ??
    mostFrequent(report, terminal)
  );
}

/** The matrix, or nothing where it is wider than the terminal. */
function matrix({ confusion }: Confusion, rows: string[], columns: string[], terminal: Terminal) {
  const { dim, green, yellow } = terminal.colours;
  const first = Math.max(...[CORNER, ...rows].map((name) => stringWidth(name)));
  const widths = columns.map((name) => Math.max(5, stringWidth(name)));
  if (widths.reduce((sum, width) => sum + GAP.length + width, first) > terminal.width) return undefined;
  const header = [pad(CORNER, first), ...columns.map((name, c) => pad(name, widths[c]!, "right"))].join(GAP);
  const lines = confusion.map((counts, truth) => {
    const cells = counts.map((count, predicted) => {
      const cell = pad(count === 0 ? "·" : integer(count), widths[predicted]!, "right");
      if (count === 0) return dim(cell);
      return truth === predicted ? green(cell) : yellow(cell);
    });
    return [pad(rows[truth]!, first), ...cells].join(GAP);
  });
  return [dim(header), ...lines].join("\n");
}

function mostFrequent(report: Confusion, terminal: Terminal): string {
  const rows = frequentConfusions(report, MOST_CONFUSIONS).map(({ truth, predicted, rows }) => [
    report.labels[truth]!,
    report.labels[predicted]!,
    integer(rows),
  ]);
  return formatTable({ header: ["true class", "predicted as", "rows"], rows, left: [1] }, terminal);
}
