import type { Dataset } from "../data/dataset.ts";
import type { Feature } from "../data/features.ts";
import type { Targets } from "../data/targets.ts";
import { DataError } from "../errors.ts";
import { DuplicateCounts } from "../profiling/duplicates.ts";
import type { LabelDescription } from "../profiling/label-counts.ts";
import { LabelReader } from "../profiling/label-reader.ts";
import { OverlapSearch } from "../profiling/overlap.ts";
import { type TextKeys, textKeys } from "../profiling/text-keys.ts";
import { Vocabulary } from "../profiling/vocabulary.ts";
import { breathe, type WorkOptions } from "../progress.ts";
import { summarizeLengths } from "../text/length-summary.ts";
import type { TokenizedRows } from "../text/tokenize-rows.ts";
import type { Finding } from "../training/run-record.ts";
import { classesWithoutRows } from "./label-checks.ts";
import { checkAgainstTraining, checkSplits, warningsFirst } from "./split-checks.ts";
import type { SplitFacts } from "./split-facts.ts";
import { type TokenizerFit, tokenizerMismatch } from "./tokenizer-check.ts";

/** A split that is about to be trained on or evaluated. */
export interface CheckedSplit {
  name: string;
  dataset: Dataset;
  /** One text a row, or premise and hypothesis. */
  texts: readonly (readonly string[])[];
  rows: TokenizedRows;
  targets: Targets;
}

/** What is checked before training. */
export interface CheckedData extends TokenizerFit {
  /** Class names. */
  labels: readonly string[];
  train: CheckedSplit;
  evaluated: readonly CheckedSplit[];
  /** Tokens that rows are cut to. @default those of the longest row, where any was cut */
  maxLength?: number | undefined;
}

/** How long the event loop may wait: progress is drawn and Ctrl-C heard in between. */
const SLICE_MS = 25;

/**
 * Checks the data of a run before it is trained: what makes its result worthless, or worth less than it looks. A few
 * seconds for 100,000 rows. It never stops a run.
 *
 * @throws Interrupted when the signal is aborted.
 */
export async function dataFindings(data: CheckedData, work: WorkOptions = {}): Promise<Finding[]> {
  const { train, evaluated } = data;
  const isPair = (train.texts[0]?.length ?? 1) > 1;
  const searches = evaluated.map(() => new OverlapSearch(isPair));
  const vocabularies = evaluated.map(() => new Vocabulary());
  const trainVocabulary = new Vocabulary();
  const facts: SplitFacts[] = [];
  for (const [i, split] of evaluated.entries()) {
    const onRow = (keys: TextKeys) => {
      searches[i]!.add(keys);
      vocabularies[i]!.add(keys.words);
    };
    facts.push(await readSplit(split, data, work, onRow));
  }
  const trainFacts = await readSplit(train, data, work, (keys, row) => {
    trainVocabulary.add(keys.words);
    for (const search of searches) search.look(keys, row, train.texts[row]!);
  });
  const mismatch = tokenizerMismatch(data);
  return warningsFirst([
    ...(mismatch ? [mismatch] : []),
    ...checkSplits([trainFacts, ...facts]),
    ...[classesWithoutRows([trainFacts, ...facts])].filter((finding) => finding !== undefined),
    ...evaluated.flatMap((split, i) =>
      checkAgainstTraining(trainFacts, {
        test: facts[i]!,
        overlap: searches[i]!.result(split.name, train.name),
        unseenWords: vocabularies[i]!.unseenIn(trainVocabulary),
      }),
    ),
  ]);
}

async function readSplit(
  { name, dataset, texts, rows, targets }: CheckedSplit,
  { labels: names, maxLength }: CheckedData,
  { onProgress, signal }: WorkOptions,
  onRow: (keys: TextKeys, row: number) => void,
): Promise<SplitFacts> {
  const duplicates = new DuplicateCounts();
  const labels = labelReader(targets);
  let empty = 0;
  let oneWord = 0;
  let sliceStart = performance.now();
  for (const [row, parts] of texts.entries()) {
    const keys = textKeys(parts);
    duplicates.add(keys, row, parts, labels.add({ label: targets.answer(row) }).number);
    if (parts.some((part) => part.trim() === "")) empty++;
    else if (keys.words.length <= 1) oneWord++;
    onRow(keys, row);
    if (performance.now() - sliceStart > SLICE_MS) {
      onProgress?.({ stage: "check", subject: name, done: row + 1, total: texts.length });
      await breathe(signal);
      sliceStart = performance.now();
    }
  }
  const { truncatedRows, truncatedTokens, unknownTokens, tokens } = rows.stats;
  return {
    name,
    rows: rows.count,
    labels: describeLabels(labels, targets, names),
    cutFrom: cutFrom(dataset, targets, names),
    emptyTexts: empty,
    oneWordTexts: oneWord,
    lengths: [{ unit: "tokens", summary: summarizeLengths(rows.fullLengths) }],
    truncation: {
      limit: maxLength ?? longestRow(rows),
      rows: truncatedRows,
      tokens: truncatedTokens / tokens,
    },
    unknownTokens: unknownTokens / tokens,
    duplicates: duplicates.describe(),
  };
}

function longestRow({ count, offsets }: TokenizedRows): number {
  let longest = 0;
  for (let row = 0; row < count; row++) longest = Math.max(longest, offsets[row + 1]! - offsets[row]!);
  return longest;
}

const labelReader = ({ task }: Targets): LabelReader =>
  new LabelReader({ source: { columns: ["label"] }, task });

function describeLabels(
  reader: LabelReader,
  { task }: Targets,
  names: readonly string[],
): LabelDescription | undefined {
  const classes: Feature = { type: "classLabel", names: [...names] };
  const labels = reader.describe(task === "multiLabel" ? { type: "list", items: classes } : classes);
  return typeof labels === "string" ? undefined : labels;
}

/** The classes of all rows that a dataset is a part of; undefined where it is no part, or they have no classes. */
function cutFrom(
  { whole, length }: Dataset,
  { task }: Targets,
  names: readonly string[],
): SplitFacts["cutFrom"] {
  if (whole.length === length) return undefined;
  try {
    const targets = whole.targets(names, task);
    const reader = labelReader(targets);
    for (let row = 0; row < targets.rows; row++) reader.add({ label: targets.answer(row) });
    const labels = describeLabels(reader, targets, names);
    return labels && { rows: whole.length, labels };
  } catch (error) {
    // Rows that were left out may well have no label.
    if (error instanceof DataError) return undefined;
    throw error;
  }
}
