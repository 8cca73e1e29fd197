import { join } from "node:path";
import type { ScoredSplit } from "../../core/classifier/record.ts";
import type { Run } from "../../core/classifier/run.ts";
import type { Dataset } from "../../core/data/dataset.ts";
import { saveModel } from "../../node/classifier/save-model.ts";
import { writeFileAtomic } from "../../node/files.ts";
import { outcomeText } from "../report/terminal/outcome.ts";
import { type Terminal, terminalOf } from "../report/terminal/terminal.ts";
import { predictionsPath, type StoredPrediction } from "../runs/predictions.ts";
import { historyLines } from "./run-folder.ts";

/** Results, scores per class and a few mistakes of a run, as text for a terminal. */
export function runSummary({ record }: Run, terminal: Terminal = terminalOf(process.stdout)): string {
  return outcomeText(record, terminal);
}

/** Writes the report of a run as one self-contained HTML file. @throws OutputError */
export async function writeRunReport({ record }: Run, path: string): Promise<void> {
  const { renderHtmlReport } = await import("../report/html-report.ts");
  await writeFileAtomic(path, await renderHtmlReport(record));
}

/**
 * Writes a run's folder: `history.jsonl`, `metrics.json`, `predictions/SPLIT.jsonl`, the report with its figures and
 * the model. The report comes last, and a part of it that fails keeps no other from being written.
 *
 * @throws OutputError
 */
export async function saveRun({ record, splits, model }: Run, folder: string): Promise<void> {
  await saveModel(model, join(folder, "model"));
  await writeFileAtomic(join(folder, "history.jsonl"), historyLines(record.history));
  for (const split of splits) {
    await writeFileAtomic(predictionsPath(folder, split.name), predictionLines(split));
  }
  await writeFileAtomic(join(folder, "metrics.json"), `${JSON.stringify(record, null, 2)}\n`);
  // Last: what was trained and measured is safe when the report can't be drawn.
  const { writeReport } = await import("../report/write-report.ts");
  await writeReport(record, folder);
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
