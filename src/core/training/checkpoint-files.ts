import { TrainingError } from "../errors.ts";
import { safetensorsPieces } from "../models/safetensors.ts";
import type { Weight } from "../models/weights.ts";
import {
  type Checkpoint,
  checkIdentity,
  type TrainingIdentity,
  type TrainingProgress,
} from "./checkpoint.ts";
import type { Moments } from "./vector-operations.ts";

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
  moments: "optimizer.safetensors",
  state: "state.json",
};

/** The files of a checkpoint by name: weights, Adam's moments, the best weights where they are others, the counters. */
export function checkpointFiles(
  { progress, weights, moments, bestWeights }: Checkpoint,
  identity: TrainingIdentity,
): Map<string, string | readonly Uint8Array[]> {
  const state: StateFile = { format, identity, progress };
  return new Map<string, string | readonly Uint8Array[]>([
    [files.weights, safetensorsPieces(weights)],
    [files.moments, safetensorsPieces(flattenMoments(moments))],
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
  const moments = unflattenMoments(await reader.tensors(files.moments));
  const { progress } = state;
  const hasBest = progress.bestStep >= 0 && progress.bestStep !== progress.step;
  const bestWeights = hasBest ? await reader.tensors(files.best) : undefined;
  return { progress, weights, moments, bestWeights };
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
