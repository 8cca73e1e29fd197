import { bytes, duration } from "../../../core/format.ts";
import type { RunRecord } from "../../../core/training/run-record.ts";
import { keptText } from "../best-checkpoint.ts";
import { solutionText } from "../solution.ts";
import { findingLines, mistakeLines, perClassTable, resultLines } from "./evaluation.ts";
import { type Terminal, wrap } from "./terminal.ts";

/** Mistakes shown in the terminal; the report has more. */
const mistakesShown = 5;

/** How a run went: which weights were kept, results beside the majority baseline, scores per class, a few mistakes, findings, time. */
export function outcomeText(record: RunRecord, terminal: Terminal): string {
  const { bold, dim } = terminal.colours;
  const last = record.evaluations.at(-1);
  const { total, encoding, peakMemory } = record.timing;
  const kept = keptText(record);
  const solved = solutionText(record);
  const sections = [
    ...[solved, kept].flatMap((text) => (text === undefined ? [] : [wrap(text, terminal)])),
    ...record.evaluations.map((evaluation) => resultLines(evaluation, terminal)),
    ...(last ? [perClassTable(last.report, terminal)] : []),
    ...(last && last.mistakes.length > 0
      ? [
          `${bold("Most confident mistakes")}\n${mistakeLines(last.mistakes.slice(0, mistakesShown), record.labels, terminal)}`,
        ]
      : []),
    ...(record.findings.length > 0 ? [findingLines(record.findings, terminal)] : []),
    dim(
      wrap(
        `${duration(total)} in all${encoding === undefined ? "" : `, ${duration(encoding)} of it encoding`}${peakMemory === undefined ? "" : ` · peak memory ${bytes(peakMemory)}`}`,
        terminal,
      ),
    ),
  ];
  return sections.join("\n\n");
}
