import { readFileSync } from "node:fs";

/** What test/reference/evaluation_metrics.py wrote. */
export interface Goldens {
  reports: {
    name: string;
    classes: number;
    logits: number[];
    labels: number[];
    predictions: number[];
    accuracy: number;
    loss: number;
    macroPrecision: number;
    macroRecall: number;
    macroF1: number;
    microF1: number;
    weightedF1: number;
    precision: number[];
    recall: number[];
    f1: number[];
    support: number[];
    confusion: number[][];
    calibrationError: number;
    bins: [rows: number, confidence: number | null, accuracy: number | null][];
  }[];
  binary: {
    logits: number[];
    labels: number[];
    predictions: number[];
    probabilities: number[];
    accuracy: number;
    loss: number;
    f1: number;
    macroF1: number;
  };
  baselines: {
    trainLabelCounts: number[];
    labels: number[];
    label: number;
    accuracy: number;
    macroF1: number;
  }[];
  mcnemar: { onlyFirstRight: number; onlySecondRight: number; pValue: number }[];
  bootstrap: {
    rows: number;
    onlyFirstRight: number;
    onlySecondRight: number;
    level: number;
    low: number;
    high: number;
  }[];
  wilson: { successes: number; trials: number; low: number; high: number }[];
}

export const goldens = JSON.parse(
  readFileSync(new URL("../fixtures/evaluation/metrics.json", import.meta.url), "utf8"),
) as Goldens;
