import { z } from "zod";
import { type Answer, tasks } from "../../core/data/targets.ts";
import type { Baseline } from "../../core/evaluation/baseline.ts";
import type { ClassificationReport } from "../../core/evaluation/metrics.ts";
import type { MultiLabelReport } from "../../core/evaluation/multi-label-metrics.ts";
import { featureScalings } from "../../core/training/feature-scaling.ts";
import type {
  FinalEvaluation,
  Finding,
  HistoryEntry,
  LengthSummary,
  RunRecord,
  SplitSummary,
} from "../../core/training/run-record.ts";
import type { Solution } from "../../core/training/solve-linear.ts";

/** What is read back of a run's record; what else a version writes is left alone. */
export type SavedRecord = Pick<
  RunRecord,
  | "name"
  | "textuneVersion"
  | "startedAt"
  | "recipe"
  | "task"
  | "labels"
  | "model"
  | "findings"
  | "history"
  | "evaluations"
  | "timing"
  | "environment"
> & { data: Pick<RunRecord["data"][number], "name" | "source" | "rows">[] };

const count = z.int().nonnegative();
const share = z.number().min(0).max(1);
const answer: z.ZodType<Answer> = z.union([count, z.array(count)]);
/** Runs of older versions don't say: there was only one. */
const singleLabel = z.literal("singleLabel").default("singleLabel");

const splitScore = { rows: count, loss: z.number(), accuracy: share };

/** An object whose keys are names from data. (`z.record` leaves out `__proto__`.) */
const named = <Value>(schema: z.ZodType<Value>) =>
  z
    .preprocess(
      (value) => (typeof value === "object" && value !== null ? new Map(Object.entries(value)) : value),
      z.map(z.string(), schema, "not an object"),
    )
    .transform((entries) => Object.fromEntries(entries));

const historyEntry: z.ZodType<HistoryEntry> = z.object({
  epoch: z.number().positive(),
  step: count,
  learningRate: z.number(),
  train: z.object({ ...splitScore, lossSum: z.number() }),
  evaluations: named(z.object({ ...splitScore, macroF1: share, microF1: share.optional() })),
});

const finding: z.ZodType<Finding> = z.object({
  code: z.string(),
  severity: z.enum(["warning", "note"]),
  found: z.string(),
  why: z.string(),
  advice: z.string(),
});

const commonScores = {
  rows: count,
  labels: z.array(z.string()),
  accuracy: share,
  loss: z.number(),
  macroF1: share,
  macroPrecision: share,
  macroRecall: share,
  microF1: share,
  weightedF1: share,
  perClass: z.array(
    z.object({
      label: z.string(),
      precision: share,
      recall: share,
      f1: share,
      support: count,
      predicted: count,
    }),
  ),
  predictedCounts: z.array(count),
  calibrationError: share,
  reliability: z.array(
    z.object({
      from: share,
      to: share,
      rows: count,
      confidence: share.nullable(),
      accuracy: share.nullable(),
    }),
  ),
};

const classReport: z.ZodType<ClassificationReport> = z.object({
  ...commonScores,
  task: singleLabel,
  confusion: z.array(z.array(count)),
});

const setReport: z.ZodType<MultiLabelReport> = z.object({
  ...commonScores,
  task: z.literal("multiLabel"),
  thresholds: z.array(share),
  hammingLoss: share,
  microPrecision: share,
  microRecall: share,
  samplesF1: share,
  classesPerRow: z.object({ given: z.number().min(0), predicted: z.number().min(0) }),
});

const baseline: z.ZodType<Baseline> = z.object({
  label: answer,
  accuracy: share,
  macroF1: share,
  microF1: share.optional(),
});

const evaluation: z.ZodType<FinalEvaluation> = z.object({
  split: z.string(),
  report: z.union([setReport, classReport]),
  majorityBaseline: baseline,
  everyClassBaseline: baseline.optional(),
  mistakes: z.array(
    z.object({
      row: count,
      texts: z.array(z.string()),
      label: answer,
      predicted: answer,
      probability: share,
      about: count.optional(),
    }),
  ),
});

const record = z.object({
  name: z.string(),
  textuneVersion: z.string(),
  startedAt: z.string(),
  recipe: z.record(z.string(), z.unknown()),
  task: z.enum(tasks).default("singleLabel"),
  labels: z.array(z.string()).min(2),
  model: z.object({
    name: z.string(),
    architecture: z.string(),
    head: z.string(),
    pooling: z.string(),
    parameters: count,
    trainableParameters: count,
    layers: count,
    hiddenSize: count,
    layersEncodedOnce: count.optional(),
    maxLength: count.optional(),
    initialized: z.array(z.string()).optional(),
    dropped: z.array(z.string()).optional(),
    loadingNotes: z.array(z.string()).optional(),
  }),
  data: z.array(z.object({ name: z.string(), source: z.string(), rows: count })),
  findings: z.array(finding),
  history: z.array(historyEntry),
  evaluations: z.array(evaluation),
  timing: z.object({
    total: z.number(),
    tokenizing: z.number(),
    encoding: z.number().optional(),
    epochs: z.array(z.number()),
    tokensPerSecond: z.number().optional(),
    peakMemory: z.number().optional(),
  }),
  environment: z.object({
    node: z.string().optional(),
    browser: z.string().optional(),
    onnxruntime: z.string(),
    platform: z.string(),
    cpu: z.string(),
    cores: count,
  }),
});

/** Checks a parsed `metrics.json`. That it fits the type it is read as, the compiler checks. */
export const recordSchema: z.ZodType<SavedRecord> = record;

const lengths: z.ZodType<LengthSummary> = z.object({
  ...{ count, mean: z.number(), std: z.number(), min: z.number(), max: z.number() },
  ...{ q25: z.number(), median: z.number(), q75: z.number() },
});

const splitSummary: z.ZodType<SplitSummary> = z.object({
  name: z.string(),
  source: z.string(),
  rows: count,
  labelCounts: z.array(count),
  rowsBySize: z.array(count).optional(),
  tokens: lengths,
  tokenBins: z
    .object({ width: z.number().positive(), rows: z.array(count), beyond: count.optional() })
    .optional(),
  truncatedRows: count,
  truncatedTokens: share,
  unknownTokens: share,
});

const solution: z.ZodType<Solution> = z.object({
  method: z.literal("logistic"),
  scaling: z.enum(featureScalings),
  C: z.array(z.number().positive()),
  folds: z.array(count),
  iterations: count,
  converged: z.boolean(),
});

/** Checks a `metrics.json` for all that the report of a run shows. */
export const wholeRecordSchema: z.ZodType<RunRecord> = record.extend({
  pair: z.boolean().optional(),
  hub: z.object({ model: z.string().optional(), dataset: z.string().optional() }).optional(),
  data: z.array(splitSummary),
  chosen: z.string().optional(),
  solution: solution.optional(),
  best: z.object({ epoch: z.number(), step: count, metric: z.string(), value: z.number() }).optional(),
});
