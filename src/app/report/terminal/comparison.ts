import stringWidth from "string-width";
import { sameAnswer } from "../../../core/data/targets.ts";
import { percent } from "../../../core/format.ts";
import type {
  Comparison,
  Disagreement,
  MismatchComparison,
  PairedRuns,
  SplitComparison,
} from "../../runs/comparison.ts";
import { answerText } from "../answer-format.ts";
import { measureGroups } from "../comparison-measures.ts";
import {
  isMoreThanChance,
  points,
  pValue,
  settingText,
  signed,
  testNote,
  verdict,
} from "../comparison-summary.ts";
import { formatTable } from "./table.ts";
import { cut, cutMiddle, oneLine, type Terminal, wrap } from "./terminal.ts";

/** Columns that a run's name or value may take, and those kept for what the values are. */
const LONGEST_VALUE = 24;
const FIRST_COLUMN = 16;

/** Disagreements shown of each kind, of a comparison of two runs. */
const disagreementsShown = 3;

/** A comparison as the terminal shows it: the runs' numbers, what sets them apart, and who is better. */
export function comparisonText(comparison: Comparison, terminal: Terminal): string {
  const { splits, mismatch } = comparison;
  const tested = splits.some(({ pairs }) => pairs.some((pair) => pair.paired));
  return [
    ...measureTables(comparison, terminal),
    settings(comparison, terminal),
    ...splits.map((split) => splitText(comparison, split, terminal)),
    ...(mismatch ? [mismatchTable(comparison, mismatch, terminal)] : []),
    ...(tested ? [terminal.colours.dim(wrap(testNote, terminal))] : []),
  ].join("\n\n");
}

const value = (text: string | undefined): string => cutMiddle(oneLine(text ?? "–"), LONGEST_VALUE);

/** Runs side by side; those for which the terminal has no room follow below. */
function measureTables(comparison: Comparison, terminal: Terminal): string[] {
  const { bold, green } = terminal.colours;
  const perTable = Math.max(1, Math.floor((terminal.width - FIRST_COLUMN) / (LONGEST_VALUE + 2)));
  const runs = [...comparison.runs.keys()];
  const blocks = runs.filter((i) => i % perTable === 0).map((i) => runs.slice(i, i + perTable));
  const lines = measureGroups(comparison).flatMap(({ title, measures }) => [
    { name: title, values: [], best: [], isTitle: true },
    ...measures.map((measure) => ({ ...measure, isTitle: false })),
  ]);
  return blocks.map((block) =>
    formatTable(
      {
        header: ["", ...block.map((run) => value(comparison.runs[run]!.name))],
        rows: lines.map(({ name, values, isTitle }) =>
          isTitle ? [name] : [name, ...block.map((run) => value(values[run]))],
        ),
        style: (cell, row, column) => {
          if (lines[row]!.isTitle) return bold(cell);
          return column > 0 && lines[row]!.best[block[column - 1]!] ? green(cell) : cell;
        },
      },
      terminal,
    ),
  );
}

function settings({ runs, differences }: Comparison, terminal: Terminal): string {
  const { bold, dim } = terminal.colours;
  const title = bold("What sets them apart");
  if (differences.length === 0) return `${title}\n  nothing: all settings are the same`;
  const lines = differences.flatMap(({ key, values }) => [
    dim(`  ${key}`),
    ...values.map((setting, i) =>
      cut(`    ${oneLine(runs[i]!.name)}: ${oneLine(settingText(setting))}`, terminal.width),
    ),
  ]);
  return [title, ...lines].join("\n");
}

function splitText(comparison: Comparison, split: SplitComparison, terminal: Terminal): string {
  const { bold } = terminal.colours;
  const [pair, ...others] = split.pairs;
  const name = oneLine(split.split);
  if (!pair) return `${bold(name)}\n  only one of the runs was evaluated on it`;
  if (others.length > 0) return [bold(name), ...pairLines(comparison, split, terminal)].join("\n");
  const { headline, sentences } = verdict(comparison, split, pair);
  return [
    bold(oneLine(headline)),
    ...sentences.map((sentence) => wrap(sentence, terminal, "  ")),
    ...(pair.paired ? disagreementLines(comparison, pair, terminal) : []),
  ].join("\n");
}

/** Every two of more than two runs. */
function pairLines({ runs }: Comparison, { pairs }: SplitComparison, terminal: Terminal): string[] {
  const { green, dim } = terminal.colours;
  return pairs.flatMap((pair) => {
    const names = wrap(`${runs[pair.first]!.name} less ${runs[pair.second]!.name}`, terminal, "  ");
    if (!pair.paired) return [names, dim(wrap(`not paired: ${pair.reason}`, terminal, "    "))];
    const { difference, interval } = pair.result;
    const found = `${points(difference)}, 95% bootstrap interval ${signed(interval.low)} to ${signed(interval.high)}; McNemar, adjusted by Holm: ${pValue(pair.adjustedPValue)}`;
    return [
      names,
      isMoreThanChance(pair)
        ? green(wrap(`${found}: more than chance`, terminal, "    "))
        : wrap(`${found}: can be chance`, terminal, "    "),
    ];
  });
}

/** Where two runs disagree: what each says, and the text. */
function disagreementLines({ runs }: Comparison, pair: PairedRuns, terminal: Terminal): string[] {
  const { dim, green, yellow } = terminal.colours;
  const [first, second] = [runs[pair.first]!, runs[pair.second]!];
  const { labels } = first.record;
  const lines = ({ label, predicted, probabilities, texts }: Disagreement) => {
    const answers = predicted.map(
      (answer, i) =>
        `${sameAnswer(answer, label) ? "✓ " : ""}${cut(oneLine(answerText(answer, labels)), 28)} ${percent(probabilities[i]!)}`,
    );
    const room = Math.max(20, terminal.width - 9 - stringWidth(answers.join("")));
    const coloured = answers.map((answer, i) => (sameAnswer(predicted[i]!, label) ? green : yellow)(answer));
    return `    ${coloured.join(" : ")}  ${cut(oneLine(texts.join(" | ")), room)}`;
  };
  const rows = [pair.onlyFirstRight, pair.onlySecondRight].flatMap((list) =>
    list.slice(0, disagreementsShown),
  );
  if (rows.length === 0) return [];
  const title = `Where they disagree, for example (${first.name} : ${second.name})`;
  return [dim(wrap(title, terminal, "  ")), ...rows.map(lines)];
}

function mismatchTable(
  { runs }: Comparison,
  { matched, mismatched, runs: scores }: MismatchComparison,
  terminal: Terminal,
): string {
  const { bold } = terminal.colours;
  const rows = scores.flatMap((score, i) =>
    score === null
      ? []
      : [
          [
            cutMiddle(oneLine(runs[i]!.name), LONGEST_VALUE),
            percent(score.matched),
            percent(score.mismatched),
            points(score.difference),
            `${signed(score.low)} to ${signed(score.high)}`,
          ],
        ],
  );
  return [
    bold(wrap(`${matched} against ${mismatched}`, terminal)),
    formatTable({ header: ["", "matched", "mismatched", "difference", "95% interval"], rows }, terminal),
  ].join("\n");
}
