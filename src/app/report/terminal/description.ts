import stringWidth from "string-width";
import { counted, integer } from "../../../core/format.ts";
import type { DatasetDescription, SplitDescription } from "../../../core/profiling/description.ts";
import type { Finding } from "../../../core/training/run-record.ts";
import { rowsBySizeText } from "../answer-format.ts";
import { duplicateLine, lengthTables, overlapLine, vocabularyLines } from "../description-tables.ts";
import { labelBars } from "./bars.ts";
import { findingLines } from "./evaluation.ts";
import { lengthBars } from "./lengths.ts";
import { formatTable } from "./table.ts";
import { cut, oneLine, type Terminal, wrap } from "./terminal.ts";

/** Classes whose bars and samples are shown. */
const MOST_BARS = 20;
const MOST_SAMPLED = 8;
/** Pairs of classes that are listed. */
const MOST_PAIRS = 5;

/** What a dataset holds, for the terminal: every split, what they share, and what to be wary of. */
export function describeText(
  { splits, comparisons }: DatasetDescription,
  findings: readonly Finding[],
  terminal: Terminal,
): string {
  const { bold, green } = terminal.colours;
  const sections = splits.map((split) => describeSplit(split, terminal));
  if (comparisons.length > 0) {
    const lines = comparisons.map((comparison) => wrap(overlapLine(comparison), terminal, "  "));
    sections.push([bold("Between the splits"), ...lines].join("\n"));
  }
  sections.push(
    findings.length > 0
      ? `${bold("Findings")}\n${findingLines([...findings], terminal)}`
      : green("Nothing to warn of."),
  );
  return sections.join("\n\n");
}

function describeSplit(split: SplitDescription, terminal: Terminal): string {
  const { bold, dim } = terminal.colours;
  const { name, source, rows, labels, labelProblem, tokens } = split;
  const columns = split.columns.map(({ name, type, missing }) => {
    const role = split.textColumns.includes(name)
      ? "text"
      : split.labelColumns?.includes(name)
        ? "classes"
        : "";
    return [oneLine(name), type, role, missing === 0 ? "" : `${integer(missing)} empty`];
  });
  const shownLengths = tokens ? tokens.lengths.bins : split.texts[0]!.words.bins;
  const title = `${oneLine(name)}: ${counted(rows, "row")}`;
  const room = terminal.width - stringWidth(title) - 2;
  const lengths = lengthTables(split).map(({ of, units, rows }) =>
    [
      bold(of === undefined ? "Lengths" : `Lengths of ${cut(oneLine(of), 30)}`),
      formatTable({ header: ["", ...units], rows }, terminal),
    ].join("\n"),
  );
  return [
    room < 20 ? bold(title) : `${bold(title)}  ${dim(cut(oneLine(source), room))}`,
    formatTable({ header: ["column", "type", "is", "missing"], rows: columns, left: [1, 2] }, terminal),
    labels
      ? `${bold("Classes")}\n${classBars(labels, rows, terminal)}`
      : labelProblem
        ? wrap(`The column “${split.labelColumns?.join(", ")}” holds no classes: ${labelProblem}.`, terminal)
        : "No column of classes.",
    ...lengths,
    `${bold(tokens ? `Tokens per row (${cut(oneLine(tokens.model), terminal.width - 17)})` : "Words per row")}\n${lengthBars(shownLengths, { limit: tokens?.limit }, terminal)}`,
    [
      ...vocabularyLines(split).map((line) => wrap(line, terminal)),
      wrap(duplicateLine(split), terminal),
    ].join("\n"),
    ...(split.samples.length > 0 ? [`${bold("Samples")}\n${sampleLines(split, terminal)}`] : []),
  ].join("\n\n");
}

function classBars(
  { names, counts, missing, sets }: NonNullable<SplitDescription["labels"]>,
  rows: number,
  terminal: Terminal,
) {
  const order = names.map((_, i) => i);
  if (names.length > MOST_BARS) order.sort((a, b) => counts[b]! - counts[a]!);
  const shown = order.slice(0, MOST_BARS);
  const bars = labelBars(
    shown.map((i) => names[i]!),
    shown.map((i) => counts[i]!),
    terminal,
    sets ? rows : counts.reduce((sum, count) => sum + count, 0),
  );
  const rest = order.slice(MOST_BARS);
  const lines = [bars];
  if (rest.length > 0) {
    const rarest = rest.at(-1)!;
    lines.push(
      `and ${integer(rest.length)} more classes down to “${oneLine(names[rarest]!)}” with ${counted(counts[rarest]!, "row")}`,
    );
  }
  if (sets) {
    lines.push(wrap(rowsBySizeText(sets.rowsBySize), terminal));
    const pairs = sets.together.slice(0, MOST_PAIRS);
    const list = pairs.map(({ labels, rows }) => `${labels.join(" + ")} (${integer(rows)})`);
    if (list.length > 0) lines.push(wrap(`most often together: ${list.join(", ")}`, terminal));
  }
  if (missing > 0) lines.push(`${counted(missing, "row")} without a label`);
  return lines.join("\n");
}

function sampleLines({ samples, labels }: SplitDescription, terminal: Terminal): string {
  const { dim, cyan } = terminal.colours;
  const none = labels?.sets ? "no class" : "no label";
  return samples
    .slice(0, MOST_SAMPLED)
    .flatMap(({ label, rows }) => [
      cyan(label === undefined ? none : cut(oneLine(label), 40)),
      ...rows.map(({ row, texts }) => {
        const number = `  ${dim(`row ${row}`)}  `;
        const room = Math.max(20, terminal.width - `  row ${row}  `.length);
        return number + (cut(oneLine(texts.join(" | ")), room) || dim("(empty)"));
      }),
    ])
    .join("\n");
}
