import { TrainingError } from "../errors.ts";
import { evaluationReport } from "../evaluation/evaluation-report.ts";
import { type Outputs, outputsOf } from "../evaluation/outputs.ts";
import { breathe, type WorkOptions } from "../progress.ts";
import type { TrainingJob, TrainingResult } from "./job.ts";
import type { FeatureMatrix } from "./logistic-regression.ts";
import { RowProgram } from "./row-program.ts";
import { featuresInput, type RowSource } from "./row-source.ts";
import { type Solution, type SolverSettings, solveLinear } from "./solve-linear.ts";
import { evaluationScores } from "./trainer.ts";

/** What solving gives: a training whose only update is the last. */
export interface SolvedHead extends TrainingResult {
  solution: Solution;
}

/** Milliseconds between two looks at the signal. */
const breath = 20;

/**
 * Solves a linear head on a frozen encoder's features, in place of training it step by step: its weights are those of
 * the one minimum, see {@link solveLinear}.
 *
 * @param job Its source of training rows gives features; parameters are `classifier.weight` and `classifier.bias`.
 * @throws Interrupted if `signal` stops it.
 */
export async function solveHead(
  job: TrainingJob,
  solver: SolverSettings,
  work: WorkOptions = {},
): Promise<SolvedHead> {
  const started = performance.now();
  const { parameters, settings, train, evaluate, classNames } = job;
  const weight = parameters.get("classifier.weight")!;
  const bias = parameters.get("classifier.bias")!;
  const features = featuresOf(train.source, weight.length / bias.length);
  if (!features.values.every(Number.isFinite)) {
    throw new TrainingError("the encoder gives features that are not numbers; its weights may be damaged");
  }
  let looked = performance.now();
  const { layer, solution } = await solveLinear(features, train.targets, bias.length, solver, async () => {
    if (performance.now() - looked < breath) return;
    await breathe(work.signal);
    looked = performance.now();
  });
  weight.set(layer.weight);
  bias.set(layer.bias);

  const forward = await RowProgram.compile(job.evaluationGraph.logits);
  const scoring = async ({ source }: { source: RowSource }, subject: string): Promise<Outputs> => {
    const values = await forward.all(source, parameters, { stage: "evaluate", subject, ...work });
    return outputsOf(settings, source.count, bias.length, values);
  };
  try {
    const outputs: Record<string, Outputs> = {};
    for (const [name, rows] of Object.entries(evaluate)) outputs[name] = await scoring(rows, name);
    const { rows, loss, accuracy } = evaluationReport(
      await scoring(train, "train"),
      train.targets.values,
      classNames,
    );
    const history = [
      {
        ...{ epoch: 1, step: 1, learningRate: 0 },
        train: { rows, loss, lossSum: loss, accuracy },
        evaluations: await evaluationScores(outputs, job),
      },
    ];
    const seconds = (performance.now() - started) / 1000;
    await job.onEvaluation?.({ entry: history[0]!, history, seconds, epochs: 1 });
    return { history, seconds: [seconds], outputs, best: undefined, solution };
  } finally {
    await forward.release();
  }
}

/** All rows of a source of features, in double precision. */
function featuresOf(source: RowSource, size: number): FeatureMatrix {
  const all = Uint32Array.from({ length: source.count }, (_, row) => row);
  const values = source.batch(all).feeds[featuresInput] as Float32Array;
  return { values: Float64Array.from(values), rows: source.count, size };
}
