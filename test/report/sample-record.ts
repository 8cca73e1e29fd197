import { Targets } from "../../src/core/data/targets.ts";
import { majorityBaseline } from "../../src/core/evaluation/baseline.ts";
import { Logits } from "../../src/core/evaluation/logits.ts";
import { type ClassificationReport, classificationReport } from "../../src/core/evaluation/metrics.ts";
import { mostConfidentMistakes } from "../../src/core/evaluation/mistakes.ts";
import { TorchGenerator } from "../../src/core/random/torch.ts";
import type {
  FinalEvaluation,
  HistoryEntry,
  LengthBins,
  LengthSummary,
  RunRecord,
  SplitSummary,
} from "../../src/core/training/run-record.ts";

/** What to make up. */
export interface SampleOptions {
  labels: string[];
  epochs: number;
  trainRows: number;
  /** Rows per evaluated split. */
  splits: Record<string, number>;
  /** How far the right class stands out: 0 is chance. */
  strength: number;
  seed: number;
}

const titles = [
  "Wall St. Bears Claw Back Into the Black (Reuters) Short-sellers, Wall Street's dwindling band of ultra-cynics, are seeing green again.",
  "Probe lands on Saturn's moon <Titan> & sends back “first” pictures",
  "Olympic champion withdraws injured, hours before the final",
  "Talks between the two governments resume after a year's pause. ".repeat(12),
  "株価が反発、日経平均は3日ぶりに上昇",
  "Chipmaker cuts its forecast as orders slow",
];

/** The scores of a run's first split, whose rows are of one class each. */
export function firstReport({ evaluations }: RunRecord): ClassificationReport {
  const { report } = evaluations[0]!;
  if (report.task !== "singleLabel") throw new Error("a row is of several classes");
  return report;
}

/** A run as training would record it, made up from a seed: the same options give the same record. */
export function sampleRecord(options: SampleOptions): RunRecord {
  const random = new TorchGenerator(options.seed);
  const { labels } = options;
  const trainCounts = labels.map((_, c) =>
    Math.round((options.trainRows / labels.length) * (1 + 0.1 * ((c % 3) - 1))),
  );
  const evaluations = Object.entries(options.splits).map(([split, rows]) =>
    evaluation(split, rows, options, trainCounts, random),
  );
  return {
    name: "ag-news",
    textuneVersion: "0.1.0",
    task: "singleLabel",
    startedAt: "2025-03-14T09:26:53.000Z",
    recipe: {
      dataset: "fancyzhx/ag_news",
      model: "distilbert-base-uncased",
      trainable: "head",
      epochs: options.epochs,
      batchSize: 64,
      learningRate: 0.001,
      optimizer: { name: "adam", betas: [0.9, 0.999], weightDecay: 0 },
      seed: 42,
      maxLength: null,
    },
    labels,
    model: {
      name: "distilbert-base-uncased",
      architecture: "distilbert",
      head: "linear",
      pooling: "cls",
      parameters: 66_365_956,
      trainableParameters: 769 * labels.length,
      layers: 6,
      hiddenSize: 768,
    },
    data: [
      split("train", "fancyzhx/ag_news train[:5%]", trainCounts),
      ...evaluations.map(({ split: name, report }) =>
        split(
          name,
          `fancyzhx/ag_news ${name}[:5%]`,
          report.perClass.map((score) => score.support),
        ),
      ),
    ],
    findings: [
      {
        code: "label-imbalance",
        severity: "warning",
        found: `The most frequent class of test has 1.4 times the rows of the rarest.`,
        why: "Accuracy then favours a model that prefers the frequent class.",
        advice: "Read macro-F1 beside the accuracy, or give class weights.",
      },
      {
        code: "evaluation-row-in-train",
        severity: "note",
        found: "2 of 380 test rows (0.5 %) occur in train as well.",
        why: "A model may remember them, so the score on them says nothing.",
        advice: "Drop them with --drop-duplicates.",
      },
    ],
    history: history(options, evaluations, random),
    evaluations,
    timing: {
      total: 214.6,
      tokenizing: 1.9,
      encoding: 187.2,
      epochs: Array.from({ length: options.epochs }, () => 0.61),
      tokensPerSecond: 1840,
      peakMemory: 1_130_000_000,
    },
    environment: {
      node: "20.20.2",
      onnxruntime: "1.30.0",
      platform: "linux x64",
      cpu: "Intel(R) Xeon(R) Processor @ 2.80GHz",
      cores: 2,
    },
  };
}

function evaluation(
  name: string,
  rows: number,
  { labels, strength }: SampleOptions,
  trainCounts: number[],
  random: TorchGenerator,
): FinalEvaluation {
  const truth = Int32Array.from(random.uniform(rows, 0, labels.length), Math.floor);
  const values = random.normal(rows * labels.length, 0, 1.4);
  for (let row = 0; row < rows; row++) {
    values[row * labels.length + truth[row]!]! += strength;
    // Neighbouring classes are mixed up more often than others.
    values[row * labels.length + ((truth[row]! + 1) % labels.length)]! += strength / 4;
  }
  const logits = new Logits(rows, labels.length, values);
  const targets = Targets.ofClasses(truth, labels.length);
  const trainLabels = Int32Array.from(
    trainCounts.flatMap((count, label) => new Array<number>(count).fill(label)),
  );
  return {
    split: name,
    report: classificationReport(logits, truth, labels),
    majorityBaseline: majorityBaseline(Targets.ofClasses(trainLabels, labels.length), targets),
    mistakes: mostConfidentMistakes(logits, targets, 10).map((mistake, i) => ({
      ...mistake,
      texts: name.startsWith("validation")
        ? [titles[i % titles.length]!, titles[(i + 2) % titles.length]!]
        : [titles[i % titles.length]!],
    })),
  };
}

function history(
  { epochs, labels, trainRows }: SampleOptions,
  evaluations: FinalEvaluation[],
  random: TorchGenerator,
): HistoryEntry[] {
  const steps = Math.ceil(trainRows / 64);
  return Array.from({ length: epochs }, (_, i) => {
    const decay = Math.exp(-i / 4);
    const [noise, ...noises] = random.normal(1 + evaluations.length, 0, 0.004);
    const loss = 0.27 + (Math.log(labels.length) * 0.85 - 0.27) * decay + noise!;
    const accuracy = Math.min(1, 0.915 - 0.3 * decay + noise!);
    return {
      epoch: i + 1,
      step: steps * (i + 1),
      learningRate: 0.001,
      train: { rows: trainRows, loss, lossSum: loss * steps, accuracy },
      evaluations: Object.fromEntries(
        evaluations.map(({ split: name, report }, k) => {
          const distance = 0.2 * decay + noises[k]!;
          const score = Math.max(0, report.accuracy - distance);
          return [
            name,
            { rows: report.rows, loss: report.loss + distance, accuracy: score, macroF1: score - 0.002 },
          ];
        }),
      ),
    };
  });
}

function split(name: string, source: string, labelCounts: number[]): SplitSummary {
  const rows = labelCounts.reduce((sum, count) => sum + count, 0);
  return {
    name,
    source,
    rows,
    labelCounts,
    tokens: lengths(rows),
    tokenBins: lengthBins(rows),
    truncatedRows: Math.round(rows * 0.004),
    truncatedTokens: 0.0007,
    unknownTokens: 0.0002,
  };
}

const lengths = (count: number): LengthSummary => ({
  count,
  mean: 53.2,
  std: 21.7,
  min: 12,
  q25: 42,
  median: 50,
  q75: 59,
  max: 341,
});

/** Skewed to the right, as lengths are. */
function lengthBins(rows: number): LengthBins {
  const shape = Array.from({ length: 43 }, (_, i) => (i * 8) ** 3 * Math.exp((-i * 8) / 15));
  const total = shape.reduce((sum, height) => sum + height, 0);
  return { width: 8, rows: shape.map((height) => Math.round((height / total) * rows)) };
}

export const agNews = (): RunRecord =>
  sampleRecord({
    labels: ["World", "Sports", "Business", "Sci/Tech"],
    epochs: 20,
    trainRows: 6000,
    splits: { test: 380 },
    strength: 4.2,
    seed: 42,
  });

/** One epoch, two classes. */
export const shortRun = (): RunRecord =>
  sampleRecord({
    labels: ["ham", "spam"],
    epochs: 1,
    trainRows: 200,
    splits: { test: 50 },
    strength: 2.5,
    seed: 1,
  });

/** Thirty classes with long names, two evaluated splits of pairs. */
export const manyClasses = (): RunRecord =>
  sampleRecord({
    labels: Array.from(
      { length: 30 },
      (_, c) =>
        `${["card payment", "transfer", "exchange rate and fee", "top-up"][c % 4]} question <${c}> about an account`,
    ),
    epochs: 5,
    trainRows: 9000,
    splits: { validation_matched: 900, validation_mismatched: 600 },
    strength: 4,
    seed: 3,
  });
