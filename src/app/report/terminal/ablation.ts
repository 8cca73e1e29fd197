import { duration, integer, percent } from "../../../core/format.ts";
import type { AblationResult } from "../../runs/ablation-result.ts";
import {
  ablationNote,
  ablationScores,
  againstBaseText,
  cachedNote,
  changeText,
  sharedWarnings,
  type VariantScore,
  variantNames,
  warningName,
} from "../ablation-summary.ts";
import { accuracyName } from "../answer-format.ts";
import { formatTable } from "./table.ts";
import { oneLine, type Terminal, wrap } from "./terminal.ts";

/** An ablation as the terminal shows it: one table a split, what each change does, and the warnings in full. */
export function ablationText(result: AblationResult, terminal: Terminal): string {
  const { bold, dim } = terminal.colours;
  const notes = [cachedNote(result), ablationNote].filter((note) => note !== undefined);
  return [
    bold(wrap(result.title, terminal)),
    ...ablationScores(result).map(({ split, scores }) => scoreTable(split, scores, terminal)),
    notes.map((note) => dim(wrap(note, terminal))).join("\n"),
    ...variantTexts(result, terminal),
    ...warningTexts(result, terminal),
  ].join("\n\n");
}

function scoreTable(split: string, scores: VariantScore[], terminal: Terminal): string {
  const { bold, green, yellow } = terminal.colours;
  const columns = ["train", accuracyName(scores[0]!.variant.record.task), "macro-F1", "loss", "time"];
  const warned = columns.length + 1;
  const table = formatTable(
    {
      header: ["variant", ...columns, "warnings"],
      left: [warned],
      rows: scores.map(({ variant, trainAccuracy, accuracy, macroF1, loss, warnings }) => [
        variant.name,
        trainAccuracy === undefined ? "–" : percent(trainAccuracy),
        percent(accuracy),
        percent(macroF1),
        loss.toFixed(3),
        duration(variant.record.timing.total),
        warnings.map(warningName).join(", ") || "–",
      ]),
      style: (cell, row, column) => {
        const { ownWarnings } = scores[row]!;
        if (column === warned) return ownWarnings.length > 0 ? yellow(cell) : cell;
        if (column !== 2) return cell;
        return ownWarnings.length > 0 ? yellow(cell) : green(cell);
      },
    },
    terminal,
  );
  return `${bold(`On ${oneLine(split)}`)}\n${table}`;
}

function variantTexts(result: AblationResult, terminal: Terminal): string[] {
  const { bold, dim } = terminal.colours;
  const [{ scores }] = [ablationScores(result)[0] ?? { scores: [] }];
  return result.variants.map(({ name, question, changes, againstBase }) => {
    const score = scores.find(({ variant }) => variant.name === name);
    return [
      `${bold(name)}${question === undefined ? "" : dim(`  ${oneLine(question)}`)}`,
      ...(changes.length > 0 ? [wrap(changes.map(changeText).join(", "), terminal, "  ")] : []),
      ...(score ? [wrap(scoreText(score), terminal, "  ")] : []),
      ...againstBase.map(({ split, pair }) => wrap(againstBaseText(split, pair), terminal, "  ")),
    ].join("\n");
  });
}

const scoreText = ({ accuracy, low, high, rows }: VariantScore): string =>
  `${percent(accuracy)} of ${integer(rows)} rows right, 95% interval ${percent(low)} to ${percent(high)}`;

function warningTexts(result: AblationResult, terminal: Terminal): string[] {
  const { bold, yellow } = terminal.colours;
  return sharedWarnings(result).map(({ finding: { found, why, advice }, names }) =>
    [
      `${yellow(bold("warning"))}  ${oneLine(variantNames(result, names))}`,
      ...[found, why, `→ ${advice}`].map((text) => wrap(text, terminal, "  ")),
    ].join("\n"),
  );
}
