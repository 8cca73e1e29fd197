import type { z } from "zod";
import { ConfigError } from "../errors.ts";
import { counted } from "../format.ts";
import type { FitOptions, fitSchema, Method } from "./fit-options.ts";
import type { ClassifierState } from "./state.ts";
import { type Trainable, trainableNames } from "./trainable.ts";

/** What is trained, and how. */
export interface TrainingPlan {
  trainable: Trainable;
  method: Method;
  /** What was chosen and why, and how to choose otherwise, in one sentence; undefined where the user said it all. */
  chosen: string | undefined;
}

/** Up to so many rows a head is solved: beyond, updates are many enough, and solving takes longer than they do. */
export const fewRows = 1000;

/** Options that say how updates are made: they mean `method: steps`. */
const stepKeys = [
  ...(["epochs", "batchSize", "gradientAccumulationSteps", "groupByLength", "optimizer"] as const),
  ...(["learningRate", "weightDecay", "schedule", "warmupRatio", "warmupSteps", "maxGradNorm"] as const),
  ...(["labelSmoothing", "encoderDropout", "evalSteps", "bestMetric", "earlyStoppingPatience"] as const),
  ...(["loadBestModelAtEnd"] as const),
] satisfies (keyof FitOptions)[];

/** Options that say how a head is solved. */
const solverKeys = ["logisticC", "featureScaling"] as const satisfies (keyof FitOptions)[];

type Settings = z.output<typeof fitSchema>;

/**
 * Decides what is trained and how, by what the user said, else by rows and model. One set of defaults for programs and
 * the command line.
 *
 * @param trainable As the user said it.
 * @param rows Training rows.
 * @throws ConfigError where options don't go together.
 */
export function planTraining(
  state: ClassifierState,
  trainable: Trainable | undefined,
  settings: Settings,
  rows: number,
): TrainingPlan {
  const what = trainable ?? defaultTrainable(state);
  const said = (keys: readonly (keyof Settings)[]) =>
    keys.find((key) => settings[key] !== undefined && settings[key] !== false);
  const step = said(stepKeys);
  const solver = said(solverKeys);
  const obstacle = whyNotSolved(state, what);
  const method = settings.method ?? (solver ? "logistic" : undefined);
  if (method === "logistic") {
    if (obstacle) throw new ConfigError(`method: logistic ${obstacle}`);
    if (step) throw new ConfigError(`${step} is for method: steps; leave it out for method: logistic`);
  }
  if (method === "steps" && solver) {
    throw new ConfigError(`${solver} is for method: logistic; leave it out for method: steps`);
  }
  const isFew = rows <= fewRows;
  const chosen = method ?? (isFew && !obstacle && !step ? "logistic" : "steps");
  const isChosen =
    trainable === undefined || (settings.method === undefined && !solver && !step && !obstacle);
  return {
    trainable: what,
    method: chosen,
    chosen: isChosen
      ? sentence(state, { isNamed: trainable !== undefined, what, method: chosen, rows })
      : undefined,
  };
}

/** What is trained where nobody says it: random weights need all of it. */
export const defaultTrainable = ({ pretrained }: Pick<ClassifierState, "pretrained">): Trainable =>
  pretrained ? "head" : "all";

/** What keeps a head from being solved. */
function whyNotSolved({ design, parameters }: ClassifierState, trainable: Trainable): string | undefined {
  const trained = trainableNames(trainable, design.encoder, parameters);
  const head = parameters.filter(({ layer }) => layer === "head");
  const isHead = trained.size === head.length && head.every(({ name }) => trained.has(name));
  if (!isHead) return "solves a head on a frozen encoder; give trainable: head, or method: steps";
  if (design.head !== "linear") return "solves one linear layer; give head: linear, or method: steps";
  return undefined;
}

function sentence(
  { pretrained, design }: ClassifierState,
  { isNamed, what, method, rows }: { isNamed: boolean; what: Trainable; method: Method; rows: number },
): string {
  const training = counted(rows, "training row");
  if (method === "logistic") {
    return `For ${training} the head is solved by logistic regression on the frozen encoder; method: steps trains it step by step${isNamed ? "" : ", trainable: all fine-tunes the whole model"}.`;
  }
  if (what === "all") {
    return pretrained
      ? `The whole model is trained on ${training}.`
      : `The whole model is trained on ${training}, since its weights are random; give trainable to choose otherwise.`;
  }
  const solvable = design.head === "linear" && isNamed ? ", method: logistic solves it" : "";
  return `For ${training} the head is trained on the frozen encoder, which is encoded once; trainable: all fine-tunes the whole model${solvable}.`;
}
