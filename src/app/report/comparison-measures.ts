import { bytes, duration, integer, percent } from "../../core/format.ts";
import type { ComparedRun, Comparison } from "../runs/comparison.ts";
import type { SavedRecord } from "../runs/record-schema.ts";
import { accuracyName } from "./answer-format.ts";
import { comparisonTask } from "./comparison-summary.ts";

/** Rows of the table of runs that belong together. */
export interface MeasureGroup {
  title: string;
  measures: Measure[];
}

export interface Measure {
  name: string;
  /** By run; undefined where the run has none. */
  values: (string | undefined)[];
  /** Which runs have the best value; none where it is no score or all are equal. */
  best: boolean[];
}

/** What each run is, took and reached. */
export function measureGroups({ runs, splits }: Comparison): MeasureGroup[] {
  return [
    { title: "Model", measures: modelMeasures(runs) },
    { title: "Training", measures: trainingMeasures(runs) },
    ...splits.map(({ split }) => ({ title: split, measures: splitMeasures(runs, split) })),
  ].map(({ title, measures }) => ({
    title,
    measures: measures.filter(({ values }) => values.some((value) => value !== undefined)),
  }));
}

function modelMeasures(runs: ComparedRun[]): Measure[] {
  const fact = facts(runs);
  return [
    fact("started from", ({ model }) => model.name),
    fact("architecture", ({ model }) => `${model.architecture}, ${model.layers} × ${model.hiddenSize}`),
    fact("parameters", ({ model }) => integer(model.parameters)),
    fact("trained", ({ model }) => integer(model.trainableParameters)),
  ];
}

function trainingMeasures(runs: ComparedRun[]): Measure[] {
  const fact = facts(runs);
  return [
    fact("rows", ({ data }) => data[0] && integer(data[0].rows)),
    fact("epochs", ({ timing }) => String(timing.epochs.length)),
    fact("time in all", ({ timing }) => duration(timing.total)),
    fact("of it encoding", ({ timing }) => timing.encoding && duration(timing.encoding)),
    fact("time an epoch", ({ timing: { epochs } }) =>
      epochs.length === 0 ? undefined : duration(epochs.reduce((a, b) => a + b, 0) / epochs.length),
    ),
    fact("tokens a second", ({ timing }) => timing.tokensPerSecond && integer(timing.tokensPerSecond)),
    fact("peak memory", ({ timing }) => timing.peakMemory && bytes(timing.peakMemory)),
    // No scores to be judged by: they fall and rise with every epoch, also where the model learns rows by heart.
    fact("train loss", ({ history }) => history.at(-1)?.train.loss.toFixed(4)),
    fact(`train ${accuracyName(comparisonTask({ runs }))}`, ({ history }) => {
      const last = history.at(-1);
      return last && percent(last.train.accuracy);
    }),
  ];
}

function splitMeasures(runs: ComparedRun[], split: string): Measure[] {
  const reportOf = ({ evaluations }: SavedRecord) =>
    evaluations.find((evaluation) => evaluation.split === split)?.report;
  return [
    facts(runs)("rows", (record) => {
      const report = reportOf(record);
      return report && integer(report.rows);
    }),
    score(runs, "loss", "lowest", decimals, (record) => reportOf(record)?.loss),
    score(
      runs,
      accuracyName(comparisonTask({ runs })),
      "highest",
      percent,
      (record) => reportOf(record)?.accuracy,
    ),
    score(runs, "micro-F1", "highest", percent, (record) => {
      const report = reportOf(record);
      return report?.task === "multiLabel" ? report.microF1 : undefined;
    }),
    score(runs, "macro-F1", "highest", percent, (record) => reportOf(record)?.macroF1),
  ];
}

const decimals = (value: number): string => value.toFixed(4);

const facts =
  (runs: ComparedRun[]) =>
  (name: string, value: (record: SavedRecord) => string | 0 | undefined): Measure => ({
    name,
    values: runs.map(({ record }) => value(record) || undefined),
    best: runs.map(() => false),
  });

function score(
  runs: ComparedRun[],
  name: string,
  wanted: "highest" | "lowest",
  write: (value: number) => string,
  value: (record: SavedRecord) => number | undefined,
): Measure {
  const values = runs.map(({ record }) => value(record));
  const known = values.filter((value) => value !== undefined);
  const best = wanted === "highest" ? Math.max(...known) : Math.min(...known);
  const differ = known.some((value) => value !== best);
  return {
    name,
    values: values.map((value) => (value === undefined ? undefined : write(value))),
    best: values.map((value) => differ && value === best),
  };
}
