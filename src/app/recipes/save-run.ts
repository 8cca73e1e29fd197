import { join } from "node:path";
import type { ScoredSplit } from "../../core/classifier/record.ts";
import type { Run } from "../../core/classifier/run.ts";
import type { Dataset } from "../../core/data/dataset.ts";
import type { RunRecord } from "../../core/training/run-record.ts";
import { saveModel } from "../../node/classifier/save-model.ts";
import { writeFileAtomic } from "../../node/files.ts";
import { outcomeText } from "../report/terminal/outcome.ts";
import { type Terminal, terminalOf } from "../report/terminal/terminal.ts";
import { predictionsPath, type StoredPrediction } from "../runs/predictions.ts";
import { runLayout } from "../runs/run-layout.ts";
import { historyLines } from "./run-folder.ts";

/** Results, scores per class and a few mistakes of a run, as text for a terminal. */
export function runSummary({ record }: Run, terminal: Terminal = terminalOf(process.stdout)): string {
  return outcomeText(record, terminal);
}

/** Writes the report of a run as one self-contained HTML file. @throws OutputError */
export async function writeRunReport({ record }: Run, path: string): Promise<void> {
  const { renderHtmlReport } = await import("../report/html-report.ts");
  await writeFileAtomic(path, (await renderHtmlReport(record)).source);
}

/**
 * Writes a run's folder: `history.jsonl`, `metrics.json`, `predictions/SPLIT.jsonl`, the report with its figures and
 * the model. The report comes last, and a part of it that fails keeps no other from being written.
 *
 * @throws OutputError
 */
export async function saveRun(run: Run, folder: string): Promise<void> {
  await saveResults(run, folder);
  await saveReport(run.record, folder);
}

/**
 * The report of a run, its figures and the model card.
 *
 * @throws OutputError when all is written that can be, naming what could not
 */
export async function saveReport(record: RunRecord, folder: string): Promise<void> {
  // Loaded here, so that who imports textune without drawing anything doesn't wait for charts and their fonts.
  const { writeReport } = await import("../report/write-report.ts");
  await writeReport(record, folder);
}

/** What was trained and measured: safe before the report is drawn. @throws OutputError */
export async function saveResults({ record, splits, model }: Run, folder: string): Promise<void> {
  await saveModel(model, join(folder, runLayout.model));
  await writeFileAtomic(join(folder, runLayout.history), historyLines(record.history));
  for (const split of splits) {
    await writeFileAtomic(predictionsPath(folder, split.name), predictionLines(split));
  }
  await writeFileAtomic(join(folder, runLayout.metrics), `${JSON.stringify(record, null, 2)}\n`);
}

function predictionLines({ dataset, texts, outputs, targets }: ScoredSplit): string {
  const probabilities = outputs.probabilities();
  const { classes } = outputs;
  const genres = genresOf(dataset);
  const lines = outputs.answers().map((predicted, row) => {
    const prediction: StoredPrediction = {
      row,
      texts: texts[row]!,
      genre: genres?.[row],
      label: targets.answer(row),
      predicted,
      probabilities: [...probabilities.subarray(row * classes, (row + 1) * classes)],
    };
    return `${JSON.stringify(prediction)}\n`;
  });
  return lines.join("");
}

/** Column that says where a row comes from, as MultiNLI names it. */
const genreColumn = "genre";

/** Genres by row, unless they are what the model reads or tells apart. */
function genresOf(dataset: Dataset): (string | undefined)[] | undefined {
  if (!dataset.columns.includes(genreColumn)) return undefined;
  if ([...dataset.textColumns, ...dataset.labelColumns].includes(genreColumn)) return undefined;
  const feature = dataset.features[genreColumn]!;
  return dataset.column(genreColumn).map((value) => {
    if (value === null) return undefined;
    return feature.type === "classLabel" ? feature.names[Number(value)] : String(value);
  });
}
