import { randomBytes } from "node:crypto";
import { mkdir, readdir, readFile, rename, rm } from "node:fs/promises";
import { join } from "node:path";
import { outputError, writeFileAtomic } from "../../node/files.ts";
import { TrainingError } from "../errors.ts";
import { readSafetensors, writeSafetensors } from "../models/safetensors.ts";
import type { Weight } from "../models/weights-file.ts";
import { findDamage, writeManifest } from "./checkpoint-files.ts";
import type { HistoryEntry } from "./run-record.ts";
import type { Tally } from "./tally.ts";
import type { Moments } from "./vector-operations.ts";

/** Everything that a training needs to go on as if it had never stopped. */
export interface Checkpoint {
  progress: TrainingProgress;
  /** What is trained, by name. */
  weights: ReadonlyMap<string, Weight>;
  /** Adam's, by name. */
  moments: ReadonlyMap<string, Moments>;
  /** The same of the best evaluation so far, where it is kept and is not these weights. */
  bestWeights: ReadonlyMap<string, Weight> | undefined;
}

/** The small part of a checkpoint. */
export interface TrainingProgress {
  /** Updates done. */
  step: number;
  history: HistoryEntry[];
  /** Wall-clock seconds of each entry of the history. */
  seconds: number[];
  /** Of the batches since the last entry, and what they took in seconds. */
  tally: Tally;
  elapsed: number;
  /** Updates done when the best weights were kept; −1 where none are. */
  bestStep: number;
}

/**
 * What a training depends on, by names that a message can show: settings as plain values, data and weights as hashes.
 * Only a training that depends on the same may go on from a checkpoint.
 */
export interface TrainingIdentity {
  settings: Readonly<Record<string, unknown>>;
  hashes: Readonly<Record<string, string>>;
}

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
export class Checkpoints {
  readonly #folder: string;
  readonly #keep: number;
  readonly #identity: TrainingIdentity;

  /** @param options.keep How many of the latest stay. */
  constructor(folder: string, { keep, identity }: { keep: number; identity: TrainingIdentity }) {
    this.#folder = folder;
    this.#keep = keep;
    this.#identity = identity;
  }

  /** @throws OutputError if it can't be written; those before stay. */
  async save({ progress, weights, moments, bestWeights }: Checkpoint): Promise<void> {
    const target = join(this.#folder, `step-${progress.step}`);
    const temporary = `${target}.${randomBytes(4).toString("hex")}.tmp`;
    const state: StateFile = { format, identity: this.#identity, progress };
    try {
      await mkdir(temporary, { recursive: true });
      await writeSafetensors(join(temporary, files.weights), weights);
      await writeSafetensors(join(temporary, files.moments), flattenMoments(moments));
      if (bestWeights) await writeSafetensors(join(temporary, files.best), bestWeights);
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

  /**
   * The last checkpoint that is whole. What is newer is removed: training passes there again.
   *
   * @returns The checkpoint, if there is one, and what is wrong with those that were passed over.
   * @throws TrainingError if it belongs to a training with other settings, data or weights.
   */
  async last(): Promise<{ checkpoint: Checkpoint | undefined; damaged: string[] }> {
    await this.#removeUnfinished();
    const steps = await this.#steps();
    const damaged: string[] = [];
    let checkpoint: Checkpoint | undefined;
    for (const step of steps) {
      const folder = join(this.#folder, `step-${step}`);
      const damage = await findDamage(folder);
      if (damage === undefined) {
        checkpoint = await this.#read(folder);
        break;
      }
      damaged.push(`${folder} is damaged: ${damage}`);
    }
    await this.#remove(steps.slice(0, damaged.length));
    return { checkpoint, damaged };
  }

  /** @throws TrainingError if there are checkpoints already: a training that begins anew would mix with them. */
  async checkEmpty(): Promise<void> {
    if ((await this.#steps()).length === 0) return;
    throw new TrainingError(
      `${this.#folder} holds checkpoints of another training; resume it or remove them`,
    );
  }

  async #read(folder: string): Promise<Checkpoint> {
    const state = JSON.parse(await readFile(join(folder, files.state), "utf8")) as StateFile;
    if (state.format !== format) {
      throw new TrainingError(`${folder} was written by another version of textune; start the training anew`);
    }
    checkIdentity(folder, state.identity, this.#identity);
    const weights = await readSafetensors(join(folder, files.weights));
    const moments = unflattenMoments(await readSafetensors(join(folder, files.moments)));
    const { progress } = state;
    const hasBest = progress.bestStep >= 0 && progress.bestStep !== progress.step;
    const bestWeights = hasBest ? await readSafetensors(join(folder, files.best)) : undefined;
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

/** @throws TrainingError naming what differs. */
function checkIdentity(folder: string, saved: TrainingIdentity, current: TrainingIdentity): void {
  const advice = "resume with what it was started with, or start anew";
  for (const key of namesOf(saved.settings, current.settings)) {
    const [was, is] = [saved.settings[key], current.settings[key]].map(
      (value) => JSON.stringify(value) ?? "unset",
    );
    if (was !== is)
      throw new TrainingError(`can't go on from ${folder}: ${key} was ${was} and is ${is}; ${advice}`);
  }
  for (const key of namesOf(saved.hashes, current.hashes)) {
    if (saved.hashes[key] !== current.hashes[key]) {
      throw new TrainingError(
        `can't go on from ${folder}: ${key} differ from when it was written; ${advice}`,
      );
    }
  }
}

const namesOf = (a: object, b: object): Set<string> => new Set([...Object.keys(a), ...Object.keys(b)]);

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
