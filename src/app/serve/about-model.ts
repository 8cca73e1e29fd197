import type { CoreTextClassifier } from "../../core/classifier/text-classifier.ts";
import type { Task } from "../../core/data/targets.ts";
import { version } from "../../core/version.ts";
import type { SavedRecord } from "../runs/record-schema.ts";

/** What is told of a model to those who use it; of what it was trained on and how well it does only where a run says so. */
export interface AboutModel {
  name: string;
  task: Task;
  labels: readonly string[];
  /** Whether it reads pairs of texts; undefined where either goes. */
  pair?: boolean | undefined;
  thresholds?: readonly number[] | undefined;
  textune: string;
  run?: {
    startedAt: string;
    architecture: string;
    parameters: number;
    maxLength?: number | undefined;
    /** Training data first. */
    data: { name: string; source: string; rows: number }[];
    evaluations: {
      split: string;
      rows: number;
      accuracy: number;
      macroF1: number;
      microF1: number;
      /** Of always answering the most frequent class. */
      majorityAccuracy: number;
    }[];
    /** Warnings that training gave of the data or the result. */
    warnings: string[];
  };
}

/** @param record Of the run that the model is of, where it is a run's. */
export function aboutModel(
  name: string,
  classifier: CoreTextClassifier,
  record: SavedRecord | undefined,
): AboutModel {
  const { task, labels, thresholds, pair } = classifier;
  return {
    ...{ name: record?.name ?? name, task, labels, pair, thresholds, textune: version },
    ...(record && {
      run: {
        startedAt: record.startedAt,
        architecture: record.model.architecture,
        parameters: record.model.parameters,
        maxLength: record.model.maxLength,
        data: record.data.map(({ name, source, rows }) => ({ name, source: withoutFolders(source), rows })),
        evaluations: record.evaluations.map(({ split, report, majorityBaseline }) => ({
          ...{ split, rows: report.rows, accuracy: report.accuracy },
          ...{ macroF1: report.macroF1, microF1: report.microF1 },
          majorityAccuracy: majorityBaseline.accuracy,
        })),
        warnings: record.findings.filter(({ severity }) => severity === "warning").map(({ found }) => found),
      },
    }),
  };
}

/** Where data lies on the machine that trained is nobody's business: of an absolute path only the file's name is told. */
function withoutFolders(source: string): string {
  const [origin = "", ...choices] = source.split(" · ");
  const told = /^(\/|[a-z]:\\)/i.test(origin) ? origin.replace(/^.*[\\/](?=[^\\/])/, "") : origin;
  return [told, ...choices].join(" · ");
}
