import type { z } from "zod";
import type { HashPart, Runner } from "../runner/runner.ts";
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
  /** The lowest layers that train without dropout because they are frozen; undefined where there are none. */
  layersWithoutDropout: number | undefined;
  /** Names of the parameters that are trained. */
  trained: ReadonlySet<string>;
}

/** What a checkpoint has to agree with to be gone on from. @param state Before it is trained. */
export async function trainingIdentity(
  state: ClassifierState,
  { trainable, settings, splits, layersWithoutDropout, trained }: TrainingParts,
  {
    truncation,
    encoderDropout,
    attentionMask,
  }: Pick<z.output<typeof fitSchema>, "truncation" | "encoderDropout" | "attentionMask">,
  runner: Runner,
  signal: AbortSignal | undefined,
): Promise<TrainingIdentity> {
  const { head, pooling } = state.design;
  const [trainSplit, ...evaluated] = splits;
  // Checkpoints of versions that knew no other task don't name it.
  const task = settings.task === "singleLabel" ? undefined : settings.task;
  return {
    settings: {
      trainable,
      ...settings,
      task,
      truncation,
      encoderDropout,
      attentionMask,
      head,
      pooling,
      layersWithoutDropout,
    },
    hashes: {
      "the model's initial weights": await runner.hash(weightParts(state), signal),
      "the trained parameters": await runner.hash([[...trained].sort().join("\n")], signal),
      "the training rows": await runner.hash(rowParts(trainSplit!), signal),
      ...Object.fromEntries(
        await Promise.all(
          evaluated.map(async (split) => [
            `the rows of ${split.name}`,
            await runner.hash(rowParts(split), signal),
          ]),
        ),
      ),
    },
  };
}

const weightParts = ({ config, weights }: ClassifierState): HashPart[] => [
  JSON.stringify(config),
  ...[...weights].flatMap(([name, { values }]) => [name, values]),
];

function rowParts({ rows, targets }: PreparedSplit): HashPart[] {
  const { offsets, ids, typeIds = new Uint8Array(0) } = rows;
  return [offsets, ids, typeIds, targets.values];
}
