import { readdir, readFile, rm } from "node:fs/promises";
import { join } from "node:path";
import { parse as parseYaml, stringify } from "yaml";
import { ConfigError, OutputError } from "../../core/errors.ts";
import type { HistoryEntry } from "../../core/training/run-record.ts";
import { outputError, writeFileAtomic } from "../../node/files.ts";
import { isResult, runLayout } from "../runs/run-layout.ts";
import { upkeepKeys } from "../runs/settings.ts";
import type { Recipe } from "./recipe.ts";

/** Where a run without `output` goes, and its name there. */
export interface RunPlace {
  name: string;
  path: string;
  /** Why it is not `runs/NAME`. */
  note?: string;
}

/**
 * `runs/NAME`, or the first of `runs/NAME-2`, `runs/NAME-3`, … that is free: a run never stands in the way of another.
 *
 * @param recipe Its `output` is taken as it is; with `resume` or `overwrite` an earlier run is meant.
 */
export async function placeOfRun(name: string, recipe: Recipe): Promise<RunPlace> {
  const plain = join("runs", name);
  if (recipe.output !== undefined) return { name, path: recipe.output };
  if (recipe.resume || recipe.overwrite || (await isFree(plain))) return { name, path: plain };
  let number = 2;
  while (!(await isFree(`${plain}-${number}`))) number += 1;
  const path = `${plain}-${number}`;
  const present = await readdir(plain).catch((): string[] => []);
  const isUnfinished = present.includes(runLayout.recipe) && !present.includes(runLayout.metrics);
  const found = isUnfinished
    ? "holds an unfinished run (--resume goes on with it)"
    : "is not empty (--overwrite replaces it)";
  return { name: `${name}-${number}`, path, note: `${plain} ${found}: this run goes to ${path}` };
}

async function isFree(path: string): Promise<boolean> {
  try {
    return (await readdir(path)).length === 0;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === "ENOENT";
  }
}

/** The folder of a run, `runs/NAME/`; what it holds, see `runLayout`. */
export class RunFolder {
  readonly path: string;
  readonly #recipe: Recipe;
  /** Entries of the folder that are an earlier run's, and are in the way of this one. */
  readonly #old: readonly string[];

  private constructor(path: string, recipe: Recipe, old: readonly string[]) {
    this.path = path;
    this.#recipe = recipe;
    this.#old = old;
  }

  /**
   * The folder of a new run, or of the one to resume. Nothing is written yet.
   *
   * @throws OutputError if there is something in it already, and neither `overwrite` nor `resume` is set.
   * @throws ConfigError if the run to resume is finished, or was started with another recipe.
   */
  static async claim(path: string, recipe: Recipe): Promise<RunFolder> {
    const present = await readdir(path).catch((error: NodeJS.ErrnoException): string[] => {
      if (error.code === "ENOENT") return [];
      throw outputError(path, error);
    });
    const isFinished = present.includes(runLayout.metrics);
    const isRun = present.includes(runLayout.recipe);
    if (recipe.resume && isFinished) {
      throw new ConfigError(
        `${path} holds a finished run: there is nothing to resume; --overwrite trains it anew, textune report ${path} writes its report again`,
      );
    }
    if (recipe.resume && isRun) await checkRecipe(path, recipe);
    else if (present.length > 0 && !recipe.overwrite) {
      const resume = isRun && !isFinished ? "give --resume to go on with the run in it, " : "";
      throw new OutputError(
        `${path} is not empty; ${resume}choose another folder with --output, or give --overwrite`,
      );
    }
    // A folder that is not a run's may hold a `model` that is none of our business.
    const old = isRun && !recipe.resume ? present.filter((name) => isResult(name)) : [];
    return new RunFolder(path, recipe, old);
  }

  get checkpoints(): string {
    return join(this.path, runLayout.checkpoints);
  }

  /** Clears away what an earlier run left and this one doesn't go on with, and writes the resolved recipe, every key. */
  async begin(): Promise<void> {
    for (const name of this.#old) await rm(join(this.path, name), { recursive: true, force: true });
    await this.#removeUnfinished();
    await writeFileAtomic(join(this.path, runLayout.recipe), stringify(this.#recipe));
  }

  /** Writes `history.jsonl` after every evaluation, so that a run that is stopped leaves what it finished. */
  async writeHistory(history: readonly HistoryEntry[]): Promise<void> {
    await writeFileAtomic(join(this.path, runLayout.history), historyLines(history));
  }

  /** Removes what a process that was killed had not finished writing: files, and folders of checkpoints. */
  async #removeUnfinished(): Promise<void> {
    const names = await readdir(this.path, { recursive: true }).catch(() => []);
    const unfinished = names.filter((name) => /\.[0-9a-f]{8}\.tmp$/.test(name));
    for (const name of unfinished) await rm(join(this.path, name), { recursive: true, force: true });
  }
}

/** @throws ConfigError if a key that matters differs from the recipe that the run was started with. */
async function checkRecipe(path: string, recipe: Recipe): Promise<void> {
  const difference = await recipeDifference(path, recipe);
  if (difference === undefined) return;
  throw new ConfigError(
    `${path} can't be resumed: ${difference}; give what the run was started with (${join(path, runLayout.recipe)}), or --overwrite`,
  );
}

/**
 * How a recipe differs from the one that the run in a folder was started with, in the first key that decides what
 * the run results in: `epochs was 5 and is 20`.
 */
export async function recipeDifference(path: string, recipe: Recipe): Promise<string | undefined> {
  const saved: unknown = parseYaml(await readFile(join(path, runLayout.recipe), "utf8"));
  const [was, is] = [saved as Record<string, unknown>, { ...recipe } as Record<string, unknown>];
  for (const key of new Set([...Object.keys(was), ...Object.keys(is)])) {
    const [before, now] = [was[key], is[key]].map((value) => JSON.stringify(value) ?? "unset");
    if (before !== now && !upkeepKeys.has(key)) return `${key} was ${before} and is ${now}`;
  }
  return undefined;
}

/** `history.jsonl`: one JSON object a line, the same bytes for the same run. */
export function historyLines(history: readonly HistoryEntry[]): string {
  return history.map((entry) => `${JSON.stringify(entry)}\n`).join("");
}
