import type { Dataset } from "../data/dataset.ts";
import type { Targets } from "../data/targets.ts";
import { everyClassBaseline, majorityBaseline } from "../evaluation/baseline.ts";
import { evaluationReport } from "../evaluation/evaluation-report.ts";
import { mostConfidentMistakes } from "../evaluation/mistakes.ts";
import type { Outputs } from "../evaluation/outputs.ts";
import { binLengths, summarizeLengths } from "../text/length-summary.ts";
import type { TokenizedRows } from "../text/tokenize-rows.ts";
import type { FinalEvaluation, RunRecord, SplitSummary } from "../training/run-record.ts";
import { version } from "../version.ts";
import type { Host } from "./host.ts";
import { longestRow } from "./row-limit.ts";
import type { ClassifierState, Loading } from "./state.ts";

/** Mistakes kept per split, for the report. */
const mistakesKept = 20;

/** A split before training. */
export interface PreparedSplit {
  name: string;
  dataset: Dataset;
  /** One text a row, or premise and hypothesis. */
  texts: string[][];
  rows: TokenizedRows;
  targets: Targets;
}

/** A split and what the trained model gives for it. */
export interface ScoredSplit extends PreparedSplit {
  outputs: Outputs;
}

/** What a split looked like to the model. */
export function summarizeSplit({ name, dataset, rows, targets }: PreparedSplit): SplitSummary {
  const { tokens, truncatedRows, truncatedTokens, unknownTokens } = rows.stats;
  return {
    name,
    source: dataset.source,
    rows: rows.count,
    labelCounts: targets.counts(),
    ...(targets.task === "multiLabel" && { rowsBySize: targets.rowsBySize() }),
    tokens: summarizeLengths(rows.fullLengths),
    tokenBins: binLengths(rows.fullLengths),
    truncatedRows,
    truncatedTokens: truncatedTokens / tokens,
    unknownTokens: unknownTokens / tokens,
  };
}

/** Scores a split after training. */
export function finalEvaluation(
  { name, texts, outputs, targets }: ScoredSplit,
  trainTargets: Targets,
  classNames: readonly string[],
): FinalEvaluation {
  return {
    split: name,
    report: evaluationReport(outputs, targets.values, classNames),
    majorityBaseline: majorityBaseline(trainTargets, targets),
    ...(targets.task === "multiLabel" && { everyClassBaseline: everyClassBaseline(targets) }),
    mistakes: mostConfidentMistakes(outputs, targets, mistakesKept).map((mistake) => ({
      ...mistake,
      texts: texts[mistake.row]!,
    })),
  };
}

/** The record of a run, from what only the run knows. */
export function runRecord(
  { name, hubModel, design, loading, task, labels, parameters, maxLength, pair }: ClassifierState,
  host: Host,
  run: Pick<
    RunRecord,
    | ("name" | "startedAt" | "recipe" | "data" | "chosen" | "solution")
    | ("findings" | "history" | "best" | "evaluations")
  > & {
    /** Id of the dataset on the Hugging Face hub. */
    hubDataset: string | undefined;
    trainedNames: ReadonlySet<string>;
    layersEncodedOnce: number;
    timing: Omit<RunRecord["timing"], "peakMemory">;
  },
): RunRecord {
  const { trainedNames, layersEncodedOnce, timing, hubDataset, ...rest } = run;
  const count = (list: typeof parameters) =>
    list.reduce((sum, { shape }) => sum + shape.reduce((a, b) => a * b, 1), 0);
  return {
    ...rest,
    textuneVersion: version,
    task,
    pair: pair === true,
    labels: [...labels],
    model: {
      name,
      architecture: design.encoder.modelType,
      head: design.head,
      pooling: design.pooling,
      parameters: count(parameters),
      trainableParameters: count(parameters.filter(({ name }) => trainedNames.has(name))),
      layers: design.encoder.layers,
      hiddenSize: design.encoder.hiddenSize,
      maxLength: longestRow(design.encoder, maxLength),
      ...(layersEncodedOnce > 0 && { layersEncodedOnce }),
      ...loadingRecord(loading),
    },
    hub: {
      ...(hubModel === undefined ? {} : { model: hubModel }),
      ...(hubDataset === undefined ? {} : { dataset: hubDataset }),
    },
    timing: { ...timing, peakMemory: host.peakMemory() },
    environment: host.environment(),
  };
}

/** The lists that say something. */
function loadingRecord({ initialized, dropped, notes }: Loading): Partial<RunRecord["model"]> {
  return {
    ...(initialized.length > 0 && { initialized: [...initialized] }),
    ...(dropped.length > 0 && { dropped: [...dropped] }),
    ...(notes.length > 0 && { loadingNotes: [...notes] }),
  };
}
