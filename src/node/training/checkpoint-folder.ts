import { randomBytes } from "node:crypto";
import { mkdir, readdir, readFile, rename, rm } from "node:fs/promises";
import { join } from "node:path";
import { TrainingError } from "../../core/errors.ts";
import type { Weight } from "../../core/models/weights.ts";
import {
  type Checkpoint,
  type CheckpointStore,
  checkIdentity,
  type TrainingIdentity,
  type TrainingProgress,
} from "../../core/training/checkpoint.ts";
import type { Moments } from "../../core/training/vector-operations.ts";
import { outputError, writeFileAtomic } from "../files.ts";
import { readSafetensorsFile, writeSafetensorsFile } from "../weights/safetensors-file.ts";
import { findDamage, writeManifest } from "./checkpoint-manifest.ts";

interface StateFile {
  format: number;
  identity: TrainingIdentity;
  progress: TrainingProgress;
}

/** Of the layout of a checkpoint's folder. */
const format = 1;
const files = {
  weights: "model.safetensors",
  best: "best.safetensors",
  moments: "optimizer.safetensors",
  state: "state.json",
};
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

  async save(
    { progress, weights, moments, bestWeights }: Checkpoint,
    identity: TrainingIdentity,
  ): Promise<void> {
    const target = join(this.#folder, `step-${progress.step}`);
    const temporary = `${target}.${randomBytes(4).toString("hex")}.tmp`;
    const state: StateFile = { format, identity, progress };
    try {
      await mkdir(temporary, { recursive: true });
      await writeSafetensorsFile(join(temporary, files.weights), weights);
      await writeSafetensorsFile(join(temporary, files.moments), flattenMoments(moments));
      if (bestWeights) await writeSafetensorsFile(join(temporary, files.best), bestWeights);
      await writeFileAtomic(join(temporary, files.state), `${JSON.stringify(state)}\n`);
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
        checkpoint = await this.#read(folder, identity);
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

  async #read(folder: string, identity: TrainingIdentity): Promise<Checkpoint> {
    const state = JSON.parse(await readFile(join(folder, files.state), "utf8")) as StateFile;
    if (state.format !== format) {
      throw new TrainingError(`${folder} was written by another version of textune; start the training anew`);
    }
    checkIdentity(folder, state.identity, identity);
    const weights = await readSafetensorsFile(join(folder, files.weights));
    const moments = unflattenMoments(await readSafetensorsFile(join(folder, files.moments)));
    const { progress } = state;
    const hasBest = progress.bestStep >= 0 && progress.bestStep !== progress.step;
    const bestWeights = hasBest ? await readSafetensorsFile(join(folder, files.best)) : undefined;
    return { progress, weights, moments, bestWeights };
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

function flattenMoments(moments: ReadonlyMap<string, Moments>): Map<string, Weight> {
  const flat = new Map<string, Weight>();
  for (const [name, { first, second }] of moments) {
    flat.set(`first/${name}`, { shape: [first.length], values: first });
    flat.set(`second/${name}`, { shape: [second.length], values: second });
  }
  return flat;
}

function unflattenMoments(flat: ReadonlyMap<string, Weight>): Map<string, Moments> {
  const names = [...flat.keys()].flatMap((key) => /^first\/(.*)$/.exec(key)?.[1] ?? []);
  return new Map(
    names.map((name) => {
      const [first, second] = [flat.get(`first/${name}`)!.values, flat.get(`second/${name}`)!.values];
      return [name, { first, second }];
    }),
  );
}
