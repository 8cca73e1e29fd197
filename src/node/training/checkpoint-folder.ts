import { randomBytes } from "node:crypto";
import { mkdir, readdir, readFile, rename, rm } from "node:fs/promises";
import { join } from "node:path";
import { TrainingError } from "../../core/errors.ts";
import type { Checkpoint, CheckpointStore, TrainingIdentity } from "../../core/training/checkpoint.ts";
import { checkpointFiles, readCheckpoint } from "../../core/training/checkpoint-files.ts";
import { outputError, writeFileAtomic } from "../files.ts";
import { readSafetensorsFile } from "../weights/safetensors-file.ts";
import { findDamage, writeManifest } from "./checkpoint-manifest.ts";

const folderPattern = /^step-(\d+)$/;

/**
 * The checkpoints of one training: a folder `step-N` each, with the weights, Adam's moments, the counters and the
 * history so far, and a manifest. It is written under another name and renamed, so a folder of that name is whole
 * unless the disk damaged it, which the manifest shows.
 */
export class CheckpointFolder implements CheckpointStore {
  readonly #folder: string;
  readonly #keep: number;

  /** @param options.keep How many of the latest stay. @default 2 */
  constructor(folder: string, { keep = 2 }: { keep?: number } = {}) {
    this.#folder = folder;
    this.#keep = keep;
  }

  async save(checkpoint: Checkpoint, identity: TrainingIdentity): Promise<void> {
    const target = join(this.#folder, `step-${checkpoint.progress.step}`);
    const temporary = `${target}.${randomBytes(4).toString("hex")}.tmp`;
    try {
      await mkdir(temporary, { recursive: true });
      for (const [name, content] of checkpointFiles(checkpoint, identity)) {
        await writeFileAtomic(join(temporary, name), content);
      }
      await writeManifest(temporary);
      await rm(target, { recursive: true, force: true });
      await rename(temporary, target);
    } catch (error) {
      await rm(temporary, { recursive: true, force: true }).catch(() => {});
      throw outputError(target, error);
    }
    await this.#remove((await this.#steps()).slice(this.#keep));
  }

  async last(identity: TrainingIdentity): Promise<{ checkpoint: Checkpoint | undefined; damaged: string[] }> {
    await this.#removeUnfinished();
    const steps = await this.#steps();
    const damaged: string[] = [];
    let checkpoint: Checkpoint | undefined;
    for (const step of steps) {
      const folder = join(this.#folder, `step-${step}`);
      const damage = await findDamage(folder);
      if (damage === undefined) {
        checkpoint = await readCheckpoint(folder, identity, {
          text: (name) => readFile(join(folder, name), "utf8"),
          tensors: (name) => readSafetensorsFile(join(folder, name)),
        });
        break;
      }
      damaged.push(`${folder} is damaged: ${damage}`);
    }
    await this.#remove(steps.slice(0, damaged.length));
    return { checkpoint, damaged };
  }

  async checkEmpty(): Promise<void> {
    if ((await this.#steps()).length === 0) return;
    throw new TrainingError(
      `${this.#folder} holds checkpoints of another training; resume it or remove them`,
    );
  }

  /** Of the checkpoints there are, the latest first. */
  async #steps(): Promise<number[]> {
    const names = await this.#names();
    const steps = names.flatMap((name) => folderPattern.exec(name)?.[1] ?? []).map(Number);
    return steps.sort((a, b) => b - a);
  }

  async #names(): Promise<string[]> {
    return readdir(this.#folder).catch((error: NodeJS.ErrnoException) => {
      if (error.code === "ENOENT") return [];
      throw outputError(this.#folder, error);
    });
  }

  async #remove(steps: readonly number[]): Promise<void> {
    for (const step of steps) await rm(join(this.#folder, `step-${step}`), { recursive: true, force: true });
  }

  /** What a process that was killed had not finished writing. */
  async #removeUnfinished(): Promise<void> {
    for (const name of await this.#names()) {
      if (name.endsWith(".tmp")) await rm(join(this.#folder, name), { recursive: true, force: true });
    }
  }
}
