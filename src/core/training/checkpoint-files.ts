import { TrainingError } from "../errors.ts";
import { safetensorsPieces } from "../models/safetensors.ts";
import type { Weight } from "../models/weights.ts";
import {
  type Checkpoint,
  checkIdentity,
  type TrainingIdentity,
  type TrainingProgress,
} from "./checkpoint.ts";

interface StateFile {
  format: number;
  identity: TrainingIdentity;
  progress: TrainingProgress;
}

/** Of the layout of a checkpoint's files. */
const format = 1;
const files = {
  weights: "model.safetensors",
  best: "best.safetensors",
  optimizer: "optimizer.safetensors",
  state: "state.json",
};

/** The files of a checkpoint by name: weights, the optimizer's state, the best weights where they are others, the counters. */
export function checkpointFiles(
  { progress, weights, optimizer, bestWeights }: Checkpoint,
  identity: TrainingIdentity,
): Map<string, string | readonly Uint8Array[]> {
  const state: StateFile = { format, identity, progress };
  return new Map<string, string | readonly Uint8Array[]>([
    [files.weights, safetensorsPieces(weights)],
    [files.optimizer, safetensorsPieces(flattenState(optimizer))],
    ...(bestWeights ? [[files.best, safetensorsPieces(bestWeights)] as const] : []),
    [files.state, `${JSON.stringify(state)}\n`],
  ]);
}

/** How the files of a checkpoint are read, by name. */
export interface CheckpointReader {
  text(name: string): Promise<string>;
  tensors(name: string): Promise<Map<string, Weight>>;
}

/**
 * Reads a checkpoint whose files are whole.
 *
 * @param place Where it is kept, for the message.
 * @throws TrainingError if it is of another version or another training.
 */
export async function readCheckpoint(
  place: string,
  identity: TrainingIdentity,
  reader: CheckpointReader,
): Promise<Checkpoint> {
  const state = JSON.parse(await reader.text(files.state)) as StateFile;
  if (state.format !== format) {
    throw new TrainingError(`${place} was written by another version of textune; start the training anew`);
  }
  checkIdentity(place, state.identity, identity);
  const weights = await reader.tensors(files.weights);
  const optimizer = unflattenState(await reader.tensors(files.optimizer));
  const { progress } = state;
  const hasBest = progress.bestStep >= 0 && progress.bestStep !== progress.step;
  const bestWeights = hasBest ? await reader.tensors(files.best) : undefined;
  return { progress, weights, optimizer, bestWeights };
}

/** A tensor for each array, named `first/PARAMETER` and so on. */
function flattenState(state: Checkpoint["optimizer"]): Map<string, Weight> {
  return new Map(
    [...state].flatMap(([parameter, arrays]) =>
      Object.entries(arrays).map(
        ([name, values]) => [`${name}/${parameter}`, { shape: [values.length], values }] as const,
      ),
    ),
  );
}

function unflattenState(flat: ReadonlyMap<string, Weight>): Map<string, Record<string, Float32Array>> {
  const state = new Map<string, Record<string, Float32Array>>();
  for (const [key, { values }] of flat) {
    const slash = key.indexOf("/");
    const parameter = key.slice(slash + 1);
    state.set(parameter, { ...state.get(parameter), [key.slice(0, slash)]: values });
  }
  return state;
}
