import type { ColumnOptions } from "../../core/data/column-options.ts";
import { Dataset } from "../../core/data/dataset.ts";
import type { DatasetDict } from "../../core/data/dataset-dict.ts";
import { DataError } from "../../core/errors.ts";
import type {
  DatasetDescription,
  SplitDescription,
  TrainingComparison,
} from "../../core/profiling/description.ts";
import { OverlapSearch } from "../../core/profiling/overlap.ts";
import { SplitDescriber, type SplitDescriberOptions } from "../../core/profiling/split-describer.ts";
import { isEvaluation, isTraining } from "../../core/profiling/split-roles.ts";
import { breathe, type WorkOptions } from "../../core/progress.ts";
import type { Tokenizer } from "../../core/text/tokenizer.ts";
import { openStreamedSplits, type StreamOptions } from "../../node/data/streamed-split.ts";
import { inputFromDataset, inputFromStream, type SplitInput } from "./split-input.ts";

/** What to describe, and through whose eyes. The hub's options matter only to a dataset given by its name. */
export interface DescribeOptions extends WorkOptions, ColumnOptions, Omit<StreamOptions, keyof WorkOptions> {
  /** Counts tokens as well. */
  tokenizer?: Tokenizer;
  /** Whose tokenizer it is, for reports. @default "tokenizer" */
  model?: string;
  /** Tokens that the model takes. @default what the tokenizer's own config says */
  maxLength?: number;
  /** Rows drawn of each class, to read. @default 3 */
  samples?: number;
  /** Of the rows drawn. @default 42 */
  seed?: number;
}

/** How long the event loop may wait: progress is drawn and Ctrl-C heard in between. */
const SLICE_MS = 25;

/**
 * Describes a dataset: columns, classes, lengths in characters, words and tokens, duplicates, sample rows, and what
 * the evaluation splits (`test`, `validation`, …) share with the training split.
 *
 * @param data A dataset in memory, or a name or path as `loadDataset` takes it, which is then read row by row and
 * never held in memory.
 * @throws DataError where there is no such dataset, split or column, or a file is damaged.
 * @throws Interrupted when the signal is aborted.
 *
 * @example
 * const { splits } = await describeDataset("reviews.csv");
 * splits[0].texts[0].words.summary; // { count: 25000, mean: 233.8, std: 173.7, min: 10, … }
 */
export async function describeDataset(
  data: string | Dataset | DatasetDict,
  options: DescribeOptions = {},
): Promise<DatasetDescription> {
  const inputs = typeof data === "string" ? await openInputs(data, options) : inputsOf(data, options);
  const name = typeof data === "string" ? data : inputs[0]!.columns.source;
  const training = inputs.find((input) => isTraining(input.columns.name));
  const describers = new Map<SplitInput, SplitDescriber>();
  const searches = new Map<SplitInput, OverlapSearch>();
  // The training split last: its rows are looked up among those of the others and not kept.
  for (const input of [...inputs].sort((a, b) => Number(a === training) - Number(b === training))) {
    const isPair = input.columns.textColumns.length > 1;
    const isCompared = training !== undefined && input !== training && isEvaluation(input.columns.name);
    if (isCompared) searches.set(input, new OverlapSearch(isPair));
    const others = input === training ? [...searches.values()] : [];
    describers.set(input, await readSplit(input, searches.get(input), others, options));
  }
  const comparisons = [...searches].map(
    ([input, search]): TrainingComparison => ({
      overlap: search.result(input.columns.name, training!.columns.name),
      unseenWords: describers.get(input)!.vocabulary.unseenIn(describers.get(training!)!.vocabulary),
    }),
  );
  const splits = inputs.map((input): SplitDescription => {
    const cutFrom = input.cutFrom();
    return { ...describers.get(input)!.describe(), ...(cutFrom && { cutFrom }) };
  });
  return { name, splits, comparisons };
}

async function openInputs(name: string, options: DescribeOptions): Promise<SplitInput[]> {
  const splits = await openStreamedSplits(name, options);
  return splits.map((split) => inputFromStream(split, options));
}

function inputsOf(data: Dataset | DatasetDict, options: DescribeOptions): SplitInput[] {
  if (data instanceof Dataset) return [inputFromDataset("train", data, options)];
  return Object.keys(data).map((name) => inputFromDataset(name, data[name]!, options));
}

async function readSplit(
  input: SplitInput,
  search: OverlapSearch | undefined,
  others: readonly OverlapSearch[],
  options: DescribeOptions,
): Promise<SplitDescriber> {
  const { onProgress, signal } = options;
  const { name, source } = input.columns;
  const describer = new SplitDescriber(input.columns, describerOptions(options));
  let share = 0;
  let sliceStart = performance.now();
  const rows = input.rows((read) => {
    share = read;
  });
  for await (const row of rows) {
    const { texts, keys } = describer.add(row);
    search?.add(keys);
    for (const other of others) other.look(keys, describer.rows - 1, texts);
    if (performance.now() - sliceStart > SLICE_MS) {
      const total = share > 0 ? Math.round(describer.rows / share) : 0;
      onProgress?.({ stage: "describe", subject: name, done: describer.rows, total });
      await breathe(signal);
      sliceStart = performance.now();
    }
  }
  if (describer.rows === 0) throw new DataError(`${source} (${name}) holds no rows`);
  onProgress?.({ stage: "describe", subject: name, done: describer.rows, total: describer.rows });
  return describer;
}

function describerOptions(options: DescribeOptions): SplitDescriberOptions {
  const { tokenizer, model = "tokenizer", maxLength, samples = 3, seed = 42 } = options;
  return {
    samples,
    seed,
    ...(tokenizer && {
      tokenizer: { tokenizer, name: model, maxLength: maxLength ?? tokenizer.modelMaxLength },
    }),
  };
}
