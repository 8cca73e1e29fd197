import { join } from "node:path";
import { writeFileAtomic } from "../files.ts";
import { renderHtmlReport } from "../report/html-report.ts";
import { writeReport } from "../report/write-report.ts";
import type { HistoryEntry, RunRecord } from "../training/run-record.ts";
import type { ScoredSplit } from "./record.ts";
import { historyLines } from "./run-folder.ts";
import { saveModel } from "./save-model.ts";
import type { ClassifierState } from "./state.ts";

/** A finished training: what happened, and the model it left. */
export class Run {
  /** Everything that the report shows, as plain data. */
  readonly record: RunRecord;
  readonly #state: ClassifierState;
  readonly #scored: readonly ScoredSplit[];

  constructor(record: RunRecord, state: ClassifierState, scored: readonly ScoredSplit[]) {
    this.record = record;
    this.#state = state;
    this.#scored = scored;
  }

  /** Loss and accuracy of every epoch. */
  get history(): readonly HistoryEntry[] {
    return this.record.history;
  }

  /** Writes the report as one self-contained HTML file. @throws OutputError */
  async report(path: string): Promise<void> {
    await writeFileAtomic(path, await renderHtmlReport(this.record));
  }

  /**
   * Writes the run's folder: `history.jsonl`, `metrics.json`, `predictions/SPLIT.jsonl`, the report with its figures
   * and the model.
   *
   * @throws OutputError
   */
  async save(folder: string): Promise<void> {
    await saveModel(this.#state, join(folder, "model"));
    await writeFileAtomic(join(folder, "history.jsonl"), historyLines(this.history));
    for (const split of this.#scored) {
      await writeFileAtomic(join(folder, "predictions", `${split.name}.jsonl`), predictionLines(split));
    }
    await writeReport(this.record, folder);
    await writeFileAtomic(join(folder, "metrics.json"), `${JSON.stringify(this.record, null, 2)}\n`);
  }
}

/** One line a row: class indices and the probability of every class. */
function predictionLines({ logits, labels }: ScoredSplit): string {
  const probabilities = logits.probabilities();
  const predictions = logits.predictions();
  return Array.from(labels, (label, row) => {
    const scores = probabilities.subarray(row * logits.classes, (row + 1) * logits.classes);
    return `${JSON.stringify({ row, label, predicted: predictions[row], probabilities: [...scores] })}\n`;
  }).join("");
}
