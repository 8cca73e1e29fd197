import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { stringify } from "yaml";
import { OutputError } from "../errors.ts";
import { outputError, writeFileAtomic } from "../files.ts";
import type { HistoryEntry } from "../training/run-record.ts";

/** The folder of a run: `runs/NAME/` holds the recipe, the history, the metrics, the report and the model. */
export class RunFolder {
  readonly path: string;

  private constructor(path: string) {
    this.path = path;
  }

  /**
   * The folder of a new run. Nothing is written yet.
   *
   * @throws OutputError if there is something in it already and `overwrite` is not set.
   */
  static async claim(path: string, { overwrite }: { overwrite: boolean }): Promise<RunFolder> {
    const present = await readdir(path).catch((error: NodeJS.ErrnoException) => {
      if (error.code === "ENOENT") return [];
      throw outputError(path, error);
    });
    if (present.length > 0 && !overwrite) {
      throw new OutputError(`${path} is not empty; choose another folder with --output, or give --overwrite`);
    }
    return new RunFolder(path);
  }

  /** Writes the resolved recipe, every key. */
  async writeRecipe(recipe: Record<string, unknown>): Promise<void> {
    await writeFileAtomic(join(this.path, "recipe.yaml"), stringify(recipe));
  }

  /** Writes `history.jsonl` after every evaluation, so that a run that is stopped leaves what it finished. */
  async writeHistory(history: readonly HistoryEntry[]): Promise<void> {
    await writeFileAtomic(join(this.path, "history.jsonl"), historyLines(history));
  }
}

/** `history.jsonl`: one JSON object a line, the same bytes for the same run. */
export function historyLines(history: readonly HistoryEntry[]): string {
  return history.map((entry) => `${JSON.stringify(entry)}\n`).join("");
}
