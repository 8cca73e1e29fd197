import type { z } from "zod";
import { bytesOf, Sha256 } from "../hash.ts";
import type { TrainingIdentity } from "../training/checkpoint.ts";
import type { TrainingSettings } from "../training/settings.ts";
import type { fitSchema } from "./fit-options.ts";
import type { PreparedSplit } from "./record.ts";
import type { ClassifierState } from "./state.ts";
import type { Trainable } from "./trainable.ts";

/** What a training is made of, besides the model. */
interface TrainingParts {
  trainable: Trainable;
  settings: TrainingSettings;
  /** The training split, then the evaluated ones. */
  splits: readonly PreparedSplit[];
  /** Names of the parameters that are trained. */
  trained: ReadonlySet<string>;
}

/** What a checkpoint has to agree with to be gone on from. @param state Before it is trained. */
export function trainingIdentity(
  state: ClassifierState,
  { trainable, settings, splits, trained }: TrainingParts,
  {
    truncation,
    encoderDropout,
    attentionMask,
  }: Pick<z.output<typeof fitSchema>, "truncation" | "encoderDropout" | "attentionMask">,
): TrainingIdentity {
  const { head, pooling } = state.design;
  const [trainSplit, ...evaluated] = splits;
  // Checkpoints of versions that knew no other task don't name it.
  const task = settings.task === "singleLabel" ? undefined : settings.task;
  return {
    settings: { trainable, ...settings, task, truncation, encoderDropout, attentionMask, head, pooling },
    hashes: {
      "the model's initial weights": hashWeights(state),
      "the trained parameters": hashOf([...trained].sort().join("\n")),
      "the training rows": hashRows(trainSplit!),
      ...Object.fromEntries(evaluated.map((split) => [`the rows of ${split.name}`, hashRows(split)])),
    },
  };
}

function hashWeights({ config, weights }: ClassifierState): string {
  const parts = [...weights].flatMap(([name, { values }]) => [name, bytesOf(values)]);
  return hashOf(JSON.stringify(config), ...parts);
}

function hashRows({ rows, targets }: PreparedSplit): string {
  const { offsets, ids, typeIds = new Uint8Array(0) } = rows;
  return hashOf(bytesOf(offsets), bytesOf(ids), typeIds, bytesOf(targets.values));
}

function hashOf(...parts: (string | Uint8Array)[]): string {
  const hash = new Sha256();
  for (const part of parts) hash.update(part);
  return hash.hex();
}
