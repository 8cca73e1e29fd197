import { TrainingError } from "../errors.ts";
import type { Weight } from "../models/weights.ts";
import type { ParameterState } from "./optimizers/optimizer.ts";
import type { HistoryEntry } from "./run-record.ts";
import type { Tally } from "./tally.ts";

/** Everything that a training needs to go on as if it had never stopped. */
export interface Checkpoint {
  progress: TrainingProgress;
  /** What is trained, by name. */
  weights: ReadonlyMap<string, Weight>;
  /** What the optimizer remembers of each parameter, by the parameter's name. */
  optimizer: ReadonlyMap<string, ParameterState>;
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

/** Where the checkpoints of one training are kept: a folder, or whatever a host has in its place. */
export interface CheckpointStore {
  /** @throws OutputError if it can't be kept; those before stay. */
  save(checkpoint: Checkpoint, identity: TrainingIdentity): Promise<void>;
  /**
   * The last checkpoint that is whole. What is newer is removed: training passes there again.
   *
   * @returns The checkpoint, if there is one, and what is wrong with those that were passed over.
   * @throws TrainingError if it belongs to a training with other settings, data or weights.
   */
  last(identity: TrainingIdentity): Promise<{ checkpoint: Checkpoint | undefined; damaged: string[] }>;
  /** @throws TrainingError if there are checkpoints already: a training that begins anew would mix with them. */
  checkEmpty(): Promise<void>;
}

/**
 * Holds a checkpoint to the training that is to go on from it.
 *
 * @param place Of the checkpoint, for the message.
 * @throws TrainingError naming what differs.
 */
export function checkIdentity(place: string, saved: TrainingIdentity, current: TrainingIdentity): void {
  const advice = "resume with what it was started with, or start anew";
  for (const key of namesOf(saved.settings, current.settings)) {
    const [was, is] = [saved.settings[key], current.settings[key]].map(
      (value) => JSON.stringify(value) ?? "unset",
    );
    if (was !== is)
      throw new TrainingError(`can't go on from ${place}: ${key} was ${was} and is ${is}; ${advice}`);
  }
  for (const key of namesOf(saved.hashes, current.hashes)) {
    if (saved.hashes[key] !== current.hashes[key]) {
      throw new TrainingError(`can't go on from ${place}: ${key} differ from when it was written; ${advice}`);
    }
  }
}

const namesOf = (a: object, b: object): Set<string> => new Set([...Object.keys(a), ...Object.keys(b)]);
